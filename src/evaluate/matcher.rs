//! Tests of raw permission strings for one principal and one action: [`Matcher`].
//!
//! This file also defines `Principal::can` and `Principal::matcher`.

use hashbrown::HashTable;
use smallvec::SmallVec;

use crate::hash::{RandomState, hash_bytes};
use crate::packed::slice_at;
use crate::permission::{Action, ActionSet, CLOSING, MAX_PERMISSION_LEN, Verb, split_canonical};
use crate::principal::Principal;

impl Principal {
    /// Returns `true` if a list of raw permission strings allows `action` to the principal.
    ///
    /// A list allows an action if one of its permissions names the action and a role that the principal
    /// has. `write` names create, update and delete. A malformed permission grants nothing. An empty
    /// list allows nothing. A key with bypass is allowed every action.
    ///
    /// Use this for one list. For many lists, create a [`Matcher`] with [`matcher`](Self::matcher).
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

    /// Returns `true` if one permission grants `action` to one of the principal's roles.
    ///
    /// The grammar has accepted these roles, so a verb around one of them is a permission.
    pub(super) fn is_granted(&self, action: Action, permission: &str) -> bool {
        split_canonical(permission)
            .is_some_and(|(actions, role)| actions.contains(action) && self.has_role_text(role))
    }

    /// Creates a matcher that tests many lists for `action`.
    #[must_use]
    pub fn matcher(&self, action: Action) -> Matcher {
        Matcher::new(self, action)
    }
}

/// A principal and an action, prepared to test raw permission strings.
///
/// A matcher suits documents that are tested once, such as a page that a database has returned. A
/// permission has one spelling, so a matcher compares strings with the permissions that grant the action
/// to the principal. A test does not parse or allocate, and reads only the last bytes of most strings.
/// Creating a matcher takes time in proportion to the principal's roles.
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
    /// `true` if the collection grants the action on all of its documents.
    granted: bool,
    slots: Slots,
    /// The permissions that grant the action, in a packed buffer.
    texts: String,
    /// The end offset of each permission in `texts`.
    ends: Vec<u32>,
    /// The number of each permission, by the hash of its text.
    numbers: HashTable<u32>,
    hasher: RandomState,
}

impl Matcher {
    /// Creates a matcher that tests many lists for one principal and one action.
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

    /// Makes the matcher allow every list, for a collection that grants the action.
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
            hash_bytes(hasher, slice_at(texts.as_bytes(), ends, number))
        });
    }

    /// Returns the action.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns `true` if a list of permissions allows the action, as [`Principal::can`] does.
    ///
    /// A matcher of a [collection](crate::Collection::matcher) that grants the action allows every list.
    #[must_use]
    pub fn allows<S: AsRef<str>>(&self, permissions: impl IntoIterator<Item = S>) -> bool {
        self.allows_everything()
            || permissions.into_iter().any(|permission| self.allows_through(permission.as_ref()))
    }

    /// Returns the documents whose permissions allow the action, in the order of `documents`.
    ///
    /// `permissions` returns the list of a document.
    pub fn filter<'d, D: 'd, S: AsRef<str>, P: IntoIterator<Item = S>>(
        &self,
        documents: impl IntoIterator<Item = &'d D>,
        permissions: impl Fn(&'d D) -> P,
    ) -> impl Iterator<Item = &'d D> {
        documents.into_iter().filter(move |document| self.allows(permissions(document)))
    }

    /// Returns `true` if the principal bypasses permissions.
    pub(crate) fn bypasses(&self) -> bool {
        self.bypass
    }

    /// Returns `true` if every list allows the action.
    pub(crate) fn allows_everything(&self) -> bool {
        self.bypass || self.granted
    }

    /// Returns `false` if [`allows_through`](Self::allows_through) is `false` for the permission that
    /// consists of `opening`, `role` and the closing. If this returns `true`, both results are possible.
    #[inline]
    pub(crate) fn may_allow_through(&self, opening: &str, role: &[u8]) -> bool {
        let len = opening.len() + role.len() + CLOSING.len();
        // The tail of a shorter role would include a part of the opening.
        role.last_chunk().is_none_or(|&tail| self.slots.get_by(tail, len) != Slots::EMPTY)
    }

    /// Returns `true` if one permission grants the action to one of the principal's roles.
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
                |&number: &u32| slice_at(self.texts.as_bytes(), &self.ends, number) == permission;
            self.numbers.find(hash, is_it).is_some()
        }
    }

    fn text(&self, slot: u16) -> &[u8] {
        slice_at(self.texts.as_bytes(), &self.ends, u32::from(slot))
    }
}

/// A prefilter for the permissions of a matcher. It takes a dozen instructions for a text.
///
/// The length of a text and the eight bytes before `")` select one of many slots. Ids and team roles
/// usually differ in these bytes.
///
/// | slot | meaning |
/// | --- | --- |
/// | empty | the text is none of the permissions |
/// | a number | the text can only be the permission with this number |
/// | shared | several permissions have this slot, or the number is too large: the hash table decides |
///
/// A user can give a thousand teams ids with the same ending. The hash table then decides more often,
/// and the results stay the same.
#[derive(Clone)]
struct Slots {
    /// The length is a power of two.
    slots: Box<[u16]>,
    /// The distance by which a mixed key is shifted to give the position of a slot.
    shift: u32,
}

impl Slots {
    const EMPTY: u16 = u16::MAX;
    const SHARED: u16 = u16::MAX - 1;
    /// The number of slots for each text. Of 32 other texts, 31 therefore select an empty slot.
    const PER_TEXT: usize = 32;
    /// The maximum number of slots: 8,192. They take 16 KiB, which fits into the first-level cache.
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

    /// Returns the slot value for a text with this [key](key_of).
    #[inline]
    fn get_by(&self, tail: [u8; 8], len: usize) -> u16 {
        let slot = self.slot_of(tail, len).and_then(|slot| self.slots.get(slot));
        slot.copied().unwrap_or(Self::EMPTY)
    }

    /// Returns the position of the slot that a key selects.
    #[inline]
    fn slot_of(&self, tail: [u8; 8], len: usize) -> Option<usize> {
        /// 2^64 divided by the golden ratio. The factor is odd, and its ones and zeros are mixed.
        const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
        let key = u64::from_le_bytes(tail) ^ len as u64;
        usize::try_from(key.wrapping_mul(MIX) >> self.shift).ok()
    }
}

/// Returns the key of a text: the eight bytes before its last two, and its length. A permission has at
/// least eleven bytes.
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
