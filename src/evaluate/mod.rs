//! What may be done: one list at a time ([`Principal::can`](crate::Principal::can), [`Matcher`]),
//! or all compiled lists at once ([`Visibility`], [`Selection`]); a [`Collection`]'s operations; and
//! why ([`Explanation`]).

mod collection;
mod explain;
mod kernel;
mod matcher;
mod selection;
mod visibility;

pub use collection::{
    Collection, DocumentSecurity, GrantError, ListScope, MAX_REQUEST_PERMISSIONS, Unauthorized,
};
pub use explain::{Explanation, Level, MalformedPermission, Reason};
pub use matcher::Matcher;
pub use selection::{Selection, SelectionIter};
pub use visibility::Visibility;
