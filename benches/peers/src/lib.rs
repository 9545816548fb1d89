//! The engines that rolegate is measured against, each behind one trait.
//!
//! All get the same documents and the same caller from [`data`] and must give the same answer;
//! `benches/peers.rs` asserts that before it times anything. Each engine's file says whose advice it
//! follows and what it prepares outside the timing.

pub mod data;

mod casbin;
mod cedar;
mod gatehouse;
mod oso;
mod regorus;
mod rolegate;
mod sqlite;

pub use self::casbin::Casbin;
pub use self::cedar::Cedar;
pub use self::gatehouse::Gatehouse;
pub use self::oso::Oso;
pub use self::regorus::{RegorusBatch, RegorusIndex, RegorusSingle};
pub use self::rolegate::{RolegateCold, RolegateCompiled, RolegateFilter, RolegateRaw};
pub use self::sqlite::{Sqlite, SqliteCovering};

/// An engine with its documents and one caller, as far prepared as it allows.
pub trait Engine {
    /// The positions of the documents that the caller may read, in any order.
    fn visible(&mut self) -> Vec<usize>;
}

/// Runs a future that never waits for anything outside this thread.
fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime without drivers can be made").block_on(future)
}
