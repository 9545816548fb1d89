//! The checks that every database with SQL passes.

use rolegate_databases::corpus::{Corpus, hostile, hostile_json, random, vectors};
use rolegate_databases::sql::{self, Database, Place, Shape, SqlStore};
use rolegate_databases::{Store, Tally, check};

/// The parts that the vectors are divided into. Each question is asked about the rows of its part.
pub(crate) const PARTS: usize = 8;

/// Checks all corpora, and prints how much was compared.
pub(crate) fn check_all(store: &mut dyn Store, corpora: &[Corpus]) -> Tally {
    let mut tally = Tally::default();
    for corpus in corpora {
        tally += check(store, corpus);
    }
    println!("databases {}: {tally}", store.name());
    assert!(tally.allowed > 0, "{}: no row is allowed", store.name());
    tally
}

/// Compares with the vectors of decisions and collections.
pub(crate) fn vectors_agree(database: &mut dyn Database, shapes: &[Shape]) {
    let vectors = vectors(PARTS);
    for &shape in shapes {
        check_all(&mut SqlStore::new(database, shape), &vectors);
    }
}

/// Compares with hostile rows, and with texts that are JSON or nearly JSON.
pub(crate) fn hostile_rows_agree(database: &mut dyn Database, shapes: &[Shape]) {
    for &shape in shapes {
        let mut corpora = vec![hostile()];
        if matches!(shape.place, Place::Json(_) | Place::Jsonb) {
            corpora.push(hostile_json());
        }
        check_all(&mut SqlStore::new(database, shape), &corpora);
    }
}

/// Compares at least 100,000 random decisions in at most 1,000 queries for each shape.
pub(crate) fn random_rows_agree(database: &mut dyn Database, shapes: &[Shape]) {
    for (seed, &shape) in (1..).zip(shapes) {
        let tally = check_all(&mut SqlStore::new(database, shape), &[random(seed)]);
        assert!(tally.decisions >= 100_000 && tally.queries <= 1_000, "{tally}");
    }
}

/// Checks tables with tenants: one that has rows, the one with the greatest number, and two without rows.
pub(crate) fn tenants_are_apart(database: &mut dyn Database, place: Place) {
    for tenant in [1, 2_147_483_647] {
        check_all(
            &mut SqlStore::new(database, Shape::new(place).with_tenant(tenant)),
            &[hostile(), random(7)],
        );
    }
    for tenant in [0, -1, i64::MAX] {
        let mut store = SqlStore::new(database, Shape::new(place).with_tenant(tenant));
        let tally = check(&mut store, &random(8));
        assert_eq!(tally.allowed, 0, "{}", store.name());
    }
}

/// Checks conditions inside larger queries, in every place.
pub(crate) fn conditions_compose(database: &mut dyn Database) {
    for shape in sql::shapes(database.dialect()) {
        sql::check_compositions(database, shape, &fewer(random(9), 300, 30));
        let mut hostile = hostile();
        hostile.questions.retain(|question| question.principal.roles().len() < 100);
        hostile.questions.truncate(24);
        sql::check_compositions(database, shape, &hostile);
    }
    sql::check_names(database);
}

/// Checks that documents with numbers of lists can be changed and deleted. `schema` is a schema of the database.
pub(crate) fn changed_lists_agree(database: &mut dyn Database, schema: &str) {
    sql::check_prefix(database, &format!("{schema}.q"));
    sql::check_changes(database, &fewer(random(10), 600, 60));
    let mut hostile = hostile();
    hostile.questions.truncate(60);
    sql::check_changes(database, &hostile);
}

fn fewer(mut corpus: Corpus, rows: usize, questions: usize) -> Corpus {
    corpus.rows.truncate(rows);
    corpus.questions.truncate(questions);
    corpus
}
