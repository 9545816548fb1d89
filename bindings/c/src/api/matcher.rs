//! Matchers, for documents that are seen once.

#![allow(unsafe_code, reason = "the names of exported functions are unsafe attributes")]

use rolegate::Matcher;

use super::constants;
use crate::failure::Failure;
use crate::ffi::{self, Answer, Call, call};
use crate::lists::{self, Sink};
use crate::objects::{ErrorHandle, MatcherHandle, PrincipalHandle};
use crate::types::{Lists, PackedLists, Status};

/// Creates a matcher that tests permissions for a principal and an action.
///
/// Takes time in proportion to the roles of the principal.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_matcher_new(
    principal: *const PrincipalHandle,
    action: u32,
    matcher: *mut *mut MatcherHandle,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(matcher)?;
        let principal = call.get(principal)?;
        out.set(ffi::new_handle(principal.matcher(constants::action(action)?))?);
        Ok(())
    })
}

/// Frees a matcher. Returns `ROLEGATE_STATUS_WRONG_HANDLE` if it was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_matcher_free(matcher: *mut MatcherHandle) -> Status {
    ffi::free(matcher)
}

/// Tests the lists of a page. `allowed[i]` becomes 1 if list `i` allows the action, and 0 otherwise.
///
/// `allowed` has `allowed_len` elements, which must be the number of lists. If `allowed_count` is not null, it gets
/// the number of ones. Malformed permissions grant nothing. Invalid UTF-8 is an error with the positions of the
/// list, the text and the byte. Takes time in proportion to the bytes.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_matcher_filter(
    matcher: *const MatcherHandle,
    lists: *const Lists,
    allowed: *mut u8,
    allowed_len: usize,
    allowed_count: *mut usize,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let read = |sink: &mut Answers<'_>| lists::read(call, lists, sink);
        filter(call, matcher, read, (allowed, allowed_len), allowed_count)
    })
}

/// Does the same as `rolegate_matcher_filter`, for lists in one byte string.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_matcher_filter_packed(
    matcher: *const MatcherHandle,
    lists: *const PackedLists,
    allowed: *mut u8,
    allowed_len: usize,
    allowed_count: *mut usize,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let read = |sink: &mut Answers<'_>| lists::read_packed(call, lists, sink);
        filter(call, matcher, read, (allowed, allowed_len), allowed_count)
    })
}

/// The answers for the lists of a page.
struct Answers<'m> {
    matcher: &'m Matcher,
    /// The answer for the present list.
    present: bool,
    /// The answers for the lists before.
    allowed: Vec<u8>,
    count: usize,
}

impl<'c> Sink<'c> for Answers<'_> {
    fn begin(&mut self, lists: usize, _: usize) {
        self.allowed.reserve(lists);
        self.present = self.matcher.allows([""; 0]);
    }

    fn text(&mut self, text: &'c str) {
        self.present = self.present || self.matcher.allows([text]);
    }

    fn end(&mut self) {
        self.allowed.push(self.present.into());
        self.count += usize::from(self.present);
        self.present = self.matcher.allows([""; 0]);
    }
}

fn filter(
    call: &Call,
    matcher: *const MatcherHandle,
    read: impl FnOnce(&mut Answers<'_>) -> Answer,
    (allowed, allowed_len): (*mut u8, usize),
    allowed_count: *mut usize,
) -> Answer {
    let (out, count) = (call.out_array(allowed, allowed_len), call.optional_out(allowed_count));
    let (out, count) = (out?, count?);
    let matcher = call.get(matcher)?;
    let mut answers = Answers { matcher: &matcher, present: false, allowed: Vec::new(), count: 0 };
    read(&mut answers)?;
    let Answers { allowed, count: ones, .. } = answers;
    if allowed.len() != out.len() {
        let (lists, elements) = (allowed.len(), out.len());
        let message = format_args!("{lists} lists need as many elements, found {elements}");
        return Err(Failure::new(Status::WrongLength, message));
    }
    out.set_all(allowed.into_iter());
    if let Some(count) = count {
        count.set(ones);
    }
    Ok(())
}
