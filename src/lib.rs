//! Appwrite permission strings in, visible documents out.
//!
//! A server that acts for users must show each of them exactly what that user may see. In
//! [Appwrite]'s model every document carries a list of permissions, `read("user:user-a")`, and
//! whoever asks has roles, `user:user-a`. This crate parses the strings, compiles the lists, and
//! filters batches of documents: it keeps no documents, opens no sockets and starts no threads.
//!
//! ```
//! use rolegate::{AclColumn, AclTable, Action, Principal, User};
//!
//! // Who asks.
//! let user: User = serde_json::from_str(r#"{ "$id": "user-a", "emailVerification": true }"#)?;
//! let principal = Principal::user(&user)?;
//!
//! // One document, raw strings.
//! assert!(principal.can(Action::Read, [r#"read("user:user-a")"#]));
//!
//! // Many documents: compiled once, filtered for everybody who asks.
//! let birthdays = [
//!     ("Kevin", [r#"read("user:user-a")"#]),
//!     ("Laura", [r#"read("user:user-b")"#]),
//!     ("Bob", [r#"read("user:user-c")"#]),
//! ];
//! let mut table = AclTable::new();
//! let column: AclColumn =
//!     birthdays.iter().map(|(_, list)| table.insert(list)).collect::<Result<_, _>>()?;
//!
//! let visible = table.resolve(&principal, Action::Read).filter(&column);
//! assert_eq!(visible.count(), 1);
//! for index in visible.iter() {
//!     assert_eq!(birthdays[index].0, "Kevin");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is where
//!
//! | to | use |
//! | --- | --- |
//! | read and print the language | [`Permission`], [`Role`], [`Action`], [`ActionSet`]; [`ParseError`] says what is wrong, where, and what to write instead |
//! | take `write` apart before storing a list | [`aggregate`] |
//! | say who asks | [`Principal`], from a [`User`], from roles, or as a key with bypass |
//! | test one document | [`Principal::can`] |
//! | test a page that just came from a database | [`Matcher`] |
//! | filter what is kept in memory, again and again | [`AclTable`] → [`AclColumn`] → [`Visibility`] → [`Selection`] |
//! | page through and count documents that come, change and go | [`index::DocumentIndex`] |
//! | decide what a collection allows | [`Collection`] |
//! | check the permissions that a caller wants to set | [`Principal::document_permissions`] |
//! | filter JSON that passes by: responses, arrays, lines | [`json::Filter`] |
//! | tell a person why | [`Principal::explain`], [`Collection::explain`] |
//! | answer a refused request | [`Refusal`]: the HTTP status and the error type |
//! | authenticate a session, a JWT or an API key | `auth::Authenticator`, with the feature `auth` |
//!
//! # Which way to filter
//!
//! A [`Matcher`] compares raw strings and needs nothing prepared but the principal; it is the way for
//! documents that are seen once. Where documents stay, compile each list when it comes: documents
//! with the same list share one [`AclId`], [`AclTable::resolve`] finds the lists that a principal
//! sees in time proportional to what its roles reach, and [`Visibility::filter`] turns that into a
//! [`Selection`], one bit a document, at the speed of reading the column.
//!
//! Where documents come and go, and are asked for a page at a time, a [`DocumentIndex`](index::DocumentIndex) keeps them in order
//! and by their lists: a page costs the lists and itself, a total the lists, however many
//! documents there are.
//!
//! # Among threads
//!
//! Everything here is [`Send`] and [`Sync`]. A server that changes documents while it answers puts what
//! belongs together behind one [`RwLock`](std::sync::RwLock): the [`AclTable`], its [`AclColumn`]s, and
//! whatever says which document is at which position. `examples/shared_table.rs` does it.
//!
//! - A writer takes the write lock, inserts the new list, and gives the document its id with
//!   [`AclColumn::set`]. Nothing of that is seen before the lock is let go.
//! - A reader takes one read lock to resolve, to filter, and to take the documents that it will send, or
//!   their ids: the positions of a [`Selection`] are those of the column as it was. It then sees each
//!   document by the list that it had before a write, or by the one that it had after it.
//! - A [`Visibility`] needs the table no more, and may be kept. By the lists that it was
//!   [resolved](AclTable::resolve) from it later shows no document that its present list does not allow,
//!   since a list never changes; but it does not show documents with a list that came after it, until it
//!   is resolved again. What the *principal* may have lost meanwhile, a role or its session, or the
//!   [`Collection`] withdrawn, whose grant shows every document, it does not know: keep it no
//!   longer than those.
//!
//! A lock, and not a copy of the table that is swapped for each change, because a change takes
//! microseconds and a copy would take what the table holds. Where everything is loaded anew at once, fill
//! a new table and swap an [`Arc`](std::sync::Arc).
//!
//! # Untrusted input
//!
//! Whoever permission strings, lists, roles, user documents, collections and JSON come from, and whatever
//! they are:
//!
//! - **Nothing panics**, recurses deeper than [`json::MAX_DEPTH`], or overflows. (When memory itself runs
//!   out, Rust ends the process.)
//! - **What cannot be read grants nothing.** The strict ways return an error, the lenient ones report
//!   what they left out. There is no deny and no order in a list, so that nothing that is added to it
//!   can take something away or give more than it says.
//! - **Roles and lists are compared whole**, byte for byte. A hash, seeded anew for each table and
//!   matcher, finds a candidate and never decides; texts that were chosen to collide in one table do
//!   not in another.
//! - **Time and memory grow linearly** with the input, sorting a list or the roles of a principal
//!   apart. A text that is too long for what it should be is refused after its first few hundred
//!   bytes. How much there may be in all is the host's to say: with [`AclLimits`],
//!   [`json::Filter::max_document_len`] and [`json::Filter::max_response_len`].
//! - **Full is an error.** A table that has reached a limit refuses, and is as it was.
//! - **An [`AclId`] belongs to its table.** That of another table (of the 2^32 that were made before or
//!   after it) is visible to nobody, and one that came after a [`Visibility`] was made only to whoever
//!   may see every document.
//!
//! Tokens and keys, too, with the feature `auth`:
//!
//! - The algorithm is never the token's choice, a payload is not read before its signature is verified,
//!   and a token of more than 32 KiB is not read at all.
//! - Secrets are compared in constant time, and no secret, key or token is in anything that is
//!   printed.
//!
//! Permissions are bypassed by [`Principal::key_with_bypass`] and in no other way: of all credentials,
//! only the standard and the ephemeral keys of the very project make such a principal.
//!
//! Not promised: that how long an answer takes tells nothing about the lists; that an attacker who can
//! measure many look-ups cannot learn the seeds of a hash that is not a cryptographic one; and
//! anything about what a host does with an answer later than it asked. `SECURITY.md` says who may
//! supply which input.
//!
//! [Appwrite]: https://appwrite.io/docs/advanced/platform/permissions

mod acl;
#[cfg(feature = "auth")]
pub mod auth;
mod bitset;
mod evaluate;
mod hash;
pub mod index;
mod invariant;
pub mod json;
mod packed;
mod permission;
mod principal;
mod refusal;
mod serde_util;

pub use acl::{
    AclColumn, AclId, AclLimits, AclTable, Grant, InsertError, MalformedPermission, TableFull,
};
pub use evaluate::{
    AccessDenied, AccessDeniedKind, Collection, DocumentSecurity, Explanation, ExplanationReason,
    Listing, MAX_REQUEST_PERMISSIONS, Matcher, PermissionSource, Selection, SetPermissionsError,
    Visibility,
};
pub use permission::{
    Action, ActionSet, ParseError, ParseErrorKind, Permission, Role, RoleKind, Verification,
    aggregate,
};
pub use principal::{
    BlockedUser, Membership, MfaAuthenticator, Principal, PrincipalKind, Session, SkippedRole,
    SkippedRoleReason, User,
};
pub use refusal::Refusal;

/// The README's code, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
