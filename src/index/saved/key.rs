//! Keys that can be saved: [`SavedKey`].

use std::borrow::Cow;
use std::sync::Arc;

use super::format::take;

/// A key of documents that can be saved and loaded, with [`DocumentIndex`](super::super::DocumentIndex).
///
/// It is implemented for integers, texts, bytes, and pairs and triples of keys. A type of the host can use
/// these encodings:
///
/// ```
/// use std::borrow::Cow;
///
/// use rolegate::index::SavedKey;
///
/// #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
/// struct Document {
///     created: i64,
///     id: String,
/// }
///
/// impl SavedKey for Document {
///     fn key_type() -> Cow<'static, str> {
///         "document 1".into()
///     }
///
///     fn encode(&self, out: &mut Vec<u8>) {
///         self.created.encode(out);
///         self.id.encode(out);
///     }
///
///     fn decode(input: &mut &[u8]) -> Option<Self> {
///         Some(Self { created: i64::decode(input)?, id: String::decode(input)? })
///     }
/// }
///
/// let document = Document { created: 7, id: "a".into() };
/// let mut bytes = Vec::new();
/// document.encode(&mut bytes);
/// assert!(Document::decode(&mut bytes.as_slice()) == Some(document));
/// ```
pub trait SavedKey: Sized {
    /// Returns a name for the type, its encoding and its order. The file has this name, and a file with
    /// another name is not loaded. Change the name if the encoding or the order changes.
    fn key_type() -> Cow<'static, str>;

    /// Appends the encoding of the key. [`decode`](Self::decode) must find its end.
    ///
    /// The encoding of a key has at most 1 MiB.
    fn encode(&self, out: &mut Vec<u8>);

    /// Removes the encoding of a key from the front of the input, and returns the key. Returns `None` if
    /// the input does not begin with an encoded key.
    ///
    /// The input comes from a file and may have any bytes.
    fn decode(input: &mut &[u8]) -> Option<Self>;
}

/// Integers take their bytes, in little-endian order.
macro_rules! integers {
    ($($integer:ident)*) => { $(
        impl SavedKey for $integer {
            fn key_type() -> Cow<'static, str> {
                stringify!($integer).into()
            }

            fn encode(&self, out: &mut Vec<u8>) {
                out.extend(self.to_le_bytes());
            }

            fn decode(input: &mut &[u8]) -> Option<Self> {
                take(input).map(Self::from_le_bytes)
            }
        }
    )* };
}

integers!(u8 u16 u32 u64 u128 i8 i16 i32 i64 i128);

/// Appends the length in four bytes, and then the bytes.
fn encode_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    // A key of 4 GiB is too long for a frame, so its file is not written.
    let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend(len.to_le_bytes());
    out.extend(bytes);
}

fn decode_bytes<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = u32::from_le_bytes(take(input)?);
    let (bytes, rest) = input.split_at_checked(len as usize)?;
    *input = rest;
    Some(bytes)
}

/// All texts have the same encoding and order, and so the same name.
macro_rules! texts {
    ($($text:ty)*) => { $(
        impl SavedKey for $text {
            fn key_type() -> Cow<'static, str> {
                "text".into()
            }

            fn encode(&self, out: &mut Vec<u8>) {
                encode_bytes(self.as_bytes(), out);
            }

            fn decode(input: &mut &[u8]) -> Option<Self> {
                std::str::from_utf8(decode_bytes(input)?).ok().map(Self::from)
            }
        }
    )* };
}

texts!(String Box<str> Arc<str>);

impl SavedKey for Vec<u8> {
    fn key_type() -> Cow<'static, str> {
        "bytes".into()
    }

    fn encode(&self, out: &mut Vec<u8>) {
        encode_bytes(self, out);
    }

    fn decode(input: &mut &[u8]) -> Option<Self> {
        decode_bytes(input).map(Self::from)
    }
}

/// An array takes its bytes, without a length.
impl<const N: usize> SavedKey for [u8; N] {
    fn key_type() -> Cow<'static, str> {
        format!("[u8; {N}]").into()
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self);
    }

    fn decode(input: &mut &[u8]) -> Option<Self> {
        take(input)
    }
}

impl<A: SavedKey, B: SavedKey> SavedKey for (A, B) {
    fn key_type() -> Cow<'static, str> {
        format!("({}, {})", A::key_type(), B::key_type()).into()
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
        self.1.encode(out);
    }

    fn decode(input: &mut &[u8]) -> Option<Self> {
        Some((A::decode(input)?, B::decode(input)?))
    }
}

impl<A: SavedKey, B: SavedKey, C: SavedKey> SavedKey for (A, B, C) {
    fn key_type() -> Cow<'static, str> {
        format!("({}, {}, {})", A::key_type(), B::key_type(), C::key_type()).into()
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
        self.1.encode(out);
        self.2.encode(out);
    }

    fn decode(input: &mut &[u8]) -> Option<Self> {
        Some((A::decode(input)?, B::decode(input)?, C::decode(input)?))
    }
}
