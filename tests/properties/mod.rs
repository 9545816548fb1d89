//! Properties, tested on generated inputs at the edges.

mod audience;
mod collections;
mod column;
mod evaluation;
mod explanations;
mod index;
mod index_keys;
mod language;
#[cfg(feature = "rayon")]
mod parallel;
mod postings;
mod refusals;
mod saved;
mod selection;
mod table;
mod users;
mod visibility;
