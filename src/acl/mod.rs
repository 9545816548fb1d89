//! Compiled lists: [`AclTable`] keeps each distinct permission list once and gives it an [`AclId`];
//! an [`AclColumn`] holds one such id for each document.

mod column;
mod error;
mod grant;
mod id;
mod interner;
mod limits;
mod postings;
mod table;

pub use column::AclColumn;
pub use error::{InsertError, MalformedPermission, TableFull};
pub use grant::Grant;
pub use id::AclId;
pub use limits::AclLimits;
pub use table::AclTable;

pub(crate) use column::Indices;
pub(crate) use id::TableId;
