//! The tables and column types of a test: [`Shape`].

use rolegate::query::sql::{AclSchema, ColumnType, Dialect, Layout};

/// The place of the permissions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Appwrite's table of permissions.
    Perms,
    /// A column with JSON, of this type.
    Json(&'static str),
    /// An array: `text[]` of PostgreSQL, or `VARCHAR[]` of DuckDB.
    Array,
    /// Appwrite's column of type `jsonb`.
    Jsonb,
    /// Numbers of lists.
    Acl,
}

/// The tables of a test.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub place: Place,
    /// The clause behind the type of each text column, such as a collation.
    pub text: &'static str,
    /// The tenant that asks, for tables with tenants.
    pub tenant: Option<i64>,
}

impl Shape {
    pub const fn new(place: Place) -> Self {
        Self { place, text: "", tenant: None }
    }

    #[must_use]
    pub const fn with_text(self, text: &'static str) -> Self {
        Self { text, ..self }
    }

    #[must_use]
    pub const fn with_tenant(self, tenant: i64) -> Self {
        Self { tenant: Some(tenant), ..self }
    }

    /// Returns the layout of the documents `d`.
    pub fn layout(&self, dialect: Dialect) -> Layout {
        let layout = match self.place {
            Place::Perms => Layout::perms(dialect, PERMS),
            Place::Json(_) => Layout::column(dialect, ColumnType::Json),
            Place::Array if dialect == Dialect::DuckDb => Layout::column(dialect, ColumnType::List),
            Place::Array => Layout::column(dialect, ColumnType::TextArray),
            Place::Jsonb => Ok(Layout::appwrite_postgres()),
            Place::Acl => Ok(schema(dialect).layout()),
        };
        let layout = layout.unwrap().alias("d").unwrap();
        match self.tenant {
            Some(tenant) => layout.tenant(tenant),
            None => layout,
        }
    }

    /// Returns the type of a column that accepts only JSON.
    pub(super) fn json_type(&self) -> Option<&'static str> {
        match self.place {
            Place::Jsonb => Some("jsonb"),
            Place::Json(json @ ("JSON" | "json" | "jsonb")) => Some(json),
            _ => None,
        }
    }
}

/// The tables of documents and of permissions.
pub(super) const DOCUMENTS: &str = "app_birthdays";
pub(super) const PERMS: &str = "app_birthdays_perms";

pub(super) fn schema(dialect: Dialect) -> AclSchema {
    AclSchema::new(dialect, "app_acl").unwrap()
}

/// The tenants of each four rows. The four rows have the same id.
pub(super) const TENANTS: [Option<i64>; 4] = [Some(1), Some(12), None, Some(2_147_483_647)];
