//! The permissions of a document, tested as they are written.

use super::pass::Pass;
use crate::json::report::ProblemKind;
use crate::json::scan::{MAX_DEPTH, Raw, Scan, ScanErrorKind, Scanner};
use crate::permission::{
    ActionSet, CLOSING, MAX_PERMISSION_LEN, Permission, Verb, is_role_in_bytes,
};

/// The number of bytes of a string that are parsed: 532. It is enough to report why a longer string is not
/// a permission.
const PARSED_LEN: usize = 4 * MAX_PERMISSION_LEN;

/// The closing of a permission as a JSON string spells it, with the quote of the string.
const JSON_CLOSING: &[u8] = br#"\")""#;

impl Pass<'_> {
    /// Skips the value of `$permissions`. Returns `true` if it allows the action.
    pub(super) fn permissions(&mut self, scanner: &mut Scanner<'_>, depth: usize) -> Scan<bool> {
        if scanner.byte() != b'[' {
            self.add_problem(None, scanner.at, ProblemKind::PermissionsNotAnArray);
            scanner.skip_value(depth)?;
            return Ok(false);
        }
        if depth >= MAX_DEPTH {
            return Err(ScanErrorKind::TooDeep);
        }
        let mut granted = false;
        let mut only_strings = true;
        // Consecutive permissions are mostly for the same role. The same role is not checked again.
        let mut role_before = &b""[..];
        let mut index = 0;
        let mut more = scanner.open_array();
        while more {
            if scanner.byte() != b'"' {
                only_strings = false;
                self.add_problem(Some(index), scanner.at, ProblemKind::PermissionNotAString);
                scanner.skip_value(depth + 1)?;
            } else if let Some((verb, role)) = plain_permission(scanner, role_before) {
                role_before = role;
                granted = granted || self.grants(verb, role);
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

    /// Returns `true` if a permission for a role allows the action.
    #[inline]
    fn grants(&mut self, verb: Verb, role: &[u8]) -> bool {
        let matcher = self.settings.matcher;
        ActionSet::from(verb).contains(matcher.action())
            && matcher.may_allow_through(verb.opening(), role)
            && self.grants_whole(verb.opening(), role)
    }

    /// Returns `true` if the matcher has the permission. Joins its parts, and looks it up.
    fn grants_whole(&mut self, opening: &str, role: &[u8]) -> bool {
        let Ok(role) = std::str::from_utf8(role) else { return false };
        self.text.clear();
        for part in [opening, role, CLOSING] {
            self.text.push_str(part);
        }
        self.settings.matcher.allows_through(&self.text)
    }

    /// Returns `true` if a string with an unusual spelling, such as other escapes, allows the action.
    fn other_spelling(&mut self, raw: Raw<'_>, index: usize, start: usize) -> bool {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        raw.unescape(PARSED_LEN, &mut text);
        let granted = match Permission::parse(&text) {
            Ok(_) => self.settings.matcher.allows_through(&text),
            Err(error) => {
                self.add_problem(Some(index), start, ProblemKind::Permission(error));
                false
            }
        };
        self.text = text;
        granted
    }
}

/// Skips a permission in which only the quotes are escaped, and returns its verb and role. For another
/// string, returns `None` and does not move.
#[inline]
fn plain_permission<'a>(
    scanner: &mut Scanner<'a>,
    role_before: &'a [u8],
) -> Option<(Verb, &'a [u8])> {
    let start = scanner.at;
    let (verb, after) = Verb::strip_json_opening(scanner.rest())?;
    scanner.at += scanner.rest().len() - after.len();
    let role_start = scanner.at;
    if !role_before.is_empty()
        && let Some(after) = scanner.rest().strip_prefix(role_before)
        && after.starts_with(JSON_CLOSING)
    {
        scanner.at += role_before.len() + JSON_CLOSING.len();
        return Some((verb, role_before));
    }
    scanner.plain();
    let role = scanner.slice(role_start, scanner.at);
    if scanner.rest().starts_with(JSON_CLOSING) && is_role_in_bytes(role) {
        scanner.at += JSON_CLOSING.len();
        return Some((verb, role));
    }
    scanner.at = start;
    None
}
