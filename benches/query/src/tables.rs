//! The tables of the documents: Appwrite's, as its adapters create them, and those of an `AclSchema`.
//!
//! | dialect | source in utopia-php/database |
//! | --- | --- |
//! | SQLite | `createCollection` and `getSQLIndex` of `Adapter/SQLite.php` |
//! | PostgreSQL | `createCollection` of `Adapter/Postgres.php`, before and after `_permissions` became `jsonb` |
//! | MariaDB | `createCollection` of `Adapter/MariaDB.php` |
//!
//! Each table of documents has one attribute, `title`. Tables are not shared between tenants.

use rolegate::query::sql::{AclSchema, Dialect};

use crate::Result;
use crate::database::Database;
use crate::rows::{self, Row};
use crate::workload::Workload;

/// Appwrite's table of documents, and its table of permissions.
pub const DOCUMENTS: &str = "app_documents";
pub const PERMS: &str = "app_documents_perms";
/// Appwrite's table of documents with a column of type `jsonb`.
pub const JSONB: &str = "app_documents_jsonb";
/// A table of documents with the number of a list.
pub const NUMBERED: &str = "acl_documents";

/// Returns the schema of the numbered lists.
pub fn acl_schema(dialect: Dialect) -> Result<AclSchema> {
    Ok(AclSchema::new(dialect, "acl")?)
}

/// Creates the tables, fills them, and gathers statistics.
pub fn fill(database: &mut dyn Database, workload: &Workload) -> Result<()> {
    let dialect = database.dialect();
    for statement in create(dialect)? {
        database.execute(&statement)?;
    }
    let document = ["_id", "_uid", "_createdAt", "_updatedAt", "title", "_permissions"];
    let numbered = ["_id", "_uid", "_createdAt", "_updatedAt", "title", "acl"];
    let perms = ["_type", "_permission", "_document"];
    database.load(DOCUMENTS, &document, &mut rows::documents(workload))?;
    database.load(PERMS, &perms, &mut rows::perms(workload))?;
    if dialect == Dialect::Postgres {
        database.load(JSONB, &document, &mut rows::documents(workload))?;
    }
    let load_lists: [(&str, &[&str], &mut dyn Iterator<Item = Row>); 4] = [
        ("acl_lists", &["acl", "permissions"], &mut rows::lists(workload)),
        ("acl_grants", &["acl", "action", "role"], &mut rows::grants(workload)),
        ("acl_counts", &["acl", "documents"], &mut rows::list_counts(workload)),
        (NUMBERED, &numbered, &mut rows::documents_with_number(workload)),
    ];
    for (table, columns, rows) in load_lists {
        database.load(table, columns, rows)?;
    }
    for statement in analyze(dialect) {
        database.execute(&statement)?;
    }
    Ok(())
}

/// Returns the statements that create the tables and their indexes.
fn create(dialect: Dialect) -> Result<Vec<String>> {
    let mut statements = match dialect {
        Dialect::Sqlite => sqlite(),
        Dialect::Postgres => postgres(),
        Dialect::MariaDb => mariadb(),
        other => return Err(format!("Appwrite has no tables for {other}").into()),
    };
    // The table of documents refers to the lists, which are created first.
    let schema = acl_schema(dialect)?;
    let mut all = schema.create();
    all.push(schema.create_counts());
    all.append(&mut statements);
    Ok(all)
}

/// Returns the statements that gather statistics after loading.
fn analyze(dialect: Dialect) -> Vec<String> {
    let tables = [DOCUMENTS, PERMS, NUMBERED, "acl_lists", "acl_grants", "acl_counts"];
    match dialect {
        // This also moves new entries of a GIN index to their place, as the server does in the background.
        Dialect::Postgres => vec!["VACUUM ANALYZE".into()],
        Dialect::MariaDb => tables.map(|table| format!("ANALYZE TABLE {table}")).into(),
        _ => vec!["ANALYZE".into()],
    }
}

fn sqlite() -> Vec<String> {
    let mut statements = vec![format!(
        "CREATE TABLE {PERMS} (_id INTEGER PRIMARY KEY AUTOINCREMENT, _type VARCHAR(12) NOT NULL, \
         _permission VARCHAR(255) NOT NULL, _document VARCHAR(255) NOT NULL)"
    )];
    let last = [
        (DOCUMENTS, "_permissions MEDIUMTEXT DEFAULT NULL"),
        (NUMBERED, "acl INTEGER NOT NULL REFERENCES acl_lists (acl)"),
    ];
    for (table, last) in last {
        statements.extend([
            format!(
                "CREATE TABLE {table} (_id INTEGER PRIMARY KEY AUTOINCREMENT, \
                 _uid VARCHAR(36) NOT NULL, _createdAt DATETIME(3) DEFAULT NULL, \
                 _updatedAt DATETIME(3) DEFAULT NULL, {last}, title VARCHAR(255))"
            ),
            format!("CREATE UNIQUE INDEX {table}__index1 ON {table} (_uid COLLATE NOCASE)"),
            format!("CREATE INDEX {table}__created_at ON {table} (_createdAt)"),
            format!("CREATE INDEX {table}__updated_at ON {table} (_updatedAt)"),
        ]);
    }
    statements.extend([
        format!(
            "CREATE UNIQUE INDEX {PERMS}__index_1 ON {PERMS} (_document COLLATE NOCASE, \
             _type COLLATE NOCASE, _permission COLLATE NOCASE)"
        ),
        format!("CREATE INDEX {PERMS}__index_2 ON {PERMS} (_permission, _type)"),
        format!("CREATE INDEX {NUMBERED}_acl ON {NUMBERED} (acl)"),
    ]);
    statements
}

fn postgres() -> Vec<String> {
    let mut statements = vec![
        "CREATE COLLATION utf8_ci_ai (provider = icu, locale = 'und-u-ks-level1', \
         deterministic = false)"
            .into(),
        format!(
            "CREATE TABLE {PERMS} (_id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, \
             _tenant INTEGER DEFAULT NULL, _type VARCHAR(12) NOT NULL, \
             _permission VARCHAR(255) NOT NULL, _document VARCHAR(255) NOT NULL)"
        ),
        format!(
            "CREATE UNIQUE INDEX {PERMS}_ukey ON {PERMS} \
             (_document COLLATE utf8_ci_ai, _type, _permission)"
        ),
        format!("CREATE INDEX {PERMS}_permission ON {PERMS} (_permission, _type)"),
    ];
    let last = [
        (DOCUMENTS, "_permissions TEXT DEFAULT NULL"),
        (JSONB, "_permissions JSONB DEFAULT NULL"),
        (NUMBERED, "acl bigint NOT NULL REFERENCES acl_lists (acl)"),
    ];
    for (table, last) in last {
        statements.extend([
            format!(
                "CREATE TABLE {table} (_id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, \
                 _uid VARCHAR(255) NOT NULL, \"_createdAt\" TIMESTAMP(3) DEFAULT NULL, \
                 \"_updatedAt\" TIMESTAMP(3) DEFAULT NULL, title VARCHAR(255), {last})"
            ),
            format!("CREATE UNIQUE INDEX {table}_uid ON {table} (_uid COLLATE utf8_ci_ai)"),
            format!("CREATE INDEX {table}_created ON {table} (\"_createdAt\")"),
            format!("CREATE INDEX {table}_updated ON {table} (\"_updatedAt\")"),
        ]);
    }
    statements.extend([
        format!("CREATE INDEX {JSONB}_permissions ON {JSONB} USING gin (_permissions)"),
        format!("CREATE INDEX {NUMBERED}_acl ON {NUMBERED} (acl)"),
    ]);
    statements
}

fn mariadb() -> Vec<String> {
    let documents = |table: &str, last: &str, keys: &str| {
        format!(
            "CREATE TABLE {table} (_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, \
             _uid VARCHAR(255) NOT NULL, _createdAt DATETIME(3) DEFAULT NULL, \
             _updatedAt DATETIME(3) DEFAULT NULL, {last}, PRIMARY KEY (_id), title VARCHAR(255), \
             UNIQUE KEY _uid (_uid), KEY _created_at (_createdAt), KEY _updated_at (_updatedAt){keys})"
        )
    };
    vec![
        documents(DOCUMENTS, "_permissions MEDIUMTEXT DEFAULT NULL", ""),
        documents(
            NUMBERED,
            "acl BIGINT NOT NULL",
            ", KEY acl (acl), FOREIGN KEY (acl) REFERENCES acl_lists (acl)",
        ),
        format!(
            "CREATE TABLE {PERMS} (_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, \
             _type VARCHAR(12) NOT NULL, _permission VARCHAR(255) NOT NULL, \
             _document VARCHAR(255) NOT NULL, PRIMARY KEY (_id), \
             UNIQUE INDEX _index1 (_document, _type, _permission), \
             INDEX _permission (_permission, _type))"
        ),
    ]
}
