//! Compiled permission lists. An [`AclTable`] stores each distinct list once and assigns it an
//! [`AclId`]. An [`AclColumn`] stores one id for each document.

mod column;
mod error;
mod grant;
mod id;
mod interner;
mod limits;
mod postings;
mod raw_lists;
mod reach;
mod table;

pub use column::AclColumn;
pub use error::{InsertError, MalformedPermission, TableFull};
pub use grant::Grant;
pub use id::AclId;
pub use limits::AclLimits;
pub use table::AclTable;
#[cfg(feature = "rayon")]
pub use table::InsertAllError;

pub(crate) use column::{Indices, for_any_width};
pub(crate) use error::Grouped;
pub(crate) use id::TableId;
pub(crate) use reach::Reach;
pub(crate) use table::{SavedTableError, TableLoader};
