//! The ways to read a page and a total: [`Way`].

use rolegate::query::Plan;
use rolegate::query::sql::{Dialect, Fragment, Layout};
use rolegate::{Action, Principal};

use crate::Result;
use crate::statement::Statement;
use crate::tables::{DOCUMENTS, JSONB, NUMBERED, PERMS, acl_schema};
use crate::users::PAGE;

/// A way to read a page of documents and their total.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Appwrite's condition on its table of permissions.
    AppwritePerms,
    /// [`Layout::perms`] on the same table.
    Perms,
    /// Appwrite's condition on its column of type `jsonb`.
    AppwriteJsonb,
    /// [`Layout::appwrite_postgres`] on the same column.
    Jsonb,
    /// [`rolegate::query::sql::AclSchema`].
    Acl,
}

impl Way {
    /// Returns the ways of a database.
    pub fn of(dialect: Dialect) -> &'static [Self] {
        match dialect {
            Dialect::Postgres => {
                &[Self::AppwritePerms, Self::Perms, Self::AppwriteJsonb, Self::Jsonb, Self::Acl]
            }
            _ => &[Self::AppwritePerms, Self::Perms, Self::Acl],
        }
    }

    /// Returns the name in the tables of figures.
    pub fn name(self) -> &'static str {
        match self {
            Self::AppwritePerms => "Appwrite, table of permissions",
            Self::Perms => "rolegate, table of permissions",
            Self::AppwriteJsonb => "Appwrite, `jsonb`",
            Self::Jsonb => "rolegate, `jsonb`",
            Self::Acl => "rolegate, hash-consed lists",
        }
    }

    /// Returns the way of Appwrite with which this one is compared.
    pub fn peer(self) -> Option<Self> {
        match self {
            Self::AppwritePerms | Self::AppwriteJsonb => None,
            Self::Perms | Self::Acl => Some(Self::AppwritePerms),
            Self::Jsonb => Some(Self::AppwriteJsonb),
        }
    }

    /// Returns the least ratio that is a target: the time of the peer, divided by the time of this way.
    pub fn target(self, dialect: Dialect, roles: usize) -> Option<f64> {
        match (self, dialect) {
            (Self::Perms, Dialect::MariaDb) => Some(1.0 / 1.3),
            (Self::Perms | Self::Jsonb, _) => Some(1.0 / 1.1),
            (Self::Acl, Dialect::Sqlite) if roles >= 500 => Some(8.0),
            (Self::Acl, Dialect::Sqlite) if roles >= 100 => Some(3.0),
            _ => None,
        }
    }

    /// Returns the statement for the newest visible documents.
    pub fn page(self, dialect: Dialect, principal: &Principal) -> Result<Statement> {
        let (main, id) = (quote(dialect, "main"), quote(dialect, "_id"));
        let (from, order) = (self.from(dialect), format!("ORDER BY {main}.{id} DESC LIMIT {PAGE}"));
        self.statement(dialect, principal, |condition| {
            format!("SELECT {main}.* FROM {from} WHERE {condition} {order}")
        })
    }

    /// Returns the statement for the number of visible documents.
    pub fn total(self, dialect: Dialect, principal: &Principal) -> Result<Statement> {
        if self == Self::Acl {
            let plan = principal.plan(Action::Read);
            return Ok(prepared(acl_schema(dialect)?.total(&plan)));
        }
        let from = self.from(dialect);
        self.statement(dialect, principal, |condition| {
            format!("SELECT COUNT(1) AS sum FROM {from} WHERE {condition}")
        })
    }

    fn statement(
        self,
        dialect: Dialect,
        principal: &Principal,
        around: impl Fn(&str) -> String,
    ) -> Result<Statement> {
        let Some(layout) = self.layout(dialect)? else {
            return Ok(Statement::Literal(around(&self.literal(dialect, principal))));
        };
        let plan: Plan<'_> = principal.plan(Action::Read);
        let (condition, binds) = layout.condition(&plan, 1).into_parts();
        Ok(Statement::Prepared { text: around(&condition), binds })
    }

    /// Returns the layout, or `None` for a way of Appwrite.
    pub fn layout(self, dialect: Dialect) -> Result<Option<Layout>> {
        let layout = match self {
            Self::AppwritePerms | Self::AppwriteJsonb => return Ok(None),
            Self::Perms => Layout::perms(dialect, PERMS)?,
            Self::Jsonb => Layout::appwrite_postgres(),
            Self::Acl => acl_schema(dialect)?.layout(),
        };
        Ok(Some(layout.alias("main")?))
    }

    fn from(self, dialect: Dialect) -> String {
        let table = match self {
            Self::AppwritePerms | Self::Perms => DOCUMENTS,
            Self::AppwriteJsonb | Self::Jsonb => JSONB,
            Self::Acl => NUMBERED,
        };
        format!("{} AS {}", quote(dialect, table), quote(dialect, "main"))
    }

    /// Returns Appwrite's condition: `getSQLPermissionsCondition` of `Adapter/SQL.php` and `Adapter/Postgres.php`.
    fn literal(self, dialect: Dialect, principal: &Principal) -> String {
        let (main, roles) = (quote(dialect, "main"), principal.roles());
        if self == Self::AppwriteJsonb {
            let column = format!("{main}.{}", quote(dialect, "_permissions"));
            let each = roles.iter().map(|role| {
                let array = literal(&format!("[\"read(\\\"{role}\\\")\"]"));
                format!("{column} @> {array}::jsonb")
            });
            return format!("({})", each.collect::<Vec<_>>().join(" OR "));
        }
        let roles: Vec<String> = roles.iter().map(|role| literal(role.as_str())).collect();
        format!(
            "{main}.{} IN (SELECT _document FROM {} WHERE _permission IN ({}) AND _type = 'read')",
            quote(dialect, "_uid"),
            quote(dialect, PERMS),
            roles.join(", "),
        )
    }
}

fn prepared(fragment: Fragment) -> Statement {
    let (text, binds) = fragment.into_parts();
    Statement::Prepared { text, binds }
}

/// Returns an identifier in the quotes of Appwrite's adapter.
fn quote(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Postgres => format!("\"{name}\""),
        _ => format!("`{name}`"),
    }
}

/// Returns a literal. Roles have no character that any of the databases escapes, and PostgreSQL escapes no
/// backslash.
fn literal(text: &str) -> String {
    format!("'{text}'")
}

#[cfg(test)]
mod tests {
    use rolegate::Principal;
    use rolegate::query::sql::Dialect;

    use super::Way;
    use crate::statement::Statement;

    fn text(way: Way, dialect: Dialect) -> String {
        let ann = Principal::parse_roles(["any", "user:ann"]).unwrap();
        match way.page(dialect, &ann).unwrap() {
            Statement::Literal(text) | Statement::Prepared { text, .. } => text,
        }
    }

    #[test]
    fn appwrite_page_has_roles_as_literals() {
        assert_eq!(
            text(Way::AppwritePerms, Dialect::MariaDb),
            "SELECT `main`.* FROM `app_documents` AS `main` WHERE `main`.`_uid` IN \
             (SELECT _document FROM `app_documents_perms` WHERE _permission IN ('any', 'user:ann') \
             AND _type = 'read') ORDER BY `main`.`_id` DESC LIMIT 25"
        );
        let jsonb = text(Way::AppwriteJsonb, Dialect::Postgres);
        let any = r#""main"."_permissions" @> '["read(\"any\")"]'::jsonb OR"#;
        assert!(jsonb.contains(any), "{jsonb}");
    }

    #[test]
    fn own_page_has_no_role_in_its_text() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::MariaDb] {
            let own = Way::of(dialect).iter().filter(|way| way.layout(dialect).unwrap().is_some());
            assert!(own.map(|&way| text(way, dialect)).all(|text| !text.contains("ann")));
        }
    }
}
