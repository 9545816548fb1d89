//! Properties of saved indexes: what was saved is loaded, and a file with right checksums is refused or
//! loaded as it is.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::Index;
use rolegate::index::DocumentIndex;
use rolegate::{AclLimits, Action, Principal};

use crate::support::oracle;
use crate::support::saved::{self, Contents, Frame, check_load};
use crate::support::strategies::{
    UNIVERSE, principal_roles, role_with_edges, small_list, small_role, stored_list,
};

/// Documents with their permissions, and documents that are removed again.
fn documents() -> impl Strategy<Value = (BTreeMap<u64, Vec<String>>, Vec<u64>)> {
    let list = prop_oneof![small_list(), stored_list()];
    (btree_map(0..64_u64, list, 0..24), vec(0..64_u64, 0..8))
}

fn index_of(documents: &BTreeMap<u64, Vec<String>>, removed: &[u64]) -> DocumentIndex<u64> {
    let mut index = DocumentIndex::new();
    for (document, list) in documents {
        index.insert_lenient(*document, list).unwrap();
    }
    for document in removed {
        index.remove(document);
    }
    index
}

/// Valid contents of a file.
fn valid_contents() -> impl Strategy<Value = Contents> {
    let lists = vec(btree_map(0..6_u32, 1..16_u32, 0..4), 0..8);
    (any::<u64>(), lists, btree_map(any::<u64>(), any::<Index>(), 0..12)).prop_map(
        |(position, lists, documents)| {
            let mut numbers = BTreeMap::new();
            let mut distinct: Vec<Vec<(u32, u32)>> = Vec::new();
            for list in lists {
                let mut grants = Vec::new();
                for (role, actions) in list {
                    let next = u32::try_from(numbers.len()).unwrap();
                    grants.push((*numbers.entry(role).or_insert(next), actions));
                }
                grants.sort_unstable();
                if !distinct.contains(&grants) {
                    distinct.push(grants);
                }
            }
            let some = |(key, list): (u64, Index)| {
                (key, u32::try_from(list.index(distinct.len())).unwrap())
            };
            let documents = documents.into_iter().filter(|_| !distinct.is_empty()).map(some);
            Contents {
                position,
                roles: UNIVERSE[..numbers.len()].iter().map(|role| (*role).into()).collect(),
                documents: documents.collect(),
                lists: distinct,
            }
        },
    )
}

/// A mistake in the contents of a file.
#[derive(Clone, Debug)]
enum Mistake {
    Role(Index, String),
    RemoveRole(Index),
    SwapRoles(Index, Index),
    Grant(Index, Index, (u32, u32)),
    SwapLists(Index, Index),
    RepeatList(Index, Index),
    Document(Index, (u64, u32)),
    SwapDocuments(Index, Index),
}

fn mistake() -> impl Strategy<Value = Mistake> {
    let at = any::<Index>;
    let role = prop_oneof![small_role().prop_map(String::from), role_with_edges()];
    prop_oneof![
        (at(), role).prop_map(|(at, role)| Mistake::Role(at, role)),
        at().prop_map(Mistake::RemoveRole),
        (at(), at()).prop_map(|(one, other)| Mistake::SwapRoles(one, other)),
        (at(), at(), (0..7_u32, 0..16_u32)).prop_map(|(list, at, to)| Mistake::Grant(list, at, to)),
        (at(), at()).prop_map(|(one, other)| Mistake::SwapLists(one, other)),
        (at(), at()).prop_map(|(one, other)| Mistake::RepeatList(one, other)),
        (at(), (any::<u64>(), 0..10_u32)).prop_map(|(at, to)| Mistake::Document(at, to)),
        (at(), at()).prop_map(|(one, other)| Mistake::SwapDocuments(one, other)),
    ]
}

impl Mistake {
    fn apply(self, contents: &mut Contents) {
        let Contents { roles, lists, documents, .. } = contents;
        match self {
            Self::Role(at, text) => set(roles, at, text),
            Self::RemoveRole(at) if !roles.is_empty() => drop(roles.remove(at.index(roles.len()))),
            Self::SwapRoles(one, other) => swap(roles, one, other),
            Self::Grant(list, at, grant) if !lists.is_empty() => {
                let list = list.index(lists.len());
                set(&mut lists[list], at, grant);
            }
            Self::SwapLists(one, other) => swap(lists, one, other),
            Self::RepeatList(one, other) if !lists.is_empty() => {
                let list = lists[other.index(lists.len())].clone();
                set(lists, one, list);
            }
            Self::Document(at, document) => set(documents, at, document),
            Self::SwapDocuments(one, other) => swap(documents, one, other),
            Self::RemoveRole(_) | Self::Grant(..) | Self::RepeatList(..) => {}
        }
    }
}

fn set<T>(items: &mut [T], at: Index, value: T) {
    if !items.is_empty() {
        items[at.index(items.len())] = value;
    }
}

fn swap<T>(items: &mut [T], one: Index, other: Index) {
    if !items.is_empty() {
        items.swap(one.index(items.len()), other.index(items.len()));
    }
}

/// A change of the frames of a file.
#[derive(Clone, Debug)]
enum Damage {
    Set(Index, Index, u8),
    Flip(Index, Index, u32),
    Remove(Index, Index, usize),
    Repeat(Index, Index, usize),
    SwapFrames(Index, Index),
    RemoveFrame(Index),
    RepeatFrame(Index),
    SplitFrame(Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    let len = || prop_oneof![Just(1_usize), Just(4), Just(8), Just(12)];
    prop_oneof![
        (at(), at(), any::<u8>()).prop_map(|(frame, byte, value)| Damage::Set(frame, byte, value)),
        (at(), at(), 0..8_u32).prop_map(|(frame, byte, bit)| Damage::Flip(frame, byte, bit)),
        (at(), at(), len()).prop_map(|(frame, byte, len)| Damage::Remove(frame, byte, len)),
        (at(), at(), len()).prop_map(|(frame, byte, len)| Damage::Repeat(frame, byte, len)),
        (at(), at()).prop_map(|(one, other)| Damage::SwapFrames(one, other)),
        at().prop_map(Damage::RemoveFrame),
        at().prop_map(Damage::RepeatFrame),
        (at(), at()).prop_map(|(frame, byte)| Damage::SplitFrame(frame, byte)),
    ]
}

impl Damage {
    fn apply(&self, frames: &mut Vec<Frame>) {
        let len = frames.len();
        if len == 0 {
            return;
        }
        match self {
            Self::SwapFrames(one, other) => frames.swap(one.index(len), other.index(len)),
            Self::RemoveFrame(frame) => drop(frames.remove(frame.index(len))),
            Self::RepeatFrame(frame) => {
                let frame = frame.index(len);
                frames.insert(frame, frames[frame].clone());
            }
            Self::SplitFrame(frame, byte) => {
                let frame = frame.index(len);
                let (section, payload) = &mut frames[frame];
                let rest = payload.split_off(byte.index(payload.len() + 1));
                let rest = (*section, rest);
                frames.insert(frame + 1, rest);
            }
            Self::Set(frame, ..)
            | Self::Flip(frame, ..)
            | Self::Remove(frame, ..)
            | Self::Repeat(frame, ..) => self.apply_to_payload(&mut frames[frame.index(len)].1),
        }
    }

    fn apply_to_payload(&self, payload: &mut Vec<u8>) {
        let at = |byte: &Index| byte.index(payload.len());
        let end = |at: usize, len: usize| payload.len().min(at + len);
        match self {
            _ if payload.is_empty() => {}
            Self::Set(_, byte, value) => {
                let at = at(byte);
                payload[at] = *value;
            }
            Self::Flip(_, byte, bit) => {
                let at = at(byte);
                payload[at] ^= 1 << bit;
            }
            Self::Remove(_, byte, len) => {
                let at = at(byte);
                drop(payload.drain(at..end(at, *len)));
            }
            Self::Repeat(_, byte, len) => {
                let at = at(byte);
                payload.extend_from_within(at..end(at, *len));
            }
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn loaded_index_agrees_with_oracle(
        (mut documents, removed) in documents(),
        roles in principal_roles(),
        position in any::<u64>(),
    ) {
        let index = index_of(&documents, &removed);
        documents.retain(|document, _| !removed.contains(document));
        let mut file = Vec::new();
        index.save(position, &mut file).unwrap();
        let (loaded, found) =
            DocumentIndex::<u64>::load(file.as_slice(), AclLimits::default()).unwrap();
        prop_assert_eq!(found, position);
        loaded.internal_validate().unwrap();
        prop_assert_eq!(loaded.len(), documents.len());
        let held: Vec<&str> = roles.iter().map(String::as_str).collect();
        let principal = Principal::parse_roles(&held).unwrap();
        for action in Action::ALL {
            let visible = loaded.table().resolve(&principal, action);
            let expected = documents.iter().filter(|(_, list)| {
                let list: Vec<&str> = list.iter().map(String::as_str).collect();
                oracle::allows(&held, action, &list)
            });
            let expected: Vec<u64> = expected.map(|(document, _)| *document).collect();
            let shown: Vec<u64> = loaded.after(&visible, None).copied().collect();
            prop_assert_eq!(&shown, &expected);
            prop_assert_eq!(loaded.count(&visible), expected.len());
            // A visibility of the saved index is one of another table.
            let of_saved = index.table().resolve(&principal, action);
            prop_assert_eq!(loaded.count(&of_saved), 0);
        }
        let mut again = Vec::new();
        loaded.save(position, &mut again).unwrap();
        prop_assert_eq!(again, file);
    }

    #[test]
    fn contents_are_loaded_if_and_only_if_they_are_valid(
        mut contents in valid_contents(),
        mistake in proptest::option::of(mistake()),
        items in 1..8_usize,
    ) {
        prop_assert!(contents.is_valid());
        if let Some(mistake) = mistake {
            mistake.apply(&mut contents);
        }
        contents.check(items);
    }

    #[test]
    fn damaged_file_with_right_checksums_is_refused_or_loaded_as_it_is(
        (documents, removed) in documents(),
        damages in vec(damage(), 1..4),
    ) {
        let mut file = Vec::new();
        index_of(&documents, &removed).save(7, &mut file).unwrap();
        let mut frames = saved::frames(&file);
        prop_assert_eq!(&saved::complete_file(&frames), &file, "the second implementation");
        for damage in &damages {
            damage.apply(&mut frames);
        }
        check_load(&saved::complete_file(&frames));
    }
}
