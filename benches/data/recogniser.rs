//! A recogniser of permissions by hand, to compare parsing with.
//!
//! It reads a text once, from its start to its end, with slices and one table of bytes. Its result is the
//! least from which all parts can be read without a search: the verb, the kind of role, and three offsets.
//! Comparing bytes with ranges instead of the table took twice as long, and adding up the classes of all bytes
//! of a part took one and a half times as long.

#![allow(clippy::string_slice, reason = "the offsets are those of ASCII characters")]

use rolegate::{Action, ActionSet, RoleKind, Verification};

/// The parts of a permission, in five bytes. Offsets are counted in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    verb: Verb,
    kind: Kind,
    /// The start of the role, which ends before the last two bytes.
    role: u8,
    /// The start of the id or label, or the end of the keyword of a role without either.
    name: u8,
    /// The end of the id or label. A suffix follows, or the end of the role.
    name_end: u8,
}

impl Parts {
    pub(crate) fn actions(self) -> ActionSet {
        match self.verb {
            Verb::Read => Action::Read.into(),
            Verb::Create => Action::Create.into(),
            Verb::Update => Action::Update.into(),
            Verb::Delete => Action::Delete.into(),
            Verb::Write => ActionSet::WRITE,
        }
    }

    pub(crate) fn role(self, text: &str) -> &str {
        &text[self.role.into()..text.len() - 2]
    }

    pub(crate) fn kind(self, text: &str) -> RoleKind<'_> {
        let id = &text[self.name.into()..self.name_end.into()];
        let suffix = text[self.name_end.into()..text.len() - 2].strip_prefix('/');
        let verification = suffix.map(|suffix| match suffix {
            "verified" => Verification::Verified,
            _ => Verification::Unverified,
        });
        match self.kind {
            Kind::Any => RoleKind::Any,
            Kind::Guests => RoleKind::Guests,
            Kind::Users => RoleKind::Users { verification },
            Kind::User => RoleKind::User { id, verification },
            Kind::Team => RoleKind::Team { id, role: suffix },
            Kind::Member => RoleKind::Member { id },
            Kind::Label => RoleKind::Label { name: id },
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Verb {
    Read,
    Create,
    Update,
    Delete,
    Write,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Any,
    Guests,
    Users,
    User,
    Team,
    Member,
    Label,
}

const ID: u8 = 1;
const LABEL: u8 = 2;

/// The bytes of ids, and those of labels.
static CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            class[byte as usize] = ID | LABEL;
        } else if matches!(byte, b'.' | b'_' | b'-') {
            class[byte as usize] = ID;
        }
        byte += 1;
    }
    class
};

/// Returns the parts of a permission, or `None` for another text.
pub(crate) fn recognise(text: &str) -> Option<Parts> {
    let text = text.as_bytes();
    let (verb, rest) = verb(text)?;
    let role = offset(text, rest);
    let (kind, rest) = kind(rest)?;
    let start = offset(text, rest);
    let rest = match kind {
        Kind::Any | Kind::Guests | Kind::Users => rest,
        Kind::User | Kind::Team | Kind::Member => name(rest, 36, ID)?,
        Kind::Label => name(rest, 36, LABEL)?,
    };
    let end = offset(text, rest);
    let rest = match (kind, rest) {
        (Kind::Users | Kind::User, [b'/', suffix @ ..]) => verification(suffix)?,
        (Kind::Team, [b'/', suffix @ ..]) => name(suffix, 81, ID)?,
        _ => rest,
    };
    (rest == b"\")").then_some(Parts { verb, kind, role, name: start, name_end: end })
}

#[inline]
fn verb(text: &[u8]) -> Option<(Verb, &[u8])> {
    match text.first()? {
        b'r' => Some((Verb::Read, text.strip_prefix(b"read(\"")?)),
        b'u' => Some((Verb::Update, text.strip_prefix(b"update(\"")?)),
        b'd' => Some((Verb::Delete, text.strip_prefix(b"delete(\"")?)),
        b'c' => Some((Verb::Create, text.strip_prefix(b"create(\"")?)),
        b'w' => Some((Verb::Write, text.strip_prefix(b"write(\"")?)),
        _ => None,
    }
}

#[inline]
fn kind(role: &[u8]) -> Option<(Kind, &[u8])> {
    match role.first()? {
        b'u' => {
            let rest = role.strip_prefix(b"user")?;
            match rest.split_first()? {
                (b':', rest) => Some((Kind::User, rest)),
                (b's', rest) => Some((Kind::Users, rest)),
                _ => None,
            }
        }
        b't' => Some((Kind::Team, role.strip_prefix(b"team:")?)),
        b'm' => Some((Kind::Member, role.strip_prefix(b"member:")?)),
        b'l' => Some((Kind::Label, role.strip_prefix(b"label:")?)),
        b'a' => Some((Kind::Any, role.strip_prefix(b"any")?)),
        b'g' => Some((Kind::Guests, role.strip_prefix(b"guests")?)),
        _ => None,
    }
}

/// Skips an id, a label or a team role.
#[inline]
fn name(text: &[u8], max: usize, class: u8) -> Option<&[u8]> {
    let outside = |&byte: &u8| CLASS[usize::from(byte)] & class == 0;
    let (name, rest) = text.split_at(text.iter().position(outside)?);
    match name {
        [] | [b'0'] | [b'.' | b'_' | b'-', ..] => None,
        _ => (name.len() <= max).then_some(rest),
    }
}

#[inline]
fn verification(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"verified").or_else(|| text.strip_prefix(b"unverified"))
}

/// Returns the offset in `text` at which its end `rest` begins. The offsets are at most 51.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the verb, `member:` and an id have 51 bytes at most"
)]
fn offset(text: &[u8], rest: &[u8]) -> u8 {
    (text.len() - rest.len()) as u8
}
