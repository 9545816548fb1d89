#![doc = include_str!("../README.md")]

mod authentication;
#[cfg(feature = "cache")]
mod cache;
#[cfg(feature = "axum")]
mod caller;
mod directory;
#[cfg_attr(not(feature = "tracing"), path = "no_event.rs")]
mod event;
mod layer;
mod protocol;
mod refused;
mod scope;
mod service;

#[cfg(feature = "cache")]
pub use cache::{CachedDirectory, MAX_TIME_TO_LIVE, TimeToLiveTooLong};
#[cfg(feature = "axum")]
pub use caller::{Caller, CurrentUser};
pub use directory::AsyncDirectory;
pub use layer::{IdentityLayer, IdentityService};
pub use refused::Refused;
pub use scope::{RequireScope, RequireScopeService};
pub use service::{ResponseBody, ResponseFuture};
