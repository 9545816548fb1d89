//! The comparison of a database with the decisions: [`check`].

use std::collections::BTreeSet;
use std::fmt;
use std::ops::AddAssign;

use rolegate::query::Plan;

use crate::corpus::{Corpus, Question, Row};

/// A database with one layout.
pub trait Store {
    fn name(&self) -> String;

    /// Replaces all rows. Returns the positions of the rows that the database stored.
    fn load(&mut self, corpus: &Corpus) -> BTreeSet<usize>;

    /// Returns the positions of the rows that a plan allows, or of those that it denies.
    fn find(&mut self, plan: &Plan<'_>, wanted: Wanted) -> BTreeSet<usize>;

    /// Returns the permissions that the database reads from a row, or `None` if the row belongs to another tenant.
    fn reading<'r>(&self, position: usize, row: &'r Row) -> Option<Reading<'r>>;

    /// Returns the text of a query, for the messages of failures.
    fn query_text(&self, plan: &Plan<'_>) -> String;
}

/// The rows that a query asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// The rows for which the condition is true.
    Allowed,
    /// The rows for which the negated condition is true.
    Denied,
}

/// The permissions of a row as a database reads them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading<'r> {
    /// These permissions.
    Exactly(&'r [String]),
    /// These permissions, or no permission.
    AtMost(&'r [String]),
}

/// The number of comparisons and queries.
#[derive(Clone, Copy, Default, Debug)]
pub struct Tally {
    pub decisions: usize,
    pub allowed: usize,
    pub queries: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.decisions += other.decisions;
        self.allowed += other.allowed;
        self.queries += other.queries;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { decisions, allowed, queries } = self;
        write!(f, "{decisions} decisions ({allowed} allowed) in {queries} queries")
    }
}

/// Loads a corpus into a store, and compares the answer to each question with the decision on each row.
pub fn check(store: &mut dyn Store, corpus: &Corpus) -> Tally {
    let stored = store.load(corpus);
    let refused: Vec<_> = corpus
        .rows
        .iter()
        .enumerate()
        .filter(|(n, row)| !stored.contains(n) && row.is_plain())
        .collect();
    assert!(refused.is_empty(), "{}: rows are not stored: {refused:?}", store.name());
    let mut tally = Tally::default();
    for (number, question) in corpus.questions.iter().enumerate() {
        let Some(plan) = checked_plan(question, corpus) else { continue };
        let allowed = store.find(&plan, Wanted::Allowed);
        tally.queries += 1;
        let wrong = wrong_rows(store, corpus, question, &stored, &allowed);
        assert!(
            wrong.is_empty(),
            "{}, corpus {}: {} rows are wrong for {question:?}\n{}\n{}",
            store.name(),
            corpus.name,
            wrong.len(),
            wrong[..wrong.len().min(5)].join("\n"),
            store.query_text(&plan),
        );
        if number % corpus.negate_every == 0 {
            let denied = store.find(&plan, Wanted::Denied);
            tally.queries += 1;
            let others: BTreeSet<usize> = stored.difference(&allowed).copied().collect();
            assert_eq!(
                denied,
                others,
                "{}, corpus {}: the negated condition for {question:?}\n{}",
                store.name(),
                corpus.name,
                store.query_text(&plan)
            );
        }
        tally.decisions += stored.len();
        tally.allowed += allowed.len();
    }
    tally
}

/// Returns the plan of a question, or `None` if the collection refuses the question.
///
/// A collection refuses to list exactly if the plan is an error, and then no row is allowed.
fn checked_plan<'q>(question: &'q Question, corpus: &Corpus) -> Option<Plan<'q>> {
    let plan = question.plan();
    if let Some(refused) = question.listing_is_refused() {
        assert_eq!(plan.is_err(), refused, "corpus {}: {question:?}", corpus.name);
    }
    if plan.is_err() {
        let granted = corpus.rows.iter().find(|row| question.allows(row.stored.permissions()));
        assert_eq!(granted, None, "corpus {}: the plan is an error for {question:?}", corpus.name);
    }
    plan.ok()
}

/// Returns a line for each row whose answer differs from the decision.
fn wrong_rows(
    store: &dyn Store,
    corpus: &Corpus,
    question: &Question,
    stored: &BTreeSet<usize>,
    allowed: &BTreeSet<usize>,
) -> Vec<String> {
    let mut wrong: Vec<_> = allowed
        .difference(stored)
        .map(|position| format!("row {position} does not exist"))
        .collect();
    for &position in stored {
        let row = &corpus.rows[position];
        let found = allowed.contains(&position);
        let right = match store.reading(position, row) {
            None => !found,
            Some(Reading::Exactly(list)) => found == question.allows(list),
            Some(Reading::AtMost(list)) => !found || question.allows(list),
        };
        if !right {
            wrong.push(format!("row {position} is allowed: {found}; {row:?}"));
        }
    }
    wrong
}
