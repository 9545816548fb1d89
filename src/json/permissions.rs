//! A document's permissions, tested as they are written.

use super::block::is_alphanumeric;
use super::document::Pass;
use super::report::ProblemKind;
use super::scanner::{Scan, Scanner};
use super::string::Raw;
use crate::permission::{Action, ActionSet, MAX_PERMISSION_LEN, Permission, is_role};

/// How much of a string is looked at. Whatever is longer than a permission can be is none; this is
/// enough to say why.
const LOOKED_AT: usize = 4 * MAX_PERMISSION_LEN;

impl Pass<'_> {
    /// Goes behind the value of `$permissions`. Whether it allows the action.
    pub(super) fn permissions(&mut self, scanner: &mut Scanner<'_>, depth: usize) -> Scan<bool> {
        if scanner.byte() != b'[' {
            self.add_problem(None, scanner.at, ProblemKind::PermissionsNotAnArray);
            scanner.skip_value(depth)?;
            return Ok(false);
        }
        if depth >= super::MAX_DEPTH {
            return Err(super::error::ScanErrorKind::TooDeep);
        }
        let mut granted = false;
        let mut only_strings = true;
        // Owners mostly may do several things: then the role has been read already.
        let mut role_before = &b""[..];
        let mut index = 0;
        let mut more = scanner.open_array();
        while more {
            if scanner.byte() != b'"' {
                only_strings = false;
                self.add_problem(Some(index), scanner.at, ProblemKind::PermissionNotAString);
                scanner.skip_value(depth + 1)?;
            } else if let Some((name, role)) = plain_permission(scanner, role_before) {
                role_before = role;
                granted = granted || self.grants(name, role);
            } else {
                let start = scanner.at;
                let escaped = scanner.string()?;
                granted |= self.other_spelling(scanner.raw(start, escaped), index, start);
            }
            index += 1;
            more = scanner.next_element()?;
        }
        Ok(granted && only_strings)
    }

    /// Whether a permission for a role allows the action.
    #[inline]
    fn grants(&mut self, name: Name, role: &[u8]) -> bool {
        let matcher = self.filter.matcher;
        name.set.contains(matcher.action())
            && matcher.may_allow_through(name.opening, role)
            && self.grants_whole(name.opening, role)
    }

    fn grants_whole(&mut self, opening: &str, role: &[u8]) -> bool {
        let Ok(role) = std::str::from_utf8(role) else { return false };
        self.text.clear();
        for part in [opening, role, "\")"] {
            self.text.push_str(part);
        }
        self.filter.matcher.allows_through(&self.text)
    }

    /// Whether a string that does not begin and end as permissions mostly do allows the action.
    fn other_spelling(&mut self, raw: Raw<'_>, index: usize, start: usize) -> bool {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        raw.unescape(LOOKED_AT, &mut text);
        let granted = match Permission::parse(&text) {
            Ok(_) => self.filter.matcher.allows_through(&text),
            Err(error) => {
                self.add_problem(Some(index), start, ProblemKind::Permission(error));
                false
            }
        };
        self.text = text;
        granted
    }
}

/// A permission's beginning.
#[derive(Clone, Copy)]
struct Name {
    set: ActionSet,
    opening: &'static str,
}

/// Goes behind the permission that begins here, if it has no other escapes than it must have, and
/// otherwise nowhere.
#[inline]
fn plain_permission<'a>(
    scanner: &mut Scanner<'a>,
    role_before: &'a [u8],
) -> Option<(Name, &'a [u8])> {
    const CLOSING: &[u8] = br#"\")""#;
    let start = scanner.at;
    let (name, len) = plain_name(scanner.rest())?;
    scanner.at = start + len;
    if !role_before.is_empty()
        && let Some(behind) = scanner.rest().strip_prefix(role_before)
        && behind.starts_with(CLOSING)
    {
        scanner.at += role_before.len() + CLOSING.len();
        return Some((name, role_before));
    }
    scanner.plain();
    let role = scanner.slice(start + len, scanner.at);
    if scanner.rest().starts_with(CLOSING) && (is_plain_role(role) || is_role_of_any_kind(role)) {
        scanner.at += CLOSING.len();
        return Some((name, role));
    }
    scanner.at = start;
    None
}

/// Whether this is a role of the two kinds that nearly all permissions are for, without a suffix, and
/// with an id as Appwrite makes them: told in a tenth of the time that the grammar takes. It says no to
/// many roles, and yes to nothing that is none.
#[inline]
fn is_plain_role(role: &[u8]) -> bool {
    let Some((b"user:" | b"team:", id)) = role.split_first_chunk() else { return false };
    // Two blocks that may overlap are all of it.
    let (Some(first), Some(last)) = (id.first_chunk(), id.last_chunk()) else { return false };
    id.len() <= 2 * last.len() && is_alphanumeric(first) && is_alphanumeric(last)
}

fn is_role_of_any_kind(role: &[u8]) -> bool {
    std::str::from_utf8(role).is_ok_and(is_role)
}

/// The beginning of a permission, with the quote of the string, and its length.
#[inline]
fn plain_name(rest: &[u8]) -> Option<(Name, usize)> {
    macro_rules! names {
        ($($name:literal: $set:expr),*) => {
            $(if rest.starts_with(concat!("\"", $name, "(\\\"").as_bytes()) {
                let name = Name { set: $set, opening: concat!($name, "(\"") };
                return Some((name, concat!("\"", $name, "(\\\"").len()));
            })*
        };
    }
    names!(
        "read": Action::Read.into(),
        "update": Action::Update.into(),
        "delete": Action::Delete.into(),
        "write": ActionSet::WRITE,
        "create": Action::Create.into()
    );
    None
}
