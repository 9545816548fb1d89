//! Laws, tried on inputs that aim at the edges.

mod collections;
mod evaluation;
mod explanations;
mod language;
mod refusals;
mod selection;
mod table;
mod users;
