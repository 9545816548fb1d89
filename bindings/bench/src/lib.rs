//! The Rust side of the measurements: the same work as in `c/main.c`, without the C interface.
//!
//! Each function prepares the work, repeats it, and returns the time of all repetitions in nanoseconds. `*answer` gets
//! the answer of the last repetition, which the C side compares with its own.

use std::ffi::c_char;
use std::hint::black_box;
use std::time::Instant;

use rolegate::json::Filter;
use rolegate::{AclColumn, AclTable, Action, Matcher, Principal, Selection, User};

/// Repeats work, and returns the time in nanoseconds with the last answer.
fn time(rounds: usize, mut work: impl FnMut() -> usize) -> (u64, usize) {
    let mut answer = 0;
    let start = Instant::now();
    for _ in 0..rounds {
        answer = black_box(work());
    }
    (u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX), answer)
}

/// Calls a function of this file with the user and the input of the C side.
///
/// # Safety
///
/// The pointers are valid for their lengths, and the user is the JSON of a user.
unsafe fn run(
    [user, input]: [(*const c_char, usize); 2],
    rounds: usize,
    answer: *mut usize,
    body: impl FnOnce(&Principal, &str, usize) -> (u64, usize),
) -> u64 {
    // SAFETY: the caller guarantees the pointer and the length.
    let user = unsafe { std::slice::from_raw_parts(user.0.cast::<u8>(), user.1) };
    // SAFETY: the caller guarantees the pointer and the length.
    let input = unsafe { std::slice::from_raw_parts(input.0.cast::<u8>(), input.1) };
    let user: User = serde_json::from_slice(user).expect("the JSON of a user");
    let principal = Principal::user(&user).expect("a user who is not blocked");
    let (nanoseconds, last) = body(&principal, std::str::from_utf8(input).expect("UTF-8"), rounds);
    // SAFETY: the caller guarantees the pointer.
    unsafe { answer.write(last) };
    nanoseconds
}

/// Returns the lists of a file with one document on each line, and tabs between permissions.
fn lists(lines: &str) -> Vec<Vec<&str>> {
    lines.lines().map(|line| line.split('\t').collect()).collect()
}

/// Exports a measurement to C. The body gets the principal, the input and the number of rounds.
macro_rules! measurement {
    ($(#[doc = $doc:literal])* $name:ident: $body:expr) => {
        $(#[doc = $doc])*
        ///
        /// # Safety
        ///
        /// See `run`.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            user: *const c_char,
            user_len: usize,
            input: *const c_char,
            input_len: usize,
            rounds: usize,
            answer: *mut usize,
        ) -> u64 {
            // SAFETY: the caller guarantees what `run` needs.
            unsafe { run([(user, user_len), (input, input_len)], rounds, answer, $body) }
        }
    };
}

/// Returns the length of filtered JSON.
fn filtered(matcher: &Matcher, json: &str) -> usize {
    let (visible, _) = Filter::new(matcher).apply(json.as_bytes()).expect("JSON");
    black_box(visible).len()
}

measurement! {
    /// Filters JSON with a prepared matcher. The answer is the length of the output.
    rust_json: |principal, json, rounds| {
        let matcher = principal.matcher(Action::Read);
        time(rounds, || filtered(&matcher, json))
    }
}

measurement! {
    /// Creates a matcher and filters JSON with it. The answer is the length of the output.
    rust_request: |principal, json, rounds| {
        time(rounds, || filtered(&principal.matcher(Action::Read), json))
    }
}

measurement! {
    /// Tests lists with a prepared matcher. The answer is the number of visible documents.
    rust_lists: |principal, lines, rounds| {
        let matcher = principal.matcher(Action::Read);
        let documents = lists(lines);
        let mut allowed = vec![0_u8; documents.len()];
        time(rounds, || {
            let mut count = 0;
            for (document, allowed) in documents.iter().zip(&mut allowed) {
                *allowed = matcher.allows(document).into();
                count += usize::from(*allowed);
            }
            black_box(&allowed);
            count
        })
    }
}

measurement! {
    /// Filters a column of compiled lists. The answer is the number of visible documents.
    rust_compiled: |principal, lines, rounds| {
        let mut table = AclTable::new();
        let documents = lists(lines);
        let column: AclColumn = documents
            .iter()
            .map(|document| table.insert(document))
            .collect::<Result<_, _>>()
            .expect("well-formed permissions");
        let mut selection = Selection::new();
        time(rounds, || {
            let visibility = table.resolve(principal, Action::Read);
            visibility.filter_into(&column, &mut selection);
            selection.count()
        })
    }
}
