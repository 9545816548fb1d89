//! Decisions.
//!
//! - about one list of permissions: [`Principal::can`](crate::Principal::can), [`Matcher`]
//! - about all compiled lists of a table: [`Visibility`], [`Selection`]
//! - about the operations of a [`Collection`]
//! - about the permissions that a caller may set on a document
//! - with the reason for each: [`Explanation`]

mod access_denied;
mod collection;
mod document_permissions;
mod explain;
mod kernel;
mod matcher;
mod selection;
mod visibility;

pub use access_denied::{AccessDenied, AccessDeniedKind};
pub use collection::{Collection, DocumentSecurity, Listing};
pub use document_permissions::{MAX_REQUEST_PERMISSIONS, SetPermissionsError};
pub use explain::{Explanation, ExplanationReason, PermissionSource};
pub use matcher::Matcher;
pub use selection::Selection;
pub use visibility::Visibility;
