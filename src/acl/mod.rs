//! Compiled lists: [`AclTable`] keeps each distinct permission list once and gives it an [`AclId`];
//! an [`AclColumn`] holds one such id for each document.

mod column;
mod error;
mod interner;
mod postings;
mod table;

pub use column::AclColumn;
pub use error::{InsertError, Malformed, TableFull};
pub use table::{AclId, AclLimits, AclTable, Grant};

pub(crate) use column::Indices;
pub(crate) use table::TableId;
