//! SQLite.

use rolegate_databases::sql::{self, Place, Shape, Sqlite};

use crate::suite;

const JSON: Place = Place::Json("MEDIUMTEXT");

#[test]
fn sqlite_vectors_agree() {
    let shapes = [Place::Perms, JSON, Place::Acl].map(Shape::new);
    suite::vectors_agree(&mut Sqlite::default(), &shapes);
}

#[test]
fn sqlite_hostile_rows_agree_in_every_collation() {
    for text in ["", "COLLATE NOCASE", "COLLATE RTRIM"] {
        let shapes = [Place::Perms, JSON, Place::Json("BLOB")]
            .map(|place| Shape::new(place).with_text(text));
        suite::hostile_rows_agree(&mut Sqlite::default(), &shapes);
    }
    suite::hostile_rows_agree(&mut Sqlite::default(), &[Shape::new(Place::Acl)]);
}

#[test]
fn sqlite_hostile_rows_agree_in_utf_16() {
    let shapes = [Place::Perms, JSON, Place::Acl].map(Shape::new);
    for encoding in ["UTF-16le", "UTF-16be"] {
        suite::hostile_rows_agree(&mut Sqlite::with_encoding(encoding), &shapes);
    }
}

#[test]
fn sqlite_random_rows_agree() {
    let nocase = Shape::new(Place::Perms).with_text("COLLATE NOCASE");
    let shapes = [Shape::new(Place::Perms), nocase, Shape::new(JSON), Shape::new(Place::Acl)];
    suite::random_rows_agree(&mut Sqlite::default(), &shapes);
}

#[test]
fn sqlite_ids_that_are_no_texts_are_hidden() {
    sql::check_types(&mut Sqlite::default());
}

#[test]
fn sqlite_tenants_are_apart() {
    suite::tenants_are_apart(&mut Sqlite::default(), Place::Perms);
}

#[test]
fn sqlite_conditions_compose() {
    suite::conditions_compose(&mut Sqlite::default());
}

#[test]
fn sqlite_changed_lists_agree() {
    suite::changed_lists_agree(&mut Sqlite::default(), "main");
}
