//! Keys of saved indexes.

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use rolegate::AclLimits;
use rolegate::index::{DocumentIndex, LoadErrorKind, SavedKey};

use super::{load, saved};

/// Saves and loads keys, and checks the name and the length of their encodings.
fn round_trip<K: SavedKey + Ord + Clone + Debug>(name: &str, keys: &[(K, usize)]) {
    assert_eq!(K::key_type(), name);
    let mut index = DocumentIndex::new();
    for (key, len) in keys {
        let mut bytes = Vec::new();
        key.encode(&mut bytes);
        assert_eq!(bytes.len(), *len, "{key:?}");
        for len in 0..bytes.len() {
            assert_eq!(K::decode(&mut &bytes[..len]), None, "{len} bytes of {key:?}");
        }
        bytes.push(7);
        let mut rest = bytes.as_slice();
        assert_eq!(K::decode(&mut rest).as_ref(), Some(key));
        assert_eq!(rest, [7], "{key:?}");
        index.insert(key.clone(), [r#"read("any")"#]).unwrap();
    }
    let file = saved(&index, 1);
    let (loaded, _) = DocumentIndex::<K>::load(file.as_slice(), AclLimits::default()).unwrap();
    loaded.internal_validate().unwrap();
    let everything =
        loaded.table().resolve(&rolegate::Principal::key_with_bypass(), rolegate::Action::Read);
    let found: Vec<K> = loaded.after(&everything, None).cloned().collect();
    let mut expected: Vec<K> = keys.iter().map(|(key, _)| key.clone()).collect();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn keys_are_loaded_as_they_were_saved() {
    round_trip("u8", &[(0_u8, 1), (255, 1)]);
    round_trip("u16", &[(0_u16, 2), (256, 2), (u16::MAX, 2)]);
    round_trip("u32", &[(0_u32, 4), (256, 4), (u32::MAX, 4)]);
    round_trip("u64", &[(0_u64, 8), (256, 8), (u64::MAX, 8)]);
    round_trip("u128", &[(0_u128, 16), (256, 16), (u128::MAX, 16)]);
    round_trip("i8", &[(i8::MIN, 1), (-1, 1), (0, 1), (i8::MAX, 1)]);
    round_trip("i16", &[(i16::MIN, 2), (-1, 2), (0, 2), (i16::MAX, 2)]);
    round_trip("i32", &[(i32::MIN, 4), (-1, 4), (0, 4), (i32::MAX, 4)]);
    round_trip("i64", &[(i64::MIN, 8), (-1, 8), (0, 8), (i64::MAX, 8)]);
    round_trip("i128", &[(i128::MIN, 16), (-1, 16), (0, 16), (i128::MAX, 16)]);
    let texts = ["", "a", "é\0\n", &"x".repeat(70_000)];
    round_trip("text", &texts.map(|text| (String::from(text), 4 + text.len())));
    round_trip("text", &texts.map(|text| (Box::<str>::from(text), 4 + text.len())));
    round_trip("text", &texts.map(|text| (Arc::<str>::from(text), 4 + text.len())));
    round_trip("bytes", &[(vec![], 4), (vec![0_u8], 5), (vec![255, 0], 6)]);
    round_trip("[u8; 0]", &[([0_u8; 0], 0)]);
    round_trip("[u8; 16]", &[([0_u8; 16], 16), ([255; 16], 16)]);
    round_trip("(i64, text)", &[((-1_i64, "b".to_owned()), 13), ((5, String::new()), 12)]);
    round_trip("(u8, text, [u8; 2])", &[((1_u8, "a".to_owned(), [3_u8, 4]), 8)]);
}

#[test]
fn file_with_other_keys_is_refused() {
    let mut index = DocumentIndex::new();
    index.insert(String::from("12345678"), [r#"read("any")"#]).unwrap();
    let file = saved(&index, 0);
    let error = load(&file).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (LoadErrorKind::KeyType, 12));
    let error = DocumentIndex::<(u8, i64)>::load(file.as_slice(), AclLimits::default());
    assert_eq!(
        error.unwrap_err().to_string(),
        "byte 12: expected keys of type `(u8, i64)`, found `text`; load the file with its own key \
         type"
    );
    let signed = DocumentIndex::<i64>::load(super::small_file().as_slice(), AclLimits::default());
    assert_eq!(signed.unwrap_err().kind(), LoadErrorKind::KeyType);
}

#[test]
fn name_of_other_keys_is_shortened_and_escaped() {
    let name = format!("\u{1b}[31m`{}", "x".repeat(1000));
    let file =
        crate::support::saved::complete_file(&[crate::support::saved::header(0, 0, 0, 0, &name)]);
    let error = load(&file).unwrap_err().to_string();
    assert!(error.contains("found `\\u{1b}[31m`xx"), "{error}");
    assert!(error.len() < 200, "{error}");
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    let mut index = DocumentIndex::new();
    index.insert(String::from("ab"), [r#"read("any")"#]).unwrap();
    let mut frames = crate::support::saved::frames(&saved(&index, 0));
    *frames[3].1.last_mut().unwrap() = 0xff;
    let file = crate::support::saved::complete_file(&frames);
    let error = DocumentIndex::<String>::load(file.as_slice(), AclLimits::default()).unwrap_err();
    assert!(error.to_string().contains("a key is malformed"), "{error}");
}

#[test]
fn key_is_saved_up_to_one_mebibyte() {
    for (len, fits) in [((1 << 20) - 4, true), ((1 << 20) - 3, false), (3 << 20, false)] {
        let mut index = DocumentIndex::new();
        index.insert("a".repeat(65_523), [r#"read("any")"#]).unwrap();
        index.insert("b".repeat(len), [r#"read("any")"#]).unwrap();
        let mut file = Vec::new();
        match index.save(0, &mut file) {
            Ok(()) => assert!(fits, "{len}"),
            Err(error) => {
                assert!(!fits, "{len}");
                assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
                assert_eq!(error.to_string(), "the encoding of a key has more than 1 MiB");
            }
        }
        let loaded = DocumentIndex::<String>::load(file.as_slice(), AclLimits::default());
        assert_eq!(loaded.is_ok(), fits, "{len}");
    }
}

/// A key whose `decode` returns more input than it got.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Growing;

impl SavedKey for Growing {
    fn key_type() -> Cow<'static, str> {
        "u64".into()
    }

    fn encode(&self, _: &mut Vec<u8>) {}

    fn decode(input: &mut &[u8]) -> Option<Self> {
        *input = &[0; 1000];
        Some(Self)
    }
}

#[test]
fn decoder_that_returns_more_input_is_refused() {
    let file = super::small_file();
    let error = DocumentIndex::<Growing>::load(file.as_slice(), AclLimits::default()).unwrap_err();
    assert!(error.to_string().contains("a key is malformed"), "{error}");
}
