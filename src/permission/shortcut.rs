//! A shortcut past the grammar, for permissions and roles.
//!
//! `grammar.rs` defines the language. The shortcut accepts the same texts, except long roles within a team. It reads
//! the parts of a role in blocks of 16 bytes, with the vector instructions of `wide`. A text that the shortcut
//! refuses goes to the grammar, so a wrong refusal costs time only. Tests compare the shortcut alone with the
//! grammar alone, in both directions.
//!
//! A permission takes 171 instructions, and 392 by the grammar: `benches/NOTES.md`. A loop over bytes with a table takes 1.5
//! times as many as the blocks: `benches/data/recogniser.rs`.

use wide::{CmpEq, CmpGt, CmpLt, i8x16};

use super::grammar::{self, MAX_ID_LEN, MAX_TEAM_ROLE_LEN};
use super::verb::Verb;

/// The length of the longest id with its suffix that the shortcut accepts: 64, one bit of a `u64` for each byte.
///
/// Only an id with a long role within a team is longer.
const MAX_LEN: usize = 64;

// A role within a team that the shortcut reads is short enough.
const _: () = assert!(MAX_LEN <= MAX_TEAM_ROLE_LEN);

/// Returns `true` if a text is a permission.
pub(super) fn is_permission(text: &str) -> bool {
    accepts_permission(text) || grammar::permission(text).is_some()
}

/// Returns `true` if a text is a role.
pub(crate) fn is_role(text: &str) -> bool {
    accepts_role(text.as_bytes()) || grammar::is_role(text)
}

/// Returns `true` if bytes are a role.
pub(crate) fn is_role_in_bytes(bytes: &[u8]) -> bool {
    accepts_role(bytes) || str::from_utf8(bytes).is_ok_and(grammar::is_role)
}

/// Returns `true` if the shortcut accepts a text as a permission.
#[inline]
pub(super) fn accepts_permission(text: &str) -> bool {
    Verb::split_permission(text).is_some_and(|(_, role)| accepts_role(role.as_bytes()))
}

/// Returns `true` if the shortcut accepts bytes as a role.
#[inline]
pub(super) fn accepts_role(role: &[u8]) -> bool {
    match role.split_first_chunk() {
        // Most roles are these two. One branch for both is easier to predict than one for each.
        Some((head, parts)) if head == b"user:" || head == b"team:" => {
            accepts_parts(parts, head == b"team:")
        }
        _ => accepts_other_role(role),
    }
}

/// Returns `true` if these are the parts of a `user` or `team` role: an id, and perhaps a suffix.
#[inline]
fn accepts_parts(parts: &[u8], of_team: bool) -> bool {
    let Some(others) = others(parts) else { return false };
    let end = parts.len().min(others.trailing_zeros() as usize);
    let Some((id, suffix)) = parts.split_at_checked(end) else { return false };
    is_id(id)
        && match suffix {
            [] => true,
            // The slash is the only byte that no id has.
            [b'/', role @ ..] if of_team => others.is_power_of_two() && begins_as_id(role),
            [b'/', verification @ ..] => is_verification(verification),
            _ => false,
        }
}

fn accepts_other_role(role: &[u8]) -> bool {
    if let Some(id) = role.strip_prefix(b"member:") {
        return is_id(id) && others(id) == Some(0);
    }
    if let Some(label) = role.strip_prefix(b"label:") {
        return is_id(label) && label.iter().all(u8::is_ascii_alphanumeric);
    }
    match role.strip_prefix(b"users/") {
        Some(verification) => is_verification(verification),
        None => matches!(role, b"any" | b"guests" | b"users"),
    }
}

fn is_verification(text: &[u8]) -> bool {
    matches!(text, b"verified" | b"unverified")
}

/// Returns `true` if some bytes are an id. The caller has checked that an id may have each of them.
#[inline]
fn is_id(bytes: &[u8]) -> bool {
    bytes.len() <= MAX_ID_LEN && begins_as_id(bytes)
}

/// Returns `true` if some bytes begin as an id and are not `0`. The caller has checked that an id may have each of them.
#[inline]
fn begins_as_id(bytes: &[u8]) -> bool {
    !matches!(bytes, [] | [b'0'] | [b'.' | b'_' | b'-', ..])
}

/// Returns a number with bit `i` set if no id has the byte `bytes[i]`, or `None` for more than [`MAX_LEN`] bytes.
#[inline]
fn others(bytes: &[u8]) -> Option<u64> {
    let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) else {
        let bit = |byte: &u8| u64::from(!is_id_byte(*byte));
        return Some(bytes.iter().rev().fold(0, |others, byte| others << 1 | bit(byte)));
    };
    if bytes.len() > MAX_LEN {
        return None;
    }
    // The last block overlaps the one before, unless the length is a multiple of 16.
    let others = others_in_block(last) << (bytes.len() - last.len());
    if bytes.len() <= 2 * last.len() {
        return Some(others_in_block(first) | others);
    }
    let blocks = bytes.as_chunks().0.iter().enumerate();
    Some(blocks.fold(others, |others, (at, block)| others | others_in_block(block) << (16 * at)))
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// Does the same as [`others`] for a block.
#[inline]
fn others_in_block(block: &[u8; 16]) -> u64 {
    let bytes = i8x16::from(block.map(u8::cast_signed));
    let is = |byte: u8| bytes.cmp_eq(i8x16::splat(byte.cast_signed()));
    // As signed numbers, bytes beyond ASCII are negative.
    let between = |bytes: i8x16, before: u8, behind: u8| {
        let (before, behind) = (before.cast_signed(), behind.cast_signed());
        bytes.cmp_gt(i8x16::splat(before)) & bytes.cmp_lt(i8x16::splat(behind))
    };
    let letters = between(bytes | i8x16::splat(0x20), b'`', b'{');
    let digits = between(bytes, b'/', b':');
    let of_ids = letters | digits | is(b'.') | is(b'_') | is(b'-');
    u64::from(!of_ids.move_mask().cast_unsigned() & 0xffff)
}
