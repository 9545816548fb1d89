//! The permission lists of documents in SQLite, by which a search finds the visible documents.
//!
//! The tables are those of [`AclSchema`]: each distinct list is stored once, and a document has the number of its
//! list. SQLite reads the lists of the caller's roles first, and then only documents with these lists.

use anyhow::{Result, bail};
use rolegate::Permission;
use rolegate::query::Plan;
use rolegate::query::sql::{AclSchema, Bind, Dialect, Fragment, LayoutError, StoredList};
use rusqlite::{Connection, params_from_iter, types::Value as Sql};
use serde_json::{Value, json};

use crate::collections::strings;
use crate::database::Database;

fn schema() -> Result<AclSchema, LayoutError> {
    AclSchema::new(Dialect::Sqlite, "acl")
}

/// Creates the tables of the lists if they are missing. A file of an earlier version has documents without a
/// list, and gets the column.
pub fn create_tables(connection: &Connection) -> Result<()> {
    let exists = |sql| connection.prepare(sql)?.exists([]);
    if !exists("SELECT 1 FROM sqlite_schema WHERE name = 'acl_lists'")? {
        schema()?.create().iter().try_for_each(|sql| connection.execute_batch(sql))?;
    }
    let lacks_the_column = "SELECT 1 FROM sqlite_schema WHERE name = 'documents'
        AND NOT EXISTS (SELECT 1 FROM pragma_table_info('documents') WHERE name = 'acl')";
    if exists(lacks_the_column)? {
        let sql = "ALTER TABLE documents ADD COLUMN acl INTEGER REFERENCES acl_lists (acl)";
        connection.execute_batch(sql)?;
    }
    Ok(())
}

/// Replaces all lists by those of the documents.
///
/// Stored numbers are not trusted. SQL of another program can insert a document with a number, change its permissions,
/// or replace the lists.
pub fn renew(database: &Database<'_>) -> Result<()> {
    database.0.execute_batch("UPDATE documents SET acl = NULL")?;
    let all = schema()?.remove_unused_lists(&[("documents", "acl")])?;
    all.iter().try_for_each(|sql| database.0.execute_batch(sql))?;
    let sql =
        "SELECT json_array(json(permissions), json(json_group_array(sequence))) FROM documents
        GROUP BY permissions";
    for (permissions, documents) in database.all::<(Value, Vec<i64>)>(sql, [])? {
        set(database, &documents, strings(&permissions))?;
    }
    Ok(())
}

/// Sets the list of documents. Malformed permissions are left out, and grant nothing.
pub fn set(database: &Database<'_>, documents: &[i64], permissions: Vec<&str>) -> Result<()> {
    let permissions = permissions.into_iter().filter_map(|text| Permission::parse(text).ok());
    let (schema, list) = (schema()?, StoredList::new(permissions));
    for insert in schema.insert_list(&list) {
        let (sql, values) = parts(insert)?;
        database.0.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    }
    let (number, values) = parts(schema.number(&list, 2))?;
    let sql = format!(
        "UPDATE documents SET acl = {number} WHERE sequence IN (SELECT value FROM json_each(?1))"
    );
    let documents = Sql::from(json!(documents).to_string());
    let values = [documents].into_iter().chain(values);
    database.0.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    Ok(())
}

/// Returns SQL for the documents of a plan as a table with a condition, and the values of the condition.
///
/// The index is named, because SQLite cannot know how few lists a caller sees. Without the name, SQLite could
/// read every document of the collection.
pub fn visible(plan: &Plan<'_>, first_placeholder: usize) -> Result<(String, Vec<Sql>)> {
    let index = match plan {
        Plan::Matching(_) => "INDEXED BY documents_by_list",
        Plan::Everything | Plan::Nothing => "",
    };
    let layout = schema()?.layout().alias("documents")?;
    let (condition, values) = parts(layout.condition(plan, first_placeholder))?;
    Ok((format!("documents {index} WHERE {condition}"), values))
}

fn parts(fragment: Fragment) -> Result<(String, Vec<Sql>)> {
    let (sql, values) = fragment.into_parts();
    let values = values.into_iter().map(|value| match value {
        Bind::Text(text) => Ok(text.into()),
        Bind::TextArray(_) => bail!("SQLite has no arrays"),
    });
    Ok((sql, values.collect::<Result<_>>()?))
}
