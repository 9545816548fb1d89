//! PostgreSQL.

use rolegate_databases::servers::PostgresServer;
use rolegate_databases::sql::{self, Place, Postgres, Shape};

use crate::suite;

const TEXT: Place = Place::Json("text");

#[test]
fn postgres_vectors_agree() {
    let server = PostgresServer::shared();
    let shapes = [Place::Perms, TEXT, Place::Array, Place::Jsonb, Place::Acl].map(Shape::new);
    suite::vectors_agree(&mut Postgres::connect(&server, "vectors"), &shapes);
}

#[test]
fn postgres_hostile_rows_agree_in_every_collation_and_plan() {
    let server = PostgresServer::shared();
    let mut scanning = Postgres::connect(&server, "hostile_scan");
    let mut indexed = Postgres::connect(&server, "hostile_index");
    indexed.prefer_indexes();
    for text in ["", "COLLATE \"C\"", "COLLATE utf8_ci_ai"] {
        let shapes =
            [Place::Perms, TEXT, Place::Array].map(|place| Shape::new(place).with_text(text));
        suite::hostile_rows_agree(&mut scanning, &shapes);
        suite::hostile_rows_agree(&mut indexed, &shapes);
    }
    let shapes =
        [Place::Json("json"), Place::Json("jsonb"), Place::Jsonb, Place::Acl].map(Shape::new);
    suite::hostile_rows_agree(&mut scanning, &shapes);
    suite::hostile_rows_agree(&mut indexed, &shapes);
}

#[test]
fn postgres_random_rows_agree() {
    let server = PostgresServer::shared();
    let mut database = Postgres::connect(&server, "random");
    let shapes = [Place::Perms, TEXT, Place::Array, Place::Jsonb, Place::Acl].map(Shape::new);
    suite::random_rows_agree(&mut database, &shapes);
    let ignoring_case =
        [Place::Perms, Place::Array].map(|place| Shape::new(place).with_text("COLLATE utf8_ci_ai"));
    database.prefer_indexes();
    suite::random_rows_agree(&mut database, &ignoring_case);
}

#[test]
fn postgres_citext_columns_are_compared_byte_for_byte() {
    let server = PostgresServer::shared();
    sql::check_types(&mut Postgres::connect(&server, "types"));
}

#[test]
fn postgres_tenants_are_apart() {
    let server = PostgresServer::shared();
    let mut database = Postgres::connect(&server, "tenants");
    suite::tenants_are_apart(&mut database, Place::Perms);
    suite::tenants_are_apart(&mut database, Place::Jsonb);
}

#[test]
fn postgres_conditions_compose() {
    let server = PostgresServer::shared();
    suite::conditions_compose(&mut Postgres::connect(&server, "composed"));
}

#[test]
fn postgres_changed_lists_agree() {
    let server = PostgresServer::shared();
    suite::changed_lists_agree(&mut Postgres::connect(&server, "changed"), "public");
}
