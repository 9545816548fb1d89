//! The keys of the document before: [`Keys`].

use smallvec::SmallVec;

use super::pass::PERMISSIONS;
use crate::json::scan::{KnownKey, Scanner};

/// The number of members whose keys are kept: 64. Further keys are read without them.
const MOST: usize = 64;

/// The keys of the document before, which the next document mostly has too, in the same order.
#[derive(Default)]
pub(super) struct Keys(SmallVec<[Key; 16]>);

struct Key {
    /// The key, unless it is too long to be compared.
    known: Option<KnownKey>,
    is_permissions: bool,
}

impl Keys {
    /// Skips the key of a member, if it is that of the document before. Returns `Some(true)` if it is the key of
    /// the permissions. Otherwise returns `None`, and the scanner does not move.
    #[inline]
    pub(super) fn skip(&self, member: usize, scanner: &mut Scanner<'_>) -> Option<bool> {
        let key = self.0.get(member)?;
        scanner.skip_known(key.known.as_ref()?).then_some(key.is_permissions)
    }

    /// Keeps a key that [`Scanner::plain_key`] has returned. Returns `true` if it is the key of the permissions.
    pub(super) fn keep(&mut self, member: usize, key: &[u8]) -> bool {
        let is_permissions = key == PERMISSIONS.as_bytes();
        self.set(member, Key { known: KnownKey::new(key), is_permissions });
        is_permissions
    }

    /// Keeps the place of a key with escapes, so that the keys after it can be kept.
    pub(super) fn keep_unknown(&mut self, member: usize) {
        self.set(member, Key { known: None, is_permissions: false });
    }

    fn set(&mut self, member: usize, key: Key) {
        if let Some(place) = self.0.get_mut(member) {
            *place = key;
        } else if member == self.0.len() && member < MOST {
            self.0.push(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_behind_keys_that_cannot_be_compared_is_skipped() {
        let mut keys = Keys::default();
        assert!(!keys.keep(0, b"organizationIdentifier"));
        keys.keep_unknown(1);
        assert!(keys.keep(2, PERMISSIONS.as_bytes()));
        let text = b"\"$permissions\":[], and enough text behind";
        for (member, expected) in [(0, None), (1, None), (2, Some(true)), (3, None)] {
            assert_eq!(keys.skip(member, &mut Scanner::new(text)), expected, "{member}");
        }
    }
}
