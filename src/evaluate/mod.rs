//! Decisions.
//!
//! - about one list of permissions: [`Principal::can`](crate::Principal::can), [`Matcher`]
//! - about all compiled lists of a table: [`Visibility`], [`Selection`]
//! - about the operations of a [`Collection`]
//! - about the permissions that a caller may set on a document
//! - with the reason for each: [`Explanation`]

mod collection;
mod document_permissions;
mod explain;
mod kernel;
mod matcher;
mod selection;
mod visibility;

pub use collection::{Collection, DocumentSecurity, ListScope, Unauthorized};
pub use document_permissions::{GrantError, MAX_REQUEST_PERMISSIONS};
pub use explain::{Explanation, Level, Reason};
pub use matcher::Matcher;
pub use selection::Selection;
pub use visibility::Visibility;
