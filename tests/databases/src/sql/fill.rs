//! Rows of a corpus as rows of tables: [`insert`] and [`documents`].

use std::collections::BTreeSet;

use rolegate::query::sql::{Bind, Dialect};

use super::place::{DOCUMENTS, PERMS, Place, TENANTS};
use super::{Database, Shape, run};
use crate::corpus::{Corpus, Row, grants};

/// A value of a row.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Texts(Vec<String>),
    /// A text, and the type of the column.
    Json(String, &'static str),
}

/// A table and its columns.
type Target<'t> = (&'t str, &'t [&'t str]);

/// Inserts the documents and their permissions. Returns the positions of the documents that were stored.
///
/// A row with a text that some database or column type refuses is inserted alone, so that only this row is missing.
pub(super) fn documents(
    database: &mut dyn Database,
    shape: Shape,
    corpus: &Corpus,
) -> BTreeSet<usize> {
    let dialect = database.dialect();
    let columns = columns(shape);
    let target = (DOCUMENTS, columns.as_slice());
    let all = corpus.rows.iter().enumerate();
    let (plain, unsafe_rows): (Vec<_>, Vec<_>) = all.partition(|(_, row)| row.is_plain());
    let mut stored: BTreeSet<usize> = plain.iter().map(|(position, _)| *position).collect();
    let plain: Vec<_> =
        plain.iter().map(|(position, row)| cells(dialect, shape, corpus, *position, row)).collect();
    run(database, "BEGIN", &[]);
    insert(database, target, &plain);
    run(database, "COMMIT", &[]);
    for (position, row) in unsafe_rows {
        let cells = cells(dialect, shape, corpus, position, row);
        if try_insert(database, target, &[cells]).is_ok() {
            stored.insert(position);
        }
    }
    if shape.place == Place::Perms {
        perms(database, shape, corpus, &stored);
    }
    stored
}

/// Inserts the rows of the table of permissions: those of the stored documents, and the strays.
fn perms(database: &mut dyn Database, shape: Shape, corpus: &Corpus, stored: &BTreeSet<usize>) {
    let tenants: &[&str] = if shape.tenant.is_some() { &["_tenant"] } else { &[] };
    let columns = [&["_document", "_type", "_permission"], tenants].concat();
    let target = (PERMS, columns.as_slice());
    let row = |document: &str, kind: &str, role: &str, tenant: Option<i64>| {
        let mut cells = [document, kind, role].map(|text| Cell::Text(text.to_owned())).to_vec();
        if shape.tenant.is_some() {
            cells.push(tenant.map_or(Cell::Null, Cell::Integer));
        }
        cells
    };
    let mut cells = Vec::new();
    for &position in stored {
        let Some(id) = id(shape, corpus, position) else { continue };
        let tenant = TENANTS[position % TENANTS.len()];
        for (action, role) in grants(corpus.rows[position].stored.permissions()) {
            cells.push(row(&id, action.as_str(), &role, tenant));
        }
    }
    run(database, "BEGIN", &[]);
    insert(database, target, &cells);
    run(database, "COMMIT", &[]);
    let mut refused = 0;
    for stray in &corpus.strays {
        let mut cells = row("", &stray.kind, &stray.role, TENANTS[0]);
        cells[0] = stray.document.clone().map_or(Cell::Null, Cell::Text);
        refused += usize::from(try_insert(database, target, &[cells]).is_err());
    }
    assert!(
        refused * 2 <= corpus.strays.len(),
        "{}: {refused} strays are not stored",
        database.name()
    );
}

/// Returns the id of a document. With tenants, four documents have the same id.
fn id(shape: Shape, corpus: &Corpus, position: usize) -> Option<String> {
    let first = if shape.tenant.is_some() { position - position % TENANTS.len() } else { position };
    corpus.rows[first].id.clone()
}

fn columns(shape: Shape) -> Vec<&'static str> {
    let mut columns = vec!["_id", "_uid", "_permissions"];
    if shape.tenant.is_some() {
        columns.push("_tenant");
    }
    columns
}

fn cells(dialect: Dialect, shape: Shape, corpus: &Corpus, position: usize, row: &Row) -> Vec<Cell> {
    let list = match (shape.place, row.stored.json()) {
        // The condition does not read the column. Some texts cannot be stored in it.
        (_, None) | (Place::Perms, _) => Cell::Null,
        (Place::Array, _) => Cell::Texts(row.stored.permissions().to_vec()),
        (_, Some(json)) => match shape.json_type().filter(|_| dialect == Dialect::Postgres) {
            Some(json_type) => Cell::Json(json, json_type),
            None => Cell::Text(json),
        },
    };
    let id = id(shape, corpus, position).map_or(Cell::Null, Cell::Text);
    let mut cells = vec![Cell::Integer(i64::try_from(position + 1).unwrap()), id, list];
    if shape.tenant.is_some() {
        cells.push(TENANTS[position % TENANTS.len()].map_or(Cell::Null, Cell::Integer));
    }
    cells
}

/// The rows of one statement.
const ROWS: usize = 100;

pub(super) fn insert(database: &mut dyn Database, target: Target<'_>, rows: &[Vec<Cell>]) {
    for chunk in rows.chunks(ROWS) {
        let name = database.name();
        try_insert(database, target, chunk)
            .unwrap_or_else(|error| panic!("{name}: {error}\n{target:?}"));
    }
}

fn try_insert(
    database: &mut dyn Database,
    target: Target<'_>,
    rows: &[Vec<Cell>],
) -> Result<u64, String> {
    let dialect = database.dialect();
    let (table, columns) = target;
    let mut binds = Vec::new();
    let rows: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells: Vec<_> =
                row.iter().map(|cell| expression(dialect, cell, &mut binds)).collect();
            format!("({})", cells.join(", "))
        })
        .collect();
    let sql = format!("INSERT INTO {table} ({}) VALUES {}", columns.join(", "), rows.join(", "));
    database.execute(&sql, &binds)
}

/// Returns the expression for a value, and binds a text.
fn expression(dialect: Dialect, cell: &Cell, binds: &mut Vec<Bind>) -> String {
    let number = binds.len() + 1;
    let placeholder = match dialect {
        Dialect::Sqlite => format!("?{number}"),
        Dialect::MariaDb => "?".into(),
        _ => format!("${number}"),
    };
    match cell {
        Cell::Null => "NULL".into(),
        Cell::Integer(integer) => integer.to_string(),
        Cell::Text(text) => {
            binds.push(Bind::Text(text.clone()));
            if dialect == Dialect::Postgres {
                format!("CAST({placeholder} AS text)")
            } else {
                placeholder
            }
        }
        Cell::Texts(texts) => {
            binds.push(Bind::TextArray(texts.clone()));
            let array = if dialect == Dialect::Postgres { "text[]" } else { "VARCHAR[]" };
            format!("CAST({placeholder} AS {array})")
        }
        Cell::Json(json, json_type) => {
            binds.push(Bind::Text(json.clone()));
            format!("CAST(CAST({placeholder} AS text) AS {json_type})")
        }
    }
}
