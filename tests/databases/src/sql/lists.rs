//! Documents with numbers of lists: how a host writes them with `AclSchema`.

use std::collections::{BTreeSet, HashSet};

use rolegate::query::Plan;
use rolegate::query::sql::{AclSchema, Bind, Dialect, Fragment, StoredList};
use rolegate::{Action, Permission, Principal};

use super::place::{DOCUMENTS, Place, schema};
use super::{Database, Shape, SqlStore, ask, run};
use crate::check::{Store, Wanted};
use crate::corpus::{Corpus, Row, Stored};

/// The tables of lists, and the table of documents.
struct Writer<'d> {
    database: &'d mut dyn Database,
    schema: AclSchema,
}

impl<'d> Writer<'d> {
    fn new(database: &'d mut dyn Database) -> Self {
        let schema = schema(database.dialect());
        Self { database, schema }
    }

    fn run(&mut self, fragment: &Fragment) -> u64 {
        run(self.database, fragment.text(), fragment.binds())
    }

    fn insert_list(&mut self, list: &StoredList) {
        for fragment in self.schema.insert_list(list) {
            self.run(&fragment);
        }
    }

    fn insert_document(&mut self, position: usize, list: Option<&StoredList>) {
        let Some(list) = list else {
            let sql = format!(
                "INSERT INTO {DOCUMENTS} (_id, _uid, acl) VALUES ({0}, 'd{0}', NULL)",
                position + 1
            );
            run(self.database, &sql, &[]);
            return;
        };
        let number = self.schema.number(list, 1);
        let sql = format!(
            "INSERT INTO {DOCUMENTS} (_id, _uid, acl) VALUES ({0}, 'd{0}', {1})",
            position + 1,
            number.text()
        );
        assert_eq!(run(self.database, &sql, number.binds()), 1);
        self.run(&self.schema.count_one_more(list));
    }

    /// Replaces the list of a document. The placeholder of the document's number is the first one.
    fn update_document(&mut self, position: usize, new: &StoredList) {
        let old = self.number_of(position);
        self.insert_list(new);
        let number = self.schema.number(new, 2);
        let (dialect, text) = (self.database.dialect(), Bind::Text((position + 1).to_string()));
        let (sql, binds) = match dialect {
            // The placeholders have no numbers, and stand in the order of the values.
            Dialect::MariaDb => (
                format!(
                    "UPDATE {DOCUMENTS} SET acl = {} WHERE _id = CAST(? AS SIGNED)",
                    number.text()
                ),
                [number.binds(), &[text]].concat(),
            ),
            _ => (
                format!(
                    "UPDATE {DOCUMENTS} SET acl = {} WHERE _id = {}",
                    number.text(),
                    first_integer(dialect)
                ),
                [&[text], number.binds()].concat(),
            ),
        };
        assert_eq!(run(self.database, &sql, &binds), 1);
        self.run(&self.schema.count_one_more(new));
        assert_eq!(self.run(&self.schema.count_one_less(old)), 1);
    }

    fn delete_document(&mut self, position: usize) {
        let number = self.number_of(position);
        let sql = format!("DELETE FROM {DOCUMENTS} WHERE _id = {}", position + 1);
        assert_eq!(run(self.database, &sql, &[]), 1);
        assert_eq!(self.run(&self.schema.count_one_less(number)), 1);
    }

    /// Returns the number of the list of a document.
    fn number_of(&mut self, position: usize) -> i64 {
        let sql = format!("SELECT acl FROM {DOCUMENTS} WHERE _id = {}", position + 1);
        ask(self.database, &sql, &[])[0]
    }

    fn total(&mut self, plan: &Plan<'_>) -> i64 {
        total(self.database, &self.schema, plan)
    }

    /// Returns the number of rows of one of the tables of lists.
    fn count_rows(&mut self, table: &str) -> i64 {
        ask(self.database, &format!("SELECT count(*) FROM app_acl_{table}"), &[])[0]
    }
}

/// Returns the first placeholder as an integer.
fn first_integer(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "CAST(?1 AS INTEGER)",
        Dialect::Postgres => "CAST(CAST($1 AS text) AS bigint)",
        _ => "CAST($1 AS BIGINT)",
    }
}

/// Returns the list that a host stores for a row.
fn stored_list(row: &Row) -> Option<StoredList> {
    match &row.stored {
        Stored::Null => None,
        stored => Some(StoredList::new(
            stored.permissions().iter().filter_map(|text| Permission::parse(text).ok()),
        )),
    }
}

/// Inserts the documents of a corpus, their lists and their counts. Every document is stored.
pub(super) fn documents(database: &mut dyn Database, corpus: &Corpus) -> BTreeSet<usize> {
    run(database, "BEGIN", &[]);
    let mut writer = Writer::new(database);
    let mut known = HashSet::new();
    for (position, row) in corpus.rows.iter().enumerate() {
        let list = stored_list(row);
        if let Some(list) = &list {
            // The first lists are inserted again, which changes nothing.
            if known.insert(list.clone()) || position < 20 {
                writer.insert_list(list);
            }
        }
        writer.insert_document(position, list.as_ref());
    }
    assert_eq!(writer.count_rows("lists"), i64::try_from(known.len()).unwrap());
    run(database, "COMMIT", &[]);
    (0..corpus.rows.len()).collect()
}

/// Checks that totals and conditions follow changed and deleted documents, and that unused lists are removed.
pub fn check_changes(database: &mut dyn Database, corpus: &Corpus) {
    let name = format!("{}, {}", database.name(), corpus.name);
    let mut lists: Vec<Option<StoredList>> = corpus.rows.iter().map(stored_list).collect();
    let mut rows: Vec<Option<&Row>> = corpus.rows.iter().map(Some).collect();
    let mut store = SqlStore::new(database, Shape::new(Place::Acl));
    store.load(corpus);
    check_totals(&mut store, corpus, &rows);

    let mut writer = Writer::new(store.database);
    let count = rows.len();
    for position in (0..count).filter(|position| position % 3 == 0) {
        let other = (position * 7 + 1) % count;
        let (Some(old), Some(new)) = (lists[position].clone(), lists[other].clone()) else {
            continue;
        };
        // MariaDB does not count a row that keeps its values.
        if old == new {
            continue;
        }
        writer.update_document(position, &new);
        rows[position] = rows[other];
        lists[position] = Some(new);
    }
    for position in (0..count).filter(|position| position % 5 == 0) {
        if lists[position].take().is_none() {
            continue;
        }
        writer.delete_document(position);
        rows[position] = None;
    }
    check_totals(&mut store, corpus, &rows);

    let mut writer = Writer::new(store.database);
    let used: BTreeSet<String> =
        lists.iter().flatten().map(|list| list.as_str().to_owned()).collect();
    let removal = writer.schema.remove_unused_lists(&[(DOCUMENTS, "acl")]).unwrap();
    for statement in removal.into_iter().chain([writer.schema.remove_unused_counts()]) {
        run(writer.database, &statement, &[]);
    }
    let used = i64::try_from(used.len()).unwrap();
    assert_eq!(writer.count_rows("lists"), used, "{name}: unused lists are left");
    assert!(writer.count_rows("counts") <= used, "{name}: counts of unused lists are left");
    let strays =
        "SELECT count(*) FROM app_acl_grants WHERE acl NOT IN (SELECT acl FROM app_acl_lists)";
    assert_eq!(ask(writer.database, strays, &[]), [0], "{name}: grants of unused lists are left");
    check_totals(&mut store, corpus, &rows);

    let writer = Writer::new(store.database);
    run(writer.database, "UPDATE app_acl_counts SET documents = 7", &[]);
    for statement in writer.schema.count_all(&[(DOCUMENTS, "acl")]).unwrap() {
        run(writer.database, &statement, &[]);
    }
    check_totals(&mut store, corpus, &rows);
}

/// Checks that the tables can be in a schema of the database.
pub fn check_prefix(database: &mut dyn Database, prefix: &str) {
    database.reset();
    let schema = AclSchema::new(database.dialect(), prefix).unwrap();
    for statement in schema.create().iter().chain([&schema.create_counts()]) {
        run(database, statement, &[]);
    }
    let mut writer = Writer { database, schema };
    let list = StoredList::new([Permission::parse("read(\"any\")").unwrap()]);
    writer.insert_list(&list);
    assert_eq!(writer.run(&writer.schema.count_one_more(&list)), 1);
    let guest = Principal::guest();
    assert_eq!(writer.total(&guest.plan(Action::Read)), 1);
    let removal = writer.schema.remove_unused_lists(&[]).unwrap();
    for statement in removal.iter().chain([&writer.schema.remove_unused_counts()]) {
        run(writer.database, statement, &[]);
    }
    assert_eq!(writer.total(&guest.plan(Action::Read)), 0);
}

/// Checks the totals and rows of each question without a collection. A row that was deleted is `None`.
fn check_totals(store: &mut SqlStore<'_>, corpus: &Corpus, rows: &[Option<&Row>]) {
    for question in &corpus.questions {
        let plan = question.plan().unwrap();
        let visible = |row: &&Row| question.allows(row.stored.permissions());
        let right: BTreeSet<usize> = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.as_ref().is_some_and(visible))
            .map(|(n, _)| n)
            .collect();
        let found = store.find(&plan, Wanted::Allowed);
        assert_eq!(found, right, "{}: {question:?}", store.name());
        // Documents without a list are not counted.
        let counted =
            |position: &&usize| rows[**position].is_some_and(|row| row.stored != Stored::Null);
        let counted = right.iter().filter(counted).count();
        let total = Writer::new(store.database).total(&plan);
        assert_eq!(
            total,
            i64::try_from(counted).unwrap(),
            "{}: total of {question:?}",
            store.name()
        );
    }
}

/// Returns a total as an integer. Some databases return a sum as a decimal.
fn total(database: &mut dyn Database, schema: &AclSchema, plan: &Plan<'_>) -> i64 {
    let total = schema.total(plan);
    let integer = match database.dialect() {
        Dialect::Sqlite => "INTEGER",
        Dialect::MariaDb => "SIGNED",
        _ => "BIGINT",
    };
    let sql = format!("SELECT CAST(t.total AS {integer}) FROM ({}) AS t", total.text());
    let [total] = ask(database, &sql, total.binds())[..] else { panic!("{sql}: expected one row") };
    total
}
