//! What must not happen, through the interface that clients use.

mod documents;
mod enabled;
mod graphql;
mod host;
mod limits;
mod php;
mod processes;
mod queries;
mod sessions;
