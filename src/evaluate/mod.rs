//! What may be done: one list at a time ([`Principal::can`](crate::Principal::can), [`Matcher`]),
//! or all compiled lists at once ([`Visibility`], [`Selection`]); a [`Collection`]'s operations, and the
//! permissions that a caller may set on a document; and why ([`Explanation`]).

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
pub use selection::{Selection, SelectionIter};
pub use visibility::Visibility;
