//! Raw permission strings against one principal and one action: [`Matcher`].

use hashbrown::HashTable;
use smallvec::SmallVec;

use crate::hash::{RandomState, hash_bytes};
use crate::permission::{Action, ActionSet, CLOSING, MAX_PERMISSION_LEN, Verb, split_canonical};
use crate::principal::Principal;
use crate::runs::run_at;

impl Principal {
    /// Whether a list of permissions, as raw strings, allows the principal an action.
    ///
    /// It does if one of its permissions names the action (or `write`, for create, update and
    /// delete) and a role that the principal has. A malformed permission grants nothing. An empty
    /// list allows nothing. A key with bypass may do everything.
    ///
    /// This is for one list; for many, prepare a [`Matcher`] with [`matcher`](Self::matcher).
    ///
    /// Source: `Authorization::isValid` of utopia-php/database.
    #[must_use]
    pub fn can<S: AsRef<str>>(
        &self,
        action: Action,
        permissions: impl IntoIterator<Item = S>,
    ) -> bool {
        self.bypasses_permissions()
            || permissions
                .into_iter()
                .any(|permission| self.is_granted(action, permission.as_ref()))
    }

    /// Whether one permission allows an action through one of the roles. Roles are roles by the
    /// grammar, so that a text around one of them is a permission.
    pub(super) fn is_granted(&self, action: Action, permission: &str) -> bool {
        split_canonical(permission)
            .is_some_and(|(actions, role)| actions.contains(action) && self.has_role_text(role))
    }

    /// Prepares to test many lists for one action.
    #[must_use]
    pub fn matcher(&self, action: Action) -> Matcher {
        Matcher::new(self, action)
    }
}

/// A principal and an action, prepared to test raw permission strings.
///
/// For documents that are seen once: a page that just came from a database. A permission has one
/// spelling, so that it is enough to compare it, as it is, with the permissions that would allow the
/// action: testing takes no parsing and no allocation, and of most strings only their last bytes are
/// looked at. Making one takes time in proportion to the principal's roles.
///
/// ```
/// use rolegate::{Action, Principal};
///
/// struct Birthday { name: &'static str, permissions: Vec<String> }
/// let birthdays = [
///     Birthday { name: "Kevin", permissions: vec![r#"read("user:user-a")"#.into()] },
///     Birthday { name: "Laura", permissions: vec![r#"read("user:user-b")"#.into()] },
/// ];
///
/// let principal = Principal::parse_roles(["any", "users", "user:user-a"])?;
/// let matcher = principal.matcher(Action::Read);
/// assert!(matcher.allows(&birthdays[0].permissions));
///
/// let visible = matcher.filter(&birthdays, |birthday| &birthday.permissions);
/// assert_eq!(visible.map(|birthday| birthday.name).collect::<Vec<_>>(), ["Kevin"]);
/// # Ok::<(), rolegate::ParseError>(())
/// ```
#[derive(Clone)]
pub struct Matcher {
    action: Action,
    bypass: bool,
    /// Whether the collection grants it, for all of its documents.
    granted: bool,
    slots: Slots,
    /// The permissions that allow the action, one behind the other.
    texts: String,
    /// Where each ends in `texts`.
    ends: Vec<u32>,
    /// Their numbers, by the hash of their text.
    numbers: HashTable<u32>,
    hasher: RandomState,
}

impl Matcher {
    /// Prepares to test many lists for one principal and one action.
    #[must_use]
    pub fn new(principal: &Principal, action: Action) -> Self {
        let granting = Verb::ALL.into_iter().filter(|&verb| ActionSet::from(verb).contains(action));
        let openings: SmallVec<[&str; 2]> = granting.map(Verb::opening).collect();
        let roles = principal.roles();
        let count = roles.len() * openings.len();
        let role_bytes: usize = roles.iter().map(|role| role.as_str().len()).sum();
        let around: usize = openings.iter().map(|opening| opening.len() + CLOSING.len()).sum();
        let mut matcher = Self {
            action,
            bypass: principal.bypasses_permissions(),
            granted: false,
            slots: Slots::for_texts(count),
            texts: String::with_capacity(role_bytes * openings.len() + around * roles.len()),
            ends: Vec::with_capacity(count),
            numbers: HashTable::with_capacity(count),
            hasher: RandomState::default(),
        };
        for role in roles {
            for opening in &openings {
                matcher.add([opening, role.as_str(), CLOSING]);
            }
        }
        matcher
    }

    /// The same, for documents of a collection that grants the action.
    pub(super) fn granted(self) -> Self {
        Self { granted: true, ..self }
    }

    fn add(&mut self, parts: [&str; 3]) {
        let start = self.texts.len();
        for part in parts {
            self.texts.push_str(part);
        }
        let (Ok(number), Ok(end)) =
            (u32::try_from(self.ends.len()), u32::try_from(self.texts.len()))
        else {
            return;
        };
        self.ends.push(end);
        let Self { texts, ends, numbers, hasher, slots, .. } = self;
        let text = texts.as_bytes().get(start..).unwrap_or_default();
        slots.add(number, text);
        let hash = hash_bytes(hasher, text);
        numbers.insert_unique(hash, number, |&number| {
            hash_bytes(hasher, run_at(texts.as_bytes(), ends, number))
        });
    }

    /// The action that was asked for.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Whether a list of permissions allows the action: the same answer as [`Principal::can`], and
    /// yes to every list where the [collection](crate::Collection::matcher) grants it.
    #[must_use]
    pub fn allows<S: AsRef<str>>(&self, permissions: impl IntoIterator<Item = S>) -> bool {
        self.allows_everything()
            || permissions.into_iter().any(|permission| self.allows_through(permission.as_ref()))
    }

    /// The documents whose permissions allow the action, in their order.
    ///
    /// `permissions` gives a document's list: anything that iterates over strings.
    pub fn filter<'d, D: 'd, S: AsRef<str>, P: IntoIterator<Item = S>>(
        &self,
        documents: impl IntoIterator<Item = &'d D>,
        permissions: impl Fn(&'d D) -> P,
    ) -> impl Iterator<Item = &'d D> {
        documents.into_iter().filter(move |document| self.allows(permissions(document)))
    }

    /// Whether permissions are not looked at, for whatever document.
    pub(crate) fn bypasses(&self) -> bool {
        self.bypass
    }

    /// Whether every list allows the action.
    pub(crate) fn allows_everything(&self) -> bool {
        self.bypass || self.granted
    }

    /// Whether [`allows_through`](Self::allows_through) may say yes to the permission that begins
    /// with `opening` and goes on with a role.
    #[inline]
    pub(crate) fn may_allow_through(&self, opening: &str, role: &[u8]) -> bool {
        let len = opening.len() + role.len() + CLOSING.len();
        // Of shorter roles the tail would have some of the opening in it.
        role.last_chunk().is_none_or(|&tail| self.slots.get_by(tail, len) != Slots::EMPTY)
    }

    /// Whether one permission allows the action through one of the principal's roles.
    #[inline]
    pub(crate) fn allows_through(&self, permission: &str) -> bool {
        let permission = permission.as_bytes();
        match self.slots.get(permission) {
            Slots::EMPTY => false,
            slot => self.confirm(slot, permission),
        }
    }

    fn confirm(&self, slot: u16, permission: &[u8]) -> bool {
        if slot == Slots::SHARED {
            self.contains(permission)
        } else {
            self.text(slot) == permission
        }
    }

    fn contains(&self, permission: &[u8]) -> bool {
        permission.len() <= MAX_PERMISSION_LEN && {
            let hash = hash_bytes(&self.hasher, permission);
            let is_it =
                |&number: &u32| run_at(self.texts.as_bytes(), &self.ends, number) == permission;
            self.numbers.find(hash, is_it).is_some()
        }
    }

    fn text(&self, slot: u16) -> &[u8] {
        run_at(self.texts.as_bytes(), &self.ends, u32::from(slot))
    }
}

/// Tells most texts that are not among the permissions of a matcher, and which of them a text can be,
/// from its length and the eight bytes before `")`, where ids and team roles differ. That takes a
/// dozen instructions.
///
/// A text falls into one of many slots. In an empty one there is nothing that it could be; in one
/// with a number it can only be the text of that number; in a shared one, or where the numbers do not
/// suffice, the hash table must be asked. Nobody is kept from giving a thousand teams names with the
/// same ending: that costs the question and changes no answer.
#[derive(Clone)]
struct Slots {
    /// A power of two of them.
    slots: Box<[u16]>,
    /// How far to shift a mixed key to get the number of a slot.
    shift: u32,
}

impl Slots {
    const EMPTY: u16 = u16::MAX;
    const SHARED: u16 = u16::MAX - 1;
    /// Slots for each text: of 32 texts that are none of them, 31 fall into empty slots.
    const PER_TEXT: usize = 32;
    /// 16 KiB: more would not stay in the nearest cache.
    const MAX: usize = 1 << 13;

    fn for_texts(count: usize) -> Self {
        let len = (count * Self::PER_TEXT).next_power_of_two().clamp(2, Self::MAX);
        Self { slots: vec![Self::EMPTY; len].into(), shift: u64::BITS - len.trailing_zeros() }
    }

    fn add(&mut self, number: u32, text: &[u8]) {
        let number = u16::try_from(number).unwrap_or(Self::SHARED).min(Self::SHARED);
        if let Some((tail, len)) = key_of(text)
            && let Some(slot) = self.slot_of(tail, len).and_then(|slot| self.slots.get_mut(slot))
        {
            *slot = if *slot == Self::EMPTY { number } else { Self::SHARED };
        }
    }

    #[inline]
    fn get(&self, text: &[u8]) -> u16 {
        key_of(text).map_or(Self::EMPTY, |(tail, len)| self.get_by(tail, len))
    }

    /// As [`get`](Self::get), for a text of which the [key](key_of) is known.
    #[inline]
    fn get_by(&self, tail: [u8; 8], len: usize) -> u16 {
        let slot = self.slot_of(tail, len).and_then(|slot| self.slots.get(slot));
        slot.copied().unwrap_or(Self::EMPTY)
    }

    /// The slot that a text falls into.
    #[inline]
    fn slot_of(&self, tail: [u8; 8], len: usize) -> Option<usize> {
        /// Odd, with ones and zeros mixed: 2^64 divided by the golden ratio.
        const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
        let key = u64::from_le_bytes(tail) ^ len as u64;
        usize::try_from(key.wrapping_mul(MIX) >> self.shift).ok()
    }
}

/// What a text is told by: the eight bytes before its last two, and its length. A permission has at
/// least eleven.
#[inline]
fn key_of(text: &[u8]) -> Option<([u8; 8], usize)> {
    let (tail, _closing) = text.last_chunk::<10>()?.split_first_chunk::<8>()?;
    Some((*tail, text.len()))
}

impl std::fmt::Debug for Matcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matcher")
            .field("action", &self.action)
            .field("bypass", &self.bypass)
            .field("granted", &self.granted)
            .field("permissions", &self.ends.len())
            .finish_non_exhaustive()
    }
}
