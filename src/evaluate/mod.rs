//! Decisions.
//!
//! | decision | type |
//! | --- | --- |
//! | one list of permissions | [`Principal::can`](crate::Principal::can), [`Matcher`] |
//! | all compiled lists of a table | [`Visibility`], [`Selection`] |
//! | an operation of a collection | [`Collection`] |
//! | the permissions that a caller sets on a document | [`SetPermissionsError`] |
//! | the reason of a decision | [`Explanation`] |

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
pub(crate) use kernel::select_equal;
pub use matcher::Matcher;
pub use selection::Selection;
pub use visibility::Visibility;
