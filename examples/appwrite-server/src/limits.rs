//! The limits of a request. Each bounds something that is cheap to send and expensive to answer.
//!
//! A limit on one factor bounds nothing if the other factors of a product are free. So the text of a
//! query is limited as it is sent *and* as it is written out, and a page by its documents *and* bytes.

use std::time::Duration;

/// The time that a request has: 8 seconds, from its first byte to its last look-up.
///
/// Receiving the body, waiting for a thread, for a turn and for the lock all count.
pub const DEADLINE: Duration = Duration::from_secs(8);

/// The time after [`DEADLINE`] at which the client is answered whatever the thread does: 1 second.
///
/// A thread that notices the deadline by itself answers first, and then a write was not made.
pub const DEADLINE_GRACE: Duration = Duration::from_secs(1);

/// The time that a request may ask SQLite: 5 seconds. Writes wait for searches that long.
pub const SEARCH_TIME: Duration = Duration::from_secs(5);

/// The instructions of SQLite's between two looks at the clock: 256.
///
/// One instruction may parse a document of [`MAX_DOCUMENT`] bytes, which takes milliseconds.
pub const INSTRUCTIONS_PER_CHECK: i32 = 256;

/// The requests that may hash a password at once: 4. Each takes 19 MiB and tens of milliseconds.
///
/// The other threads answer everything else. Further logins wait without a thread.
pub const PASSWORDS_AT_ONCE: usize = 4;

/// The searches that may run at once: 4, for the same reason.
pub const SEARCHES_AT_ONCE: usize = 4;

/// The longest body of a request: 1 MiB, room for a document.
pub const MAX_BODY: usize = 1 << 20;

/// The longest body of a login, of a request for a JWT and of one to GraphQL: 16 KiB.
///
/// JSON takes about 16 times as much memory once it is parsed. SDKs send less than 1 KiB.
pub const MAX_FORM: usize = 16 << 10;

/// The longest stored document: 1 MiB. Without it a document grows by one attribute per update.
pub const MAX_DOCUMENT: usize = 1 << 20;

/// The most bytes of documents in a page: 4 MiB. Documents times their length would be 5 GB.
pub const MAX_PAGE: usize = 4 << 20;

/// The longest message of an error: 512 bytes. Parsers repeat what they were given.
pub const MAX_MESSAGE: usize = 512;

/// The longest password: 256 bytes, as in Appwrite.
pub const MAX_PASSWORD: usize = 256;

/// The most documents of a page: 5,000, as in Appwrite.
pub const MAX_LIMIT: usize = 5000;

/// The most `queries` of a listing: 100, as in Appwrite.
pub const MAX_QUERIES: usize = 100;

/// The longest of the `queries`: 4,096 bytes, as in Appwrite.
pub const MAX_QUERY_BYTES: usize = 4096;

/// The most values of a filter: 100, as in Appwrite.
pub const MAX_VALUES: usize = 100;

/// The longest GraphQL query: 4 KiB, as it is sent, and again with every fragment written out.
///
/// The SDKs' mutations have under 100 bytes. Validation and the number of errors grow with the query
/// written out.
pub const MAX_GRAPHQL: usize = 4 << 10;

/// The most opening brackets and dots of a GraphQL query: 96. The parser recurses on them.
pub const MAX_GRAPHQL_BRACKETS: usize = 96;

/// The deepest GraphQL query: 8 levels. Types refer to each other, so each level multiplies the answer
/// to an introspection.
pub const MAX_GRAPHQL_DEPTH: usize = 8;

/// The most fields of a GraphQL query, with every fragment written out: 32.
pub const MAX_GRAPHQL_FIELDS: usize = 32;

/// The longest GraphQL answer: 64 KiB. An introspection of all types and fields takes 20 KiB.
///
/// An answer repeats a field's alias for everything that the field is found in.
pub const MAX_GRAPHQL_ANSWER: usize = 64 << 10;

/// The most errors of a GraphQL answer: 16. The first ones are kept.
pub const MAX_GRAPHQL_ERRORS: usize = 16;
