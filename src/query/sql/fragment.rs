//! A part of a statement with its bind values: [`Fragment`].

use serde::Serialize;

use super::Dialect;
use crate::query::Filter;

/// A part of an SQL statement, and the values of its placeholders.
///
/// The text depends only on the layout, the action and the first placeholder, and on whether the plan is everything,
/// nothing or a filter. It does not depend on the roles, so a host can prepare a statement once.
///
/// It serialises as an object with the fields `sql` and `binds`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[must_use = "a condition decides only if the host's query contains it"]
pub struct Fragment {
    #[serde(rename = "sql")]
    text: String,
    binds: Vec<Bind>,
    #[serde(skip)]
    next_placeholder: usize,
}

/// The value of a placeholder. It serialises as a string, or as an array of strings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum Bind {
    /// A text. SQLite and MariaDB get several texts as one JSON array.
    Text(String),
    /// An array of texts: `text[]` of PostgreSQL, or `VARCHAR[]` of DuckDB.
    TextArray(Vec<String>),
}

impl Fragment {
    /// Returns the text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the values, in the order of the placeholders.
    #[must_use]
    pub fn binds(&self) -> &[Bind] {
        &self.binds
    }

    /// Returns the text and the values.
    #[must_use]
    pub fn into_parts(self) -> (String, Vec<Bind>) {
        (self.text, self.binds)
    }

    /// Returns the number of the first placeholder that the text does not use.
    #[must_use]
    pub fn next_placeholder(&self) -> usize {
        self.next_placeholder
    }
}

/// The values that a text binds while it is written.
pub(super) struct Binder {
    dialect: Dialect,
    /// `true` if a placeholder has a number, so that several can stand for one value.
    numbered: bool,
    first: usize,
    binds: Vec<Bind>,
}

impl Binder {
    /// Creates a binder whose first placeholder has this number.
    pub(super) fn starting_at(dialect: Dialect, first: usize) -> Self {
        let numbered = dialect != Dialect::MariaDb;
        Self { dialect, numbered, first, binds: Vec::new() }
    }

    /// Creates a binder whose placeholders are `?`, except for PostgreSQL.
    #[cfg(feature = "sea-query")]
    pub(super) fn without_numbers(dialect: Dialect) -> Self {
        Self { numbered: dialect == Dialect::Postgres, ..Self::starting_at(dialect, 1) }
    }

    /// Binds a value, and returns its placeholder.
    ///
    /// Placeholders with numbers bind equal values once.
    pub(super) fn bind(&mut self, bind: Bind) -> String {
        if !self.numbered {
            self.binds.push(bind);
            return "?".into();
        }
        let known = self.binds.iter().position(|known| *known == bind);
        let position = known.unwrap_or(self.binds.len());
        if known.is_none() {
            self.binds.push(bind);
        }
        self.dialect.placeholder(self.first.saturating_add(position))
    }

    pub(super) fn bind_text(&mut self, text: impl Into<String>) -> String {
        self.bind(Bind::Text(text.into()))
    }

    /// Binds an integer as a text, and returns an expression for the integer.
    pub(super) fn bind_integer(&mut self, integer: i64) -> String {
        let placeholder = self.bind_text(integer.to_string());
        self.dialect.integer(&match self.dialect {
            // The inner type is that of the bind value.
            Dialect::Postgres => format!("CAST({placeholder} AS text)"),
            Dialect::Sqlite | Dialect::MariaDb | Dialect::DuckDb => placeholder,
        })
    }

    /// Binds texts as one value. JSON escapes no character of these texts.
    pub(super) fn bind_texts(&mut self, texts: &[String]) -> String {
        self.bind(match self.dialect {
            Dialect::Postgres | Dialect::DuckDb => Bind::TextArray(texts.to_vec()),
            Dialect::Sqlite | Dialect::MariaDb => Bind::Text(json_array(texts.iter())),
        })
    }

    /// Binds the roles of a filter as one value.
    pub(super) fn bind_roles(&mut self, filter: Filter<'_>) -> String {
        self.bind(match self.dialect {
            Dialect::Postgres | Dialect::DuckDb => {
                let roles = filter.roles().iter().map(|role| role.as_str().to_owned());
                Bind::TextArray(roles.collect())
            }
            Dialect::Sqlite | Dialect::MariaDb => Bind::Text(json_array(filter.roles().iter())),
        })
    }

    /// Binds the permissions of a filter as one value.
    pub(super) fn bind_permissions(&mut self, filter: Filter<'_>) -> String {
        self.bind(match self.dialect {
            Dialect::Postgres | Dialect::DuckDb => Bind::TextArray(filter.permissions().collect()),
            Dialect::Sqlite | Dialect::MariaDb => Bind::Text(permissions_as_json(filter)),
        })
    }

    /// Adds a text to the values.
    pub(super) fn finish(self, text: String) -> Fragment {
        let next_placeholder = self.first.saturating_add(self.binds.len());
        Fragment { text, binds: self.binds, next_placeholder }
    }
}

/// Returns a JSON array of texts that JSON does not escape, such as roles.
fn json_array<'t>(
    texts: impl Iterator<Item = &'t (impl AsRef<str> + ?Sized + 't)> + Clone,
) -> String {
    let bytes: usize = texts.clone().map(|text| text.as_ref().len() + 3).sum();
    let mut json = String::with_capacity(bytes + 2);
    for text in texts {
        json.push_str(if json.is_empty() { "[\"" } else { ",\"" });
        json.push_str(text.as_ref());
        json.push('"');
    }
    json.push_str(if json.is_empty() { "[]" } else { "]" });
    json
}

/// Returns a JSON array of the permissions. Only the quotes around the role are escaped.
fn permissions_as_json(filter: Filter<'_>) -> String {
    let mut json = String::new();
    let verbs = filter.verbs();
    for role in filter.roles() {
        for verb in &verbs {
            json.push_str(if json.is_empty() { "[\"" } else { ",\"" });
            for part in [verb.name(), "(\\\"", role.as_str(), "\\\")\""] {
                json.push_str(part);
            }
        }
    }
    json.push(']');
    json
}
