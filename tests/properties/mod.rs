//! Laws, tried on inputs that aim at the edges.

mod language;
mod refusals;
