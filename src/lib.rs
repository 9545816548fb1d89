//! Permissions of [Appwrite] documents: which of them may a principal read, update or delete?
//!
//! In Appwrite's model every document carries a list of permissions, such as `read("user:user-a")`, and
//! every user has roles, such as `user:user-a`. This crate parses the strings, compiles the lists, and
//! filters batches of documents. It keeps no documents, opens no sockets and starts no threads.
//!
//! ```
//! use rolegate::{AclColumn, AclTable, Action, Principal, User};
//!
//! // The principal.
//! let user: User = serde_json::from_str(r#"{ "$id": "user-a", "emailVerification": true }"#)?;
//! let principal = Principal::user(&user)?;
//!
//! // One document, raw strings.
//! assert!(principal.can(Action::Read, [r#"read("user:user-a")"#]));
//!
//! // Many documents: compiled once, filtered for each principal.
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
//! for position in visible.iter() {
//!     assert_eq!(birthdays[position].0, "Kevin");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Types by task
//!
//! | task | type |
//! | --- | --- |
//! | parse and print permissions | [`Permission`], [`Role`], [`Action`], [`ActionSet`]; [`ParseError`] has a span and a hint |
//! | expand `write` before a list is stored | [`aggregate`] |
//! | describe the principal | [`Principal`], from a [`User`], from roles, or as a key with bypass |
//! | test one document | [`Principal::can`] |
//! | test a page of documents that are seen once | [`Matcher`] |
//! | filter documents in memory again and again | [`AclTable`], [`AclColumn`], [`Visibility`], [`Selection`] |
//! | page through and count a living collection | [`index::DocumentIndex`] |
//! | decide the operations of a collection | [`Collection`] |
//! | check the permissions that a caller sets | [`Principal::document_permissions`] |
//! | filter JSON that passes by | [`json::Filter`] |
//! | explain a decision | [`Principal::explain`], [`Collection::explain`] |
//! | list the values of a user that give no role | [`User::skipped_roles`] |
//! | answer a refused request | [`Refusal`]: the HTTP status and the error type |
//! | authenticate a session, a JWT or an API key | `auth::Authenticator`, with the feature `auth` |
//!
//! # Ways to filter
//!
//! A [`Matcher`] compares raw strings. Only the principal is prepared. It is for documents that are seen
//! once.
//!
//! Documents that stay are compiled: documents with the same list share one [`AclId`].
//! [`AclTable::resolve`] finds the visible lists in time proportional to what the roles reach.
//! [`Visibility::filter`] turns them into a [`Selection`], one bit for each document, at about the speed of
//! reading the column.
//!
//! A [`DocumentIndex`](index::DocumentIndex) keeps documents in order and by their lists. A page costs the
//! visible lists and its own length, and a total costs the visible lists, however many documents there are.
//!
//! # Threads
//!
//! All types are [`Send`] and [`Sync`]. A server that changes documents while it answers puts one
//! [`RwLock`](std::sync::RwLock) around the [`AclTable`], its [`AclColumn`]s, and the mapping from documents to
//! positions. `examples/shared_table.rs` shows it.
//!
//! - A writer takes the write lock, inserts the new list, and sets the id of the document with
//!   [`AclColumn::set`].
//! - A reader takes one read lock to resolve, to filter, and to copy the documents or their ids. The positions
//!   of a [`Selection`] are those of the column at that time.
//! - A [`Visibility`] can be kept without the table. A list never changes, so a kept visibility shows no
//!   document against its present list. It hides documents whose list came later.
//! - A kept visibility does not know that the principal lost a role or its session, or that the
//!   [`Collection`] changed. Drop it with those.
//!
//! A lock is cheaper than a copy of the table for each change: a change takes microseconds. To load everything
//! anew, fill a new table and swap an [`Arc`](std::sync::Arc).
//!
//! # Untrusted input
//!
//! Permission strings, lists, roles, user documents, collections, JSON, tokens and keys may come from an
//! attacker.
//!
//! - **No panic.** No input panics, overflows, or recurses deeper than [`json::MAX_DEPTH`]. Rust ends the process
//!   when memory runs out.
//! - **Fail closed.** Unreadable input grants nothing. Strict functions return an error, and lenient ones report
//!   what they left out. A list has no deny and no order, so no entry changes the meaning of another one.
//! - **Exact.** Roles and lists are compared whole, byte for byte. A hash finds a candidate and never decides. Its
//!   seed differs for each table and matcher.
//! - **Linear.** Time and memory grow linearly with the input, apart from sorting a list or the roles of a
//!   principal. The host limits the total: [`AclLimits`], [`json::Filter::max_document_len`],
//!   [`json::Filter::max_response_len`].
//! - **Full is an error.** A table that has reached a limit refuses and stays unchanged.
//! - **Ids belong to a table.** The id of another table is never visible. Table ids wrap after 2^32 tables. An id
//!   that came after a [`Visibility`] is visible only to a principal that may see every document.
//!
//! With the feature `auth`:
//!
//! - A token does not choose its algorithm. Its payload is read after its signature is verified. A token of more
//!   than 32 KiB is not read.
//! - Secrets are compared in constant time. No secret, key or token is printed.
//!
//! [`Principal::key_with_bypass`] is the only constructor of a principal that bypasses permissions. Of all
//! credentials, only standard and ephemeral keys of this very project make one.
//!
//! Not promised: that timing reveals nothing about the lists, that an attacker with many measurements cannot learn
//! a hash seed, and that an answer stays true later. `SECURITY.md` has the sources of each input.
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
pub mod principal;
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
pub use principal::{BlockedUser, Principal, PrincipalKind, User};
pub use refusal::Refusal;

/// Compiles and runs the code of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
