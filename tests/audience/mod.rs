//! Audiences: channels, callers, endings, panics of keys, and audiences of thousands of connections.

mod callers;
mod channels;
mod errors;
mod full;
mod large;
mod panics;
