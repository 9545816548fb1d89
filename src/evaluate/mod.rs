//! Decisions. One list at a time: [`Principal::can`](crate::Principal::can) and [`Matcher`]. All
//! compiled lists at once: [`Visibility`] and [`Selection`]. The operations of a [`Collection`], the
//! permissions that a caller may set, and the reasons: [`Explanation`].

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
pub use selection::{Selection, SelectionIter};
pub use visibility::Visibility;
