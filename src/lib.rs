//! Permissions of [Appwrite] documents: decides which documents a principal may read, update or delete.
//!
//! In Appwrite, every document has a list of permissions, such as `read("user:user-a")`, and every user
//! has roles, such as `user:user-a`. This crate parses the strings, compiles the lists, and filters batches
//! of documents. It stores no content of documents and opens no sockets. Without the feature `rayon`, it starts
//! no threads.
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
//! | page through and count a changing collection | [`index::DocumentIndex`], read through [`index::IndexSnapshot`] |
//! | find the open connections that may see a document that changed | [`audience::Audience`] |
//! | decide on an operation of a collection | [`Collection`] |
//! | check the permissions that a caller sets | [`Principal::document_permissions`] |
//! | filter raw JSON | [`json::Filter`] |
//! | let a database filter: SQL, MongoDB, search engines | [`query`] |
//! | explain a decision | [`Principal::explain`], [`Collection::explain`] |
//! | list the values of a user that give no role | [`User::skipped_roles`] |
//! | answer a refused request | [`Refusal`]: the HTTP status and the error type |
//! | authenticate a session, a JWT or an API key | `auth::Authenticator`, with the feature `auth` |
//! | read the credentials from the headers of a request | `auth::http::RequestCredentials`, with the feature `http` |
//!
//! # Ways to filter
//!
//! A [`Matcher`] compares raw strings with the permissions of one principal. It is for documents that are
//! seen once.
//!
//! For documents that the host keeps, an [`AclTable`] compiles the lists. Documents with the same list share
//! one [`AclId`]. [`AclTable::resolve`] finds the visible lists in time proportional to the lists that the
//! roles reach. [`Visibility::filter`] returns a [`Selection`] with one bit for each document. It takes
//! about as long as reading the column.
//!
//! A [`DocumentIndex`](index::DocumentIndex) stores the keys of documents in order, and the places of each list. A page
//! takes time in proportion to the visible lists and the length of the page. A total takes time in
//! proportion to the visible lists. The number of documents has little influence. Threads read an
//! [`IndexSnapshot`](index::IndexSnapshot) while another thread changes the index. An index can be saved to a file.
//!
//! # Features
//!
//! | feature | content |
//! | --- | --- |
//! | none | the engine, raw JSON, the index, and conditions for databases |
//! | `auth` | the module `auth`: sessions, JWTs, API keys and scopes |
//! | `http` | `auth`, and the module `auth::http`: credentials from headers |
//! | `bson` | [`query::mongodb`]: filters as documents of the crate `bson` |
//! | `sea-query` | [`query::sql`]: conditions as expressions of the crate `sea-query` |
//! | `rayon` | [`AclTable::par_insert_all`]: a large load on the threads of rayon |
//! | `cli` | the command `rolegate` |
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
//! - A [`Visibility`] can be kept without the table. A list never changes, so a kept visibility shows a
//!   document only if its present list allows it. It hides documents whose list was inserted later.
//! - A kept visibility does not notice that the principal lost a role or its session, or that the
//!   [`Collection`] changed. Drop the visibility when one of them changes.
//!
//! A change takes microseconds under a lock, and a copy of the table for each change would take longer. To
//! load all documents again, fill a new table and swap an [`Arc`](std::sync::Arc).
//!
//! A [`DocumentIndex`](index::DocumentIndex) needs its lock for a change, and to take a
//! [snapshot](index::DocumentIndex::snapshot). Readers then use the snapshot without the lock. A snapshot still
//! shows what was revoked after it was taken, so take a new one for each request.
//!
//! An [`Audience`](audience::Audience) needs its lock for connecting and subscribing. Events are found under the read
//! lock, each thread with a buffer of its own.
//!
//! # Untrusted input
//!
//! Permission strings, lists, roles, user documents, collections, channels, JSON, tokens and keys may come from
//! an attacker.
//!
//! - **No panic.** No input causes a panic, an overflow, or recursion deeper than [`json::MAX_DEPTH`]. Rust ends
//!   the process when memory runs out.
//! - **Fail closed.** Unreadable input grants nothing. Strict functions return an error, and lenient ones report
//!   what they left out. A list has no deny and no order, so no entry changes the meaning of another one.
//! - **Exact.** Roles and lists are compared whole, byte for byte. A hash finds a candidate and never decides. Its
//!   seed differs for each table and matcher.
//! - **Linear.** Time and memory grow linearly with the input, except for sorting a list or the roles of a
//!   principal. The host limits the total with [`AclLimits`], [`audience::Limits`],
//!   [`json::Filter::max_document_len`] and [`json::Filter::max_response_len`].
//! - **Full is an error.** A table or an audience that has reached a limit refuses changes and stays unchanged. A
//!   principal of an audience that cannot be replaced loses the roles that the new one does not have.
//! - **Ids belong to a table.** The id of another table is never visible. Table ids wrap after 2^32 tables. A list
//!   that was inserted after a [`Visibility`] was resolved is visible only if the visibility is unrestricted.
//!
//! With the feature `auth`:
//!
//! - A token does not choose its algorithm. Its payload is read after its signature is verified. A token of more
//!   than 32 KiB is not read.
//! - A repeated header is refused, and so are two session cookies with different values. A proxy in front of the
//!   host could use another one than the host. Headers and cookies have limits.
//! - Secrets are compared in constant time. No secret, key or token is printed.
//!
//! [`Principal::key_with_bypass`] is the only constructor of a principal that bypasses permissions. Only
//! standard and ephemeral API keys of the authenticator's project give such a principal.
//!
//! The crate makes no promise about timing. The time of filtering may reveal facts about the lists, and an
//! attacker with many measurements might learn a hash seed. A decision is about the lists and the principal at
//! its time. `SECURITY.md` lists the source of each input.
//!
//! [Appwrite]: https://appwrite.io/docs/advanced/platform/permissions

mod acl;
pub mod audience;
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
pub mod query;
mod refusal;
mod serde_util;

#[cfg(feature = "rayon")]
pub use acl::InsertAllError;
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
