//! Statements as Appwrite and a host of rolegate send them: [`Statement`].

use rolegate::query::sql::Bind;

/// A statement for a database.
#[derive(Clone)]
pub enum Statement {
    /// A text with the roles as literals, which is sent as it is.
    Literal(String),
    /// A text that is prepared once, and the values of its placeholders.
    Prepared { text: String, binds: Vec<Bind> },
}

impl Statement {
    /// Returns the statement that explains this one. `keyword` stands before the text.
    pub fn explained(&self, keyword: &str) -> Self {
        match self {
            Self::Literal(text) => Self::Literal(format!("{keyword} {text}")),
            Self::Prepared { text, binds } => {
                Self::Prepared { text: format!("{keyword} {text}"), binds: binds.clone() }
            }
        }
    }
}
