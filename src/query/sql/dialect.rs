//! The databases whose SQL is written: [`Dialect`].

use std::fmt;

use super::LayoutError;

/// A database whose SQL is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Dialect {
    /// SQLite 3.38 or later, or an earlier one with the JSON functions. Placeholders are `?1`, `?2`.
    Sqlite,
    /// PostgreSQL 14 or later. Placeholders are `$1`, `$2`.
    Postgres,
    /// MariaDB 10.6 or later. MySQL 8.0 has the same functions, but no test runs on it. Placeholders are `?`.
    MariaDb,
    /// DuckDB 1.0 or later. Placeholders are `$1`, `$2`.
    DuckDb,
}

impl Dialect {
    /// All dialects.
    pub const ALL: [Self; 4] = [Self::Sqlite, Self::Postgres, Self::MariaDb, Self::DuckDb];

    /// Returns the name: `sqlite`, `postgres`, `mariadb` or `duckdb`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::MariaDb => "mariadb",
            Self::DuckDb => "duckdb",
        }
    }

    /// Returns the name as the makers of the database write it.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::MariaDb => "MariaDB",
            Self::DuckDb => "DuckDB",
        }
    }

    /// Returns the placeholder of a bind value. Numbers begin at 1. MariaDB has no numbers.
    pub(super) fn placeholder(self, number: usize) -> String {
        match self {
            Self::Sqlite => format!("?{number}"),
            Self::Postgres | Self::DuckDb => format!("${number}"),
            Self::MariaDb => "?".into(),
        }
    }

    /// Returns an expression for another one as an integer of 64 bits.
    pub(super) fn integer(self, expression: &str) -> String {
        let integer = match self {
            Self::Sqlite => "INTEGER",
            Self::Postgres | Self::DuckDb => "bigint",
            Self::MariaDb => "SIGNED",
        };
        format!("CAST({expression} AS {integer})")
    }

    /// Returns the limit of an identifier's length if the identifier is longer.
    fn exceeded_length(self, identifier: &str) -> Option<&'static str> {
        let (bytes, characters) = (identifier.len(), identifier.chars().count());
        let (is_exceeded, limit) = match self {
            // A longer one is cut off without an error.
            Self::Postgres => (bytes > 63, "63 bytes"),
            Self::MariaDb => (characters > 64, "64 characters"),
            // These have no limit. A longer name is a mistake.
            Self::Sqlite | Self::DuckDb => (bytes > 255, "255 bytes"),
        };
        is_exceeded.then_some(limit)
    }

    /// Returns an identifier in quotes.
    pub(super) fn quote(self, identifier: &str) -> Result<String, LayoutError> {
        if identifier.is_empty() {
            return Err(LayoutError::identifier(identifier, "a part is empty"));
        }
        if let Some(limit) = self.exceeded_length(identifier) {
            let why = format!("a part has more than {limit}, the limit of {}", self.title());
            return Err(LayoutError::identifier(identifier, why));
        }
        if identifier.chars().any(char::is_control) {
            return Err(LayoutError::identifier(identifier, "it has a control character"));
        }
        // Some builders of queries take it for an escape, and would then end the identifier elsewhere.
        if identifier.contains('\\') {
            return Err(LayoutError::identifier(identifier, "it has a backslash"));
        }
        let quote = if self == Self::MariaDb { '`' } else { '"' };
        let mut quoted = String::with_capacity(identifier.len() + 2);
        quoted.push(quote);
        for character in identifier.chars() {
            if character == quote {
                quoted.push(quote);
            }
            quoted.push(character);
        }
        quoted.push(quote);
        Ok(quoted)
    }

    /// Returns the number of parts of the longest name of a table: catalogue, schema and table.
    const fn max_table_parts(self) -> usize {
        match self {
            Self::Sqlite | Self::MariaDb => 2,
            Self::Postgres | Self::DuckDb => 3,
        }
    }

    /// Returns the name of a table in quotes: identifiers with dots between them.
    pub(super) fn quote_table(self, name: &str) -> Result<String, LayoutError> {
        let mut quoted = String::with_capacity(name.len() + 6);
        for (position, identifier) in name.split('.').enumerate() {
            if position == self.max_table_parts() {
                let (max, title) = (self.max_table_parts(), self.title());
                let why = format!("it has more than {max} parts, the limit of {title}");
                return Err(LayoutError::identifier(name, why));
            }
            if position > 0 {
                quoted.push('.');
            }
            quoted.push_str(&self.quote(identifier)?);
        }
        Ok(quoted)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
