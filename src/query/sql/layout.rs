//! The places where a database stores permissions: [`Layout`].

use std::fmt;

use super::fragment::Binder;
use super::{Dialect, Fragment, LayoutError, acl, column, perms};
use crate::evaluate::Collection;
use crate::permission::ActionSet;
use crate::principal::Principal;
use crate::query::{Filter, Plan};

/// The place where a database stores the permissions of documents. It turns a [`Plan`] into a condition.
///
/// The [module page](super) says which layout to choose.
///
/// ```
/// use rolegate::query::sql::{ColumnType, Dialect, Layout};
/// use rolegate::{Action, Principal};
///
/// let ann = Principal::parse_roles(["any", "user:ann"])?;
/// let layout = Layout::column(Dialect::Postgres, ColumnType::TextArray)?.alias("b")?;
/// let condition = layout.condition(&ann.plan(Action::Read), 2);
/// let sql = format!("SELECT name FROM birthdays AS b WHERE b.month = $1 AND {}", condition.text());
/// assert_eq!(
///     sql,
///     "SELECT name FROM birthdays AS b WHERE b.month = $1 AND \
///      (\"b\".\"_permissions\" IS NOT NULL AND \"b\".\"_permissions\" && (SELECT CAST($2 AS text[])) \
///      AND \"b\".\"_permissions\" COLLATE \"C\" && (SELECT CAST($2 AS text[])))"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    dialect: Dialect,
    place: Place,
    /// The alias of the documents' table, in quotes and with a dot, or nothing.
    alias: String,
    /// The column of the documents, in quotes.
    column: String,
    tenant: Option<i64>,
}

/// The tables and columns that hold the permissions. Names are in quotes.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Place {
    /// Appwrite's table with one row for each document, action and role.
    Perms { table: String },
    /// A column of the documents.
    Column(ColumnType),
    /// A number of a list, and a table with one row for each list, action and role.
    Acl { grants: String },
}

/// The type of a column that holds a list of permissions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ColumnType {
    /// A JSON array, in a column of any text or JSON type. No index helps. For a column of type `jsonb`, use
    /// [`ColumnType::Jsonb`].
    Json,
    /// `jsonb` of PostgreSQL.
    Jsonb,
    /// `text[]` of PostgreSQL.
    TextArray,
    /// `VARCHAR[]` of DuckDB.
    List,
}

impl ColumnType {
    /// All types.
    pub const ALL: [Self; 4] = [Self::Json, Self::Jsonb, Self::TextArray, Self::List];

    /// Returns the name: `json`, `jsonb`, `text-array` or `list`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Jsonb => "jsonb",
            Self::TextArray => "text-array",
            Self::List => "list",
        }
    }

    /// Returns the types that a database has.
    pub(super) const fn of(dialect: Dialect) -> &'static [Self] {
        match dialect {
            Dialect::Sqlite | Dialect::MariaDb => &[Self::Json],
            Dialect::Postgres => &[Self::Jsonb, Self::TextArray, Self::Json],
            Dialect::DuckDb => &[Self::Json, Self::List],
        }
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Layout {
    /// Creates the layout of Appwrite's table of permissions, such as `app_birthdays_perms`.
    ///
    /// The table has the columns `_document`, `_type` and `_permission`. The documents have their id in `_uid`, which
    /// [`column_name`](Self::column_name) can replace. Ids are texts. `table` may have a schema before it, with a dot
    /// between the parts, and a catalogue where the database has them.
    ///
    /// On PostgreSQL, the condition uses Appwrite's index of permissions, but no index of Appwrite on `_uid`. A page
    /// for a user who sees few documents then reads the ids of all documents. So does Appwrite's own condition, except
    /// in databases that Appwrite created before October 2025. An index prevents it:
    /// `CREATE INDEX … ON documents (_uid COLLATE "C")`.
    ///
    /// # Errors
    ///
    /// A part of the name is not an identifier of the database.
    pub fn perms(dialect: Dialect, table: &str) -> Result<Self, LayoutError> {
        let place = Place::Perms { table: dialect.quote_table(table)? };
        Self::new(dialect, place, "_uid")
    }

    /// Creates the layout of a column `_permissions` of the documents, which holds the list of permissions.
    ///
    /// On PostgreSQL, [`ColumnType::Jsonb`] and [`ColumnType::TextArray`] use a GIN index on the column with the
    /// default operator class. Otherwise, the condition reads the column of each document.
    ///
    /// # Errors
    ///
    /// The database has no column of this type.
    pub fn column(dialect: Dialect, column_type: ColumnType) -> Result<Self, LayoutError> {
        if !ColumnType::of(dialect).contains(&column_type) {
            return Err(LayoutError::column_type(dialect, column_type));
        }
        Self::new(dialect, Place::Column(column_type), "_permissions")
    }

    /// Creates the layout of a column `_permissions` of type `jsonb`, as newer versions of Appwrite have it on
    /// PostgreSQL.
    ///
    /// This is [`column`](Self::column) with [`ColumnType::Jsonb`]. The condition uses Appwrite's GIN index.
    #[must_use]
    pub fn appwrite_postgres() -> Self {
        let column = "\"_permissions\"".into();
        let (dialect, place) = (Dialect::Postgres, Place::Column(ColumnType::Jsonb));
        Self { dialect, place, alias: String::new(), column, tenant: None }
    }

    /// Creates the layout of a column `acl` with the number of a list. `grants` is the table of what each list
    /// grants, in quotes.
    pub(super) fn acl(dialect: Dialect, grants: String) -> Self {
        let column = match dialect {
            Dialect::MariaDb => "`acl`",
            Dialect::Sqlite | Dialect::Postgres | Dialect::DuckDb => "\"acl\"",
        };
        let (column, alias) = (column.into(), String::new());
        Self { dialect, place: Place::Acl { grants }, alias, column, tenant: None }
    }

    fn new(dialect: Dialect, place: Place, column: &str) -> Result<Self, LayoutError> {
        let column = dialect.quote(column)?;
        Ok(Self { dialect, place, alias: String::new(), column, tenant: None })
    }

    /// Sets the alias, or the name, of the documents' table in the host's query.
    ///
    /// Without an alias, the column stands alone, and the host's query must have one table with such a column.
    ///
    /// # Errors
    ///
    /// The name is not an identifier of the database.
    pub fn alias(self, alias: &str) -> Result<Self, LayoutError> {
        let alias = format!("{}.", self.dialect.quote_table(alias)?);
        Ok(Self { alias, ..self })
    }

    /// Sets the column of the documents: the id of [`perms`](Self::perms), the list of permissions, or the number of
    /// the list.
    ///
    /// # Errors
    ///
    /// The name is not an identifier of the database.
    pub fn column_name(self, column: &str) -> Result<Self, LayoutError> {
        let column = self.dialect.quote(column)?;
        Ok(Self { column, ..self })
    }

    /// Limits every plan to the documents of one tenant, for databases that share tables between tenants.
    ///
    /// The documents have the tenant in the column `_tenant`, and so has Appwrite's table of permissions.
    #[must_use]
    pub fn tenant(self, tenant: i64) -> Self {
        Self { tenant: Some(tenant), ..self }
    }

    /// Returns the dialect.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Returns a condition that is true for the documents of a plan, and false for all others.
    ///
    /// The text stands in parentheses and is never NULL, so a host may write `AND`, `OR` and `NOT` around it. The
    /// placeholders begin at `first_placeholder`. Databases count from 1. MariaDB has no numbers: the host binds the
    /// values in the order in which the placeholders stand in its query.
    ///
    /// Takes time in proportion to the roles.
    pub fn condition(&self, plan: &Plan<'_>, first_placeholder: usize) -> Fragment {
        let mut binder = Binder::starting_at(self.dialect, first_placeholder);
        let text = self.text(plan, &mut binder);
        binder.finish(text)
    }

    /// Returns three columns for a list of selected columns: `can_read`, `can_update` and `can_delete`. Each says if
    /// the principal may do the action on the document.
    ///
    /// ```
    /// use rolegate::query::sql::{Dialect, Layout};
    /// use rolegate::{Collection, DocumentSecurity, Principal};
    ///
    /// let collection = Collection::new([r#"read("any")"#], DocumentSecurity::Disabled);
    /// let columns = Layout::perms(Dialect::Sqlite, "app_birthdays_perms")?
    ///     .actions(&collection, &Principal::guest(), 2);
    /// assert_eq!(columns.text(), "(1=1) AS can_read, (1=0) AS can_update, (1=0) AS can_delete");
    /// let sql = format!("SELECT {} FROM app_birthdays WHERE _uid = ?1", columns.text());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn actions(
        &self,
        collection: &Collection,
        principal: &Principal,
        first_placeholder: usize,
    ) -> Fragment {
        let mut binder = Binder::starting_at(self.dialect, first_placeholder);
        let columns = ActionSet::DOCUMENT.iter().map(|action| {
            // A collection that refuses the action refuses it on every document.
            let plan = collection.plan(principal, action).unwrap_or(Plan::Nothing);
            format!("{} AS can_{action}", self.text(&plan, &mut binder))
        });
        let text = columns.collect::<Vec<_>>().join(", ");
        binder.finish(text)
    }

    pub(super) fn text(&self, plan: &Plan<'_>, binder: &mut Binder) -> String {
        let decision = match plan {
            Plan::Nothing => return "(1=0)".into(),
            Plan::Everything if self.tenant.is_none() => return "(1=1)".into(),
            Plan::Everything => None,
            Plan::Matching(filter) => Some(self.decision(*filter, binder)),
        };
        let tenant = self.tenant.map(|tenant| {
            let column = format!("{}{}", self.alias, tenant_column(self.dialect));
            format!("{column} IS NOT NULL AND {column} = {}", binder.bind_integer(tenant))
        });
        let parts: Vec<_> = decision.into_iter().chain(tenant).collect();
        format!("({})", parts.join(" AND "))
    }

    fn decision(&self, filter: Filter<'_>, binder: &mut Binder) -> String {
        let column = format!("{}{}", self.alias, self.column);
        match &self.place {
            Place::Perms { table } => {
                perms::condition(self.dialect, &column, table, self.tenant, filter, binder)
            }
            Place::Column(column_type) => {
                column::condition(self.dialect, &column, *column_type, filter, binder)
            }
            Place::Acl { grants } => acl::condition(self.dialect, &column, grants, filter, binder),
        }
    }
}

/// Returns the column of the tenant in Appwrite's tables, in quotes.
pub(super) const fn tenant_column(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::MariaDb => "`_tenant`",
        Dialect::Sqlite | Dialect::Postgres | Dialect::DuckDb => "\"_tenant\"",
    }
}
