//! The engines with which rolegate is compared. Each engine implements the trait [`Engine`].
//!
//! All engines get the same documents and the same caller from [`data`], and must give the same answer.
//! `benches/peers.rs` asserts this before the measurement. The file of each engine names the source of its
//! advice, and the work that is prepared outside the timing.

pub mod data;

mod casbin;
mod cedar;
mod duckdb;
mod gatehouse;
mod oso;
mod regorus;
mod roaring;
mod rolegate;
mod sqlite;
mod tantivy;

use std::hint::black_box;
use std::time::{Duration, Instant};

pub use self::casbin::Casbin;
pub use self::cedar::Cedar;
pub use self::duckdb::{DuckDb, PYTHON, Tables};
pub use self::gatehouse::Gatehouse;
pub use self::oso::Oso;
pub use self::regorus::{RegorusBatch, RegorusIndex, RegorusSingle};
pub use self::roaring::{Roaring, RoaringPage};
pub use self::rolegate::{
    RolegateCold, RolegateCompiled, RolegateFilter, RolegateIndex, RolegatePage, RolegateRaw,
};
pub use self::sqlite::{Sqlite, SqliteCovering, SqlitePage};
pub use self::tantivy::{Tantivy, TantivyPage};

/// The number of documents of a page.
pub const PAGE: usize = 25;

/// An engine with its documents and one caller. As much as possible is prepared.
pub trait Engine {
    /// Returns the positions of the documents that the caller may read, in any order. An engine for pages returns
    /// the first [`PAGE`] of them in ascending order.
    fn visible(&mut self) -> Vec<usize>;

    /// Returns the time of `runs` runs. An engine in another process measures by itself.
    fn time(&mut self, runs: u64) -> Duration {
        let started = Instant::now();
        for _ in 0..runs {
            black_box(self.visible());
        }
        started.elapsed()
    }
}

/// Runs a future that does not wait for other threads.
fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime without drivers can be made").block_on(future)
}
