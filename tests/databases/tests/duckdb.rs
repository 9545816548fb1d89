//! DuckDB.

use rolegate_databases::sql::{DuckDb, Place, Shape};

use crate::suite;

const JSON: Place = Place::Json("VARCHAR");

#[test]
fn duckdb_vectors_agree() {
    let shapes = [Place::Perms, JSON, Place::Array, Place::Acl].map(Shape::new);
    suite::vectors_agree(&mut DuckDb::start(&[]), &shapes);
}

#[test]
fn duckdb_hostile_rows_agree_in_every_collation() {
    let shapes =
        [Place::Perms, JSON, Place::Json("JSON"), Place::Array, Place::Acl].map(Shape::new);
    suite::hostile_rows_agree(&mut DuckDb::start(&[]), &shapes);
    let shapes = [Place::Perms, JSON, Place::Array, Place::Acl].map(Shape::new);
    suite::hostile_rows_agree(
        &mut DuckDb::start(&["SET default_collation = 'nocase.noaccent'"]),
        &shapes,
    );
    let shapes =
        [Place::Perms, JSON].map(|place| Shape::new(place).with_text("COLLATE nocase.noaccent"));
    suite::hostile_rows_agree(&mut DuckDb::start(&[]), &shapes);
}

#[test]
fn duckdb_random_rows_agree() {
    let shapes = [Place::Perms, JSON, Place::Array, Place::Acl].map(Shape::new);
    suite::random_rows_agree(&mut DuckDb::start(&[]), &shapes);
}

#[test]
fn duckdb_tenants_are_apart() {
    suite::tenants_are_apart(&mut DuckDb::start(&[]), Place::Perms);
}

#[test]
fn duckdb_conditions_compose() {
    suite::conditions_compose(&mut DuckDb::start(&[]));
}

#[test]
fn duckdb_changed_lists_agree() {
    suite::changed_lists_agree(&mut DuckDb::start(&[]), "main");
}
