//! The language of permissions: [`Action`], [`Role`], and the two together in a [`Permission`].
//!
//! A permission has one spelling. [`Permission::parse`] accepts exactly the strings that Appwrite's
//! validator accepts and prints back unchanged. Two accepted strings therefore mean the same if and
//! only if they are equal. Any other string is a [`ParseError`] with a kind and a byte span. The error
//! has a hint if the intended text can be guessed.
//!
//! Each file imports only files before it in this list: `verb`, `error`, `grammar`, `shortcut`, `diagnose`,
//! `action`, `role`, `permission`.

mod action;
mod diagnose;
mod error;
mod grammar;
#[expect(
    clippy::module_inception,
    reason = "one noun per file, and the folder is named after its main noun"
)]
mod permission;
mod role;
mod shortcut;
mod verb;

pub use action::{Action, ActionSet};
pub use error::{ParseError, ParseErrorKind};
pub use permission::{Permission, aggregate};
pub use role::{Role, RoleKind, Verification};

pub(crate) use diagnose::permission as diagnose_permission;
pub(crate) use grammar::{MAX_ID_LEN, MAX_PERMISSION_LEN, MAX_ROLE_LEN};
pub(crate) use permission::split_canonical;
pub(crate) use shortcut::{is_role, is_role_in_bytes};
pub(crate) use verb::{CLOSING, Verb};
