//! Rows and questions: [`Corpus`].

mod hostile;
mod hostile_json;
mod random;
mod vectors;

pub use hostile::hostile;
pub use hostile_json::hostile_json;
pub use random::random;
pub use vectors::vectors;

use std::fmt;

use rolegate::query::Plan;
use rolegate::query::sql::Dialect;
use rolegate::{AccessDenied, Action, Collection, Permission, Principal};

use crate::check::Reading;

/// Rows of a table of documents, and questions about them.
pub struct Corpus {
    pub name: String,
    pub rows: Vec<Row>,
    /// Rows of the table of permissions that grant nothing, because they are spelled as no writer spells them.
    pub strays: Vec<Stray>,
    pub questions: Vec<Question>,
    /// The constraints of the tables.
    pub constraints: Constraints,
    /// The negated condition is tested for one in so many questions.
    pub negate_every: usize,
}

/// The constraints of the tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Constraints {
    /// Those of Appwrite. Its unique indexes ignore case.
    Appwrite,
    /// Columns may be NULL, and no index is unique.
    Loose,
}

/// A document.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    pub id: Option<String>,
    pub stored: Stored,
}

/// The value of the column with the permissions.
#[derive(Clone, PartialEq, Debug)]
pub enum Stored {
    Null,
    List(Vec<String>),
    /// A text, for columns that hold JSON.
    Json(JsonText),
}

/// A text that is JSON, or nearly JSON.
#[derive(Clone, PartialEq, Debug)]
pub struct JsonText {
    pub text: String,
    /// The texts of the array.
    pub list: Vec<String>,
    pub readers: Readers,
}

/// The databases that read the list of a [`JsonText`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Readers {
    /// Every database reads the list.
    All,
    /// PostgreSQL reads no list, and the others read the list.
    AllButPostgres,
    /// This database may read the list, because its own test says that the text is JSON. The others read no list.
    MaybeOnly(Dialect),
    /// A database reads the list, or no list.
    Maybe,
}

/// A row of the table of permissions.
#[derive(Clone, PartialEq, Debug)]
pub struct Stray {
    pub document: Option<String>,
    pub kind: String,
    pub role: String,
}

/// A principal and an action, with or without a collection.
pub struct Question {
    pub principal: Principal,
    pub collection: Option<Collection>,
    pub action: Action,
}

impl Row {
    /// Creates a row whose id is its position in the corpus.
    pub fn new(position: usize, stored: Stored) -> Self {
        Self { id: Some(format!("d{position}")), stored }
    }

    /// Returns `true` if every database stores the row.
    pub fn is_plain(&self) -> bool {
        let texts: &[String] = match &self.stored {
            Stored::Null => &[],
            Stored::List(list) => list,
            Stored::Json(_) => return false,
        };
        self.id
            .iter()
            .chain(texts)
            .all(|text| text.bytes().all(|byte| byte.is_ascii() && byte != 0))
    }
}

impl JsonText {
    fn new(readers: Readers, text: &str, list: &[&str]) -> Self {
        Self {
            text: text.into(),
            list: list.iter().map(|&text| text.to_owned()).collect(),
            readers,
        }
    }
}

impl Stored {
    /// Returns the texts of the list.
    pub fn permissions(&self) -> &[String] {
        match self {
            Self::Null => &[],
            Self::List(list) => list,
            Self::Json(json) => &json.list,
        }
    }

    /// Returns the text for a column that holds JSON, or `None` for NULL.
    pub fn json(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::List(list) => Some(serde_json::to_string(list).unwrap()),
            Self::Json(json) => Some(json.text.clone()),
        }
    }

    /// Returns the permissions that a database reads from its column with JSON.
    pub fn reading_of_json(&self, dialect: Dialect) -> Reading<'_> {
        let Self::Json(JsonText { list, readers, .. }) = self else {
            return Reading::Exactly(self.permissions());
        };
        match (*readers, dialect) {
            (Readers::AllButPostgres, Dialect::Postgres) => Reading::Exactly(&[]),
            (Readers::All | Readers::AllButPostgres, _) => Reading::Exactly(list),
            (Readers::MaybeOnly(only), _) if only != dialect => Reading::Exactly(&[]),
            (Readers::Maybe | Readers::MaybeOnly(_), _) => Reading::AtMost(list),
        }
    }

    /// Returns the permissions that PostgreSQL reads from its column of type `jsonb`.
    pub fn reading_of_jsonb(&self) -> Reading<'_> {
        match self {
            Self::Json(JsonText { list, readers: Readers::AllButPostgres, .. }) => {
                Reading::Exactly(list)
            }
            _ => self.reading_of_json(Dialect::Postgres),
        }
    }
}

impl Question {
    pub fn new(principal: Principal, action: Action) -> Self {
        Self { principal, collection: None, action }
    }

    /// Returns questions about read, update and delete.
    pub fn document_actions(principal: &Principal) -> impl Iterator<Item = Self> {
        [Action::Read, Action::Update, Action::Delete]
            .into_iter()
            .map(|action| Self::new(principal.clone(), action))
    }

    pub fn plan(&self) -> Result<Plan<'_>, AccessDenied> {
        match &self.collection {
            None => Ok(self.principal.plan(self.action)),
            Some(collection) => collection.plan(&self.principal, self.action),
        }
    }

    /// Returns `true` if the collection refuses to list. Without a collection, or for another action, returns `None`.
    pub fn listing_is_refused(&self) -> Option<bool> {
        let collection = self.collection.as_ref().filter(|_| self.action == Action::Read)?;
        Some(collection.list(&self.principal).is_err())
    }

    /// Returns the decision on a document with a list.
    pub fn allows(&self, list: &[String]) -> bool {
        let Self { principal, collection, action } = self;
        let Some(collection) = collection else { return principal.can(*action, list) };
        match action {
            Action::Read => collection.get(principal, list).is_ok(),
            Action::Update => collection.update(principal, list).is_ok(),
            Action::Delete => collection.delete(principal, list).is_ok(),
            Action::Create => unreachable!("no document is created by its own permissions"),
        }
    }
}

impl fmt::Debug for Question {
    /// Writes at most ten roles.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let roles = self.principal.roles();
        write!(f, "{} by {:?} with {} roles: ", self.action, self.principal.kind(), roles.len())?;
        f.debug_list().entries(roles.iter().take(10)).finish()?;
        write!(f, ", collection {:?}", self.collection)
    }
}

/// Returns the actions and roles that Appwrite writes into its table of permissions for a list.
///
/// Malformed permissions are not written, and `write` is written as create, update and delete.
pub fn grants(list: &[String]) -> Vec<(Action, String)> {
    let permissions = list.iter().filter_map(|text| Permission::parse(text).ok());
    let mut grants: Vec<_> = permissions
        .flat_map(|permission| {
            let role = permission.role().to_string();
            permission
                .actions()
                .iter()
                .map(move |action| (action, role.clone()))
                .collect::<Vec<_>>()
        })
        .collect();
    grants.sort_unstable();
    grants.dedup();
    grants
}
