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
    known: KnownKey,
    is_permissions: bool,
}

impl Keys {
    /// Skips the key of a member, if it is that of the document before. Returns `Some(true)` if it is the key of
    /// the permissions. Otherwise returns `None`, and the scanner does not move.
    #[inline]
    pub(super) fn skip(&self, member: usize, scanner: &mut Scanner<'_>) -> Option<bool> {
        let key = self.0.get(member)?;
        scanner.skip_known(&key.known).then_some(key.is_permissions)
    }

    /// Keeps a key that [`Scanner::plain_key`] has returned. Returns `true` if it is the key of the permissions.
    pub(super) fn keep(&mut self, member: usize, key: &[u8]) -> bool {
        let is_permissions = key == PERMISSIONS.as_bytes();
        if let Some(known) = KnownKey::new(key) {
            let key = Key { known, is_permissions };
            if let Some(place) = self.0.get_mut(member) {
                *place = key;
            } else if member == self.0.len() && member < MOST {
                self.0.push(key);
            }
        }
        is_permissions
    }
}
