//! Requests that must be refused or must not reveal anything, sent as a client sends them.

mod capacity;
mod connections;
mod documents;
mod enabled;
mod graphql;
mod headers;
mod host;
mod limits;
mod php;
mod processes;
mod queries;
mod realtime;
mod searches;
mod sessions;
mod snapshots;
mod socket;
