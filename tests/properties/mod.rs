//! Laws, tried on inputs that aim at the edges.

mod collections;
mod evaluation;
mod language;
mod refusals;
mod users;
