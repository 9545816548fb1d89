//! Raw permission strings against one principal and one action: [`Matcher`].

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::permission::{Action, MAX_PERMISSION_LEN, split_canonical};
use crate::principal::Principal;

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
/// action: testing takes no parsing, no allocation, and no look at most strings beyond their
/// length. Making one takes time in proportion to the principal's roles.
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
    filter: Filter,
    /// The permissions that allow the action, one behind the other.
    texts: String,
    /// Where each is in `texts`.
    table: HashTable<(u32, u32)>,
    hasher: RandomState,
}

impl Matcher {
    /// Prepares to test many lists for one principal and one action.
    #[must_use]
    pub fn new(principal: &Principal, action: Action) -> Self {
        let names: &[&str] = match action {
            Action::Read => &["read(\""],
            Action::Create => &["create(\"", "write(\""],
            Action::Update => &["update(\"", "write(\""],
            Action::Delete => &["delete(\"", "write(\""],
        };
        let roles = principal.roles();
        let count = roles.len() * names.len();
        let role_bytes: usize = roles.iter().map(|role| role.as_str().len()).sum();
        let around = names.iter().map(|name| name.len() + "\")".len()).sum::<usize>();
        let mut matcher = Self {
            action,
            bypass: principal.bypasses_permissions(),
            granted: false,
            filter: Filter::for_texts(count),
            texts: String::with_capacity(role_bytes * names.len() + around * roles.len()),
            table: HashTable::with_capacity(count),
            hasher: RandomState::default(),
        };
        for role in roles {
            for name in names {
                matcher.add([name, role.as_str(), "\")"]);
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
        let Self { texts, table, hasher, filter, .. } = self;
        let Some(text) = texts.get(start..) else { return };
        let (Ok(from), Ok(to)) = (u32::try_from(start), u32::try_from(texts.len())) else { return };
        filter.add(text);
        let hash = hasher.hash_one(text.as_bytes());
        table.insert_unique(hash, (from, to), |&place| {
            hasher.hash_one(text_at(texts, place).as_bytes())
        });
    }

    /// The action that was asked for.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Whether a list of permissions allows the action. The same answer as [`Principal::can`].
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

    /// Whether one permission allows the action through one of the principal's roles.
    #[inline]
    pub(crate) fn allows_through(&self, permission: &str) -> bool {
        self.filter.may_contain(permission) && self.contains(permission)
    }

    /// Whether [`allows_through`](Self::allows_through) may say yes to the permission that begins
    /// with `opening` and goes on with a role.
    #[inline]
    pub(crate) fn may_allow_through(&self, opening: &str, role: &[u8]) -> bool {
        let len = opening.len() + role.len() + "\")".len();
        // Of shorter roles the tail would have some of the opening in it.
        role.last_chunk().is_none_or(|&tail| self.filter.may_contain_key(tail, len))
    }

    fn contains(&self, permission: &str) -> bool {
        permission.len() <= MAX_PERMISSION_LEN && {
            let hash = self.hasher.hash_one(permission.as_bytes());
            self.table.find(hash, |&place| text_at(&self.texts, place) == permission).is_some()
        }
    }
}

/// Tells most texts that are not among the permissions of a matcher from their length and the eight
/// bytes before `")`, where ids and team roles differ, in a dozen instructions.
///
/// It passes whatever is among them and a few others, as many as their bits fill of it: at most one
/// in 32, were they spread evenly. They need not be: nobody is kept from giving a thousand teams
/// names with the same ending. That costs the look-up that follows and changes no answer.
#[derive(Clone)]
struct Filter {
    /// A power of two of them.
    words: Box<[u64]>,
    /// How far to shift a mixed key to get the number of a bit.
    shift: u32,
}

impl Filter {
    /// Bits for each text.
    const BITS: usize = 32;
    /// Larger ones would not stay in the nearest cache.
    const MAX_BITS: usize = 1 << 17;

    fn for_texts(count: usize) -> Self {
        let bits = (count * Self::BITS).next_power_of_two().clamp(64, Self::MAX_BITS);
        let words = vec![0; bits / 64].into_boxed_slice();
        Self { words, shift: u64::BITS - bits.trailing_zeros() }
    }

    fn add(&mut self, text: &str) {
        if let Some((tail, len)) = key_of(text)
            && let Some(bit) = self.bit_of(tail, len)
            && let Some(word) = self.words.get_mut(bit / 64)
        {
            *word |= 1 << (bit % 64);
        }
    }

    #[inline]
    fn may_contain(&self, text: &str) -> bool {
        key_of(text).is_some_and(|(tail, len)| self.may_contain_key(tail, len))
    }

    #[inline]
    fn may_contain_key(&self, tail: [u8; 8], len: usize) -> bool {
        self.bit_of(tail, len).is_some_and(|bit| {
            self.words.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 != 0)
        })
    }

    /// The number of the bit for a key.
    #[inline]
    fn bit_of(&self, tail: [u8; 8], len: usize) -> Option<usize> {
        /// Odd, with ones and zeros mixed: 2^64 divided by the golden ratio.
        const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
        let key = u64::from_le_bytes(tail) ^ len as u64;
        usize::try_from(key.wrapping_mul(MIX) >> self.shift).ok()
    }
}

/// The eight bytes before a text's last two, and its length. A permission has at least eleven.
#[inline]
fn key_of(text: &str) -> Option<([u8; 8], usize)> {
    let (tail, _closing) = text.as_bytes().last_chunk::<10>()?.split_first_chunk::<8>()?;
    Some((*tail, text.len()))
}

fn text_at(texts: &str, (from, to): (u32, u32)) -> &str {
    texts.get(from as usize..to as usize).unwrap_or_default()
}

impl std::fmt::Debug for Matcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matcher")
            .field("action", &self.action)
            .field("bypass", &self.bypass)
            .field("granted", &self.granted)
            .field("permissions", &self.table.len())
            .finish_non_exhaustive()
    }
}
