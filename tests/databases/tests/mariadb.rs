//! MariaDB.

use rolegate_databases::servers::MariaDbServer;
use rolegate_databases::sql::{MariaDb, Place, Shape};

use crate::suite;

const JSON: Place = Place::Json("MEDIUMTEXT");

/// The character set that Appwrite's databases have. Its collation ignores case, accents and trailing spaces.
const UTF8: &str = "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";

#[test]
fn mariadb_vectors_agree() {
    let server = MariaDbServer::shared();
    let shapes = [Place::Perms, JSON, Place::Acl].map(Shape::new);
    suite::vectors_agree(&mut MariaDb::connect(&server, "vectors", UTF8), &shapes);
}

#[test]
fn mariadb_hostile_rows_agree_in_every_collation() {
    let server = MariaDbServer::shared();
    let collations = [
        // The default of the server.
        "",
        UTF8,
        "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
        "CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
        "CHARACTER SET latin1",
    ];
    for collation in collations {
        let mut database = MariaDb::connect(&server, "hostile", collation);
        let shapes = [Place::Perms, JSON, Place::Acl].map(Shape::new);
        suite::hostile_rows_agree(&mut database, &shapes);
    }
    let mut database = MariaDb::connect(&server, "hostile", UTF8);
    suite::hostile_rows_agree(&mut database, &[Shape::new(Place::Json("JSON"))]);
}

#[test]
fn mariadb_random_rows_agree() {
    let server = MariaDbServer::shared();
    let shapes = [Place::Perms, JSON, Place::Acl].map(Shape::new);
    suite::random_rows_agree(&mut MariaDb::connect(&server, "random", UTF8), &shapes);
}

#[test]
fn mariadb_tenants_are_apart() {
    let server = MariaDbServer::shared();
    suite::tenants_are_apart(&mut MariaDb::connect(&server, "tenants", UTF8), Place::Perms);
}

#[test]
fn mariadb_conditions_compose() {
    let server = MariaDbServer::shared();
    suite::conditions_compose(&mut MariaDb::connect(&server, "composed", UTF8));
}

#[test]
fn mariadb_changed_lists_agree() {
    let server = MariaDbServer::shared();
    suite::changed_lists_agree(&mut MariaDb::connect(&server, "changed", UTF8), "changed");
}
