//! Numbers of C as values of Rust.

use rolegate::query::sql::{ColumnType, Dialect};
use rolegate::{Action, ActionSet, json};

use crate::failure::Failure;
use crate::ffi::Answer;
use crate::types;

/// Returns the action with this number.
pub(super) fn action(number: u32) -> Answer<Action> {
    let found = Action::ALL.into_iter().find(|action| bit(*action) == number);
    found.ok_or_else(|| Failure::constant("action", number))
}

/// Returns the set of the actions whose sum is this number.
pub(super) fn actions(number: u32) -> Answer<ActionSet> {
    let found: ActionSet =
        Action::ALL.into_iter().filter(|action| number & bit(*action) != 0).collect();
    if bits(found) == number { Ok(found) } else { Err(Failure::constant("actions", number)) }
}

/// Returns the sum of a set of actions.
pub(super) fn bits(actions: ActionSet) -> u32 {
    actions.iter().map(bit).sum()
}

fn bit(action: Action) -> u32 {
    let action = match action {
        Action::Create => types::Action::Create,
        Action::Read => types::Action::Read,
        Action::Update => types::Action::Update,
        Action::Delete => types::Action::Delete,
    };
    action as u32
}

/// Returns the format with this number.
pub(super) fn format(number: u32) -> Answer<json::Format> {
    match number {
        n if n == types::Format::Detect as u32 => Ok(json::Format::Detect),
        n if n == types::Format::List as u32 => Ok(json::Format::List),
        n if n == types::Format::Array as u32 => Ok(json::Format::Array),
        n if n == types::Format::Lines as u32 => Ok(json::Format::Lines),
        other => Err(Failure::constant("format", other)),
    }
}

/// Returns the number of a format.
pub(super) fn format_number(format: json::Format) -> u32 {
    let format = match format {
        json::Format::List => types::Format::List,
        json::Format::Array => types::Format::Array,
        json::Format::Lines => types::Format::Lines,
        _ => types::Format::Detect,
    };
    format as u32
}

/// Returns the treatment of nested documents with this number.
pub(super) fn nested(number: u32) -> Answer<json::Nested> {
    match number {
        n if n == types::Nested::Keep as u32 => Ok(json::Nested::Keep),
        n if n == types::Nested::Filter as u32 => Ok(json::Nested::Filter),
        other => Err(Failure::constant("treatment of nested documents", other)),
    }
}

/// Returns the dialect with this number.
pub(super) fn dialect(number: u32) -> Answer<Dialect> {
    match number {
        n if n == types::Dialect::Sqlite as u32 => Ok(Dialect::Sqlite),
        n if n == types::Dialect::Postgres as u32 => Ok(Dialect::Postgres),
        n if n == types::Dialect::Mariadb as u32 => Ok(Dialect::MariaDb),
        n if n == types::Dialect::Duckdb as u32 => Ok(Dialect::DuckDb),
        other => Err(Failure::constant("dialect", other)),
    }
}

/// Returns the type of a column with this number.
pub(super) fn column_type(number: u32) -> Answer<ColumnType> {
    match number {
        n if n == types::ColumnType::Json as u32 => Ok(ColumnType::Json),
        n if n == types::ColumnType::Jsonb as u32 => Ok(ColumnType::Jsonb),
        n if n == types::ColumnType::TextArray as u32 => Ok(ColumnType::TextArray),
        n if n == types::ColumnType::List as u32 => Ok(ColumnType::List),
        other => Err(Failure::constant("column type", other)),
    }
}
