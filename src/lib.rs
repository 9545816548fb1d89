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
//! for index in &visible {
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
//! | decide what a collection allows | [`Collection`] |
//! | check the permissions that a caller wants to set | [`Principal::document_permissions`] |
//! | filter JSON that passes by: responses, arrays, lines | [`json::Filter`] |
//! | tell a person why | [`Principal::explain`], [`Collection::explain`] |
//! | tell who asks from a session, a JWT or an API key | `Authenticator`, `Tokens`, with the feature `jwt` |
//!
//! # Which way to filter
//!
//! A [`Matcher`] compares raw strings and needs nothing prepared but the principal; it is the way for
//! documents that are seen once. Where documents stay, compile each list when it comes: documents
//! with the same list share one [`AclId`], [`AclTable::resolve`] finds the lists that a principal
//! sees in time proportional to what its roles reach, and [`Visibility::filter`] turns that into a
//! [`Selection`], one bit a document, at the speed of reading the column.
//!
//! # Among threads
//!
//! Everything here is [`Send`] and [`Sync`]. Put an [`AclTable`] and its [`AclColumn`]s into an
//! [`RwLock`](std::sync::RwLock): writers insert under the write lock, readers resolve under the read
//! lock. A [`Visibility`] needs the table no more.
//!
//! # Untrusted input
//!
//! Permission strings, lists, user documents and roles may come from anybody:
//!
//! - nothing panics, and nothing is read beyond what the grammar allows: a permission of a megabyte
//!   is refused after its first few hundred bytes;
//! - what cannot be read grants nothing; the strict ways return an error, the lenient ones report it;
//! - roles and lists are compared whole. A hash, seeded anew for each table and matcher, finds a
//!   candidate and never decides;
//! - time and memory grow linearly with the input (sorting a list or the roles of a principal apart),
//!   and a table can be given [`AclLimits`];
//! - an [`AclId`] of another table is never visible, and one that came after a [`Visibility`] was made
//!   only to whoever may see every document.
//!
//! Tokens and keys, too (feature `jwt`): the algorithm is never the token's choice, a token's payload is
//! not read before its signature is verified, one of more than 32 KiB is not read at all, and neither a
//! secret nor a key nor a token is in anything that is printed.
//!
//! Permissions are bypassed by [`Principal::key_with_bypass`] and in no other way: of all credentials,
//! only the standard and the ephemeral keys of the very project make such a principal.
//!
//! [Appwrite]: https://appwrite.io/docs/advanced/platform/permissions

mod acl;
mod evaluate;
mod hash;
pub mod json;
mod object;
mod permission;
mod principal;
mod runs;

pub use acl::{AclColumn, AclId, AclLimits, AclTable, Grant, InsertError, Malformed, TableFull};
pub use evaluate::{
    Collection, DocumentSecurity, Explanation, GrantError, Level, ListScope,
    MAX_REQUEST_PERMISSIONS, MalformedPermission, Matcher, Reason, Selection, SelectionIter,
    Unauthorized, Visibility,
};
pub use permission::{
    Action, ActionSet, ActionSetIter, MAX_ID_LEN, MAX_PERMISSION_LEN, MAX_ROLE_LEN,
    MAX_TEAM_ROLE_LEN, ParseError, ParseErrorKind, Permission, Role, RoleKind, Status, aggregate,
};
#[cfg(feature = "jwt")]
pub use principal::{
    AuthenticateError, Authenticator, BuiltInScopes, Claims, CreateJwtError, CredentialKind,
    Credentials, DEFAULT_JWT_LIFETIME, Directory, EmptySecret, Found, FoundKey, GUEST_SCOPES,
    GuestReason, Identity, KEY_SCOPES, KeyKind, LeewayTooLong, Lookup, MAX_JWT_LIFETIME,
    MAX_LEEWAY, MAX_TOKEN_LEN, MissingScope, Pending, Provenance, RequestError, Scopes, Secret,
    TokenError, TokenErrorKind, Tokens,
};
pub use principal::{BlockedUser, Membership, Principal, PrincipalKind, Session, User};

/// The README's code, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
