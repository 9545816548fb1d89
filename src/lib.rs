//! rolegate
mod acl;
mod evaluate;
mod permission;
mod principal;
pub use acl::*;
pub use evaluate::*;
pub use permission::*;
pub use principal::*;
