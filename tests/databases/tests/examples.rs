//! The example programs, on real databases.

use mysql::prelude::Queryable;
use mysql::{Conn, OptsBuilder};
use postgres::{Client, NoTls};
use rolegate_databases::servers::{MariaDbServer, PostgresServer};
use tokio::runtime::Builder;

#[path = "../examples/mariadb.rs"]
#[expect(dead_code, reason = "the tests call `run` instead of `main`")]
mod mariadb;
#[path = "../examples/postgres.rs"]
#[expect(dead_code, reason = "the tests call `run` instead of `main`")]
mod postgres_notes;
#[path = "../examples/sqlite.rs"]
#[expect(dead_code, reason = "the tests call `run` instead of `main`")]
mod sqlite;

#[test]
fn sqlite_example_returns_visible_notes() {
    let lines = sqlite::run(":memory:").unwrap();
    let expected =
        ["Public", "Ann's", "total: 2", "changed hers: 1", "changed his: 0", "changed public: 0"];
    assert_eq!(lines, expected);
}

#[test]
fn postgres_example_returns_visible_notes_by_index() {
    let server = PostgresServer::shared();
    let url = server.url();
    let mut admin = Client::connect(&format!("{url} dbname=postgres"), NoTls).unwrap();
    admin.batch_execute("CREATE DATABASE notes").unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let lines = runtime.block_on(postgres_notes::run(&format!("{url} dbname=notes"))).unwrap();

    let (page, rest) = lines.split_at(25);
    let hers = (0..24).map(|position| format!("note {}", 19_507 - 500 * position));
    assert_eq!(page, ["public".to_owned()].into_iter().chain(hers).collect::<Vec<_>>());
    let [plan, changes @ ..] = rest else { panic!("{lines:?}") };
    assert!(plan.contains("Bitmap Index Scan on notes_permissions"), "{plan}");
    assert_eq!(changes, ["changed hers: 1", "changed his: 0", "changed public: 0"]);
}

#[test]
fn postgres_example_migrates_as_documented() {
    let documentation = include_str!("../../../src/query/sql/mod.rs");
    for line in postgres_notes::MIGRATION.trim().lines() {
        assert!(documentation.contains(&format!("//! {line}\n")), "not documented: {line}");
    }
}

/// The tables of a collection, as Appwrite creates them, with four documents.
const APPWRITE: &str = r"
    CREATE DATABASE examples CHARACTER SET utf8mb4;
    USE examples;
    CREATE TABLE app_notes (
        _id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, _uid VARCHAR(255) NOT NULL,
        _createdAt DATETIME(3), _permissions MEDIUMTEXT, UNIQUE KEY _uid (_uid));
    CREATE TABLE app_notes_perms (
        _id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, _type VARCHAR(12) NOT NULL,
        _permission VARCHAR(255) NOT NULL, _document VARCHAR(255) NOT NULL,
        UNIQUE KEY _index1 (_document, _type, _permission), KEY _permission (_permission, _type));
    INSERT INTO app_notes (_uid, _createdAt) VALUES
        ('old', '2019-05-01'), ('hers', '2026-05-01'), ('his', '2026-05-02'), ('public', '2026-05-03');
    INSERT INTO app_notes_perms (_type, _permission, _document) VALUES ('read', 'any', 'old'),
        ('read', 'user:ann', 'hers'), ('read', 'user:ANN', 'his'), ('read', 'any', 'public')";

#[test]
fn mariadb_example_returns_visible_documents() {
    let server = MariaDbServer::shared();
    let socket = server.socket().to_str().unwrap();
    let options = OptsBuilder::new().user(Some("root")).socket(Some(socket));
    let mut connection = Conn::new(options).unwrap();
    for statement in APPWRITE.split(';') {
        connection.query_drop(statement).unwrap();
    }

    let url = format!("mysql://root@localhost/examples?socket={socket}");
    let lines = mariadb::run(&url, "app_notes", &["any", "users", "user:ann"]).unwrap();
    assert_eq!(lines, ["public", "hers", "total: 3"]);
    let lines = mariadb::run::<&str>(&url, "app_notes", &[]).unwrap();
    assert_eq!(lines, ["total: 0"]);
}
