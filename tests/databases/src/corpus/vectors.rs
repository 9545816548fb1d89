//! Appwrite's answers in `tests/data/conformance`, as rows and questions.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use rolegate::{Action, Collection, Principal, Role};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Constraints, Corpus, Question, Row, Stored};

#[derive(Deserialize)]
struct Decision {
    roles: Vec<String>,
    bypass: bool,
    action: Action,
    permissions: Vec<String>,
}

#[derive(Deserialize)]
struct Listing {
    roles: Vec<String>,
    bypass: bool,
    collection: StoredCollection,
    documents: Vec<Document>,
}

#[derive(Deserialize, PartialEq, Eq, Hash, Clone)]
#[serde(rename_all = "camelCase")]
struct StoredCollection {
    permissions: Vec<String>,
    document_security: bool,
    #[serde(default = "enabled")]
    enabled: Option<bool>,
}

/// Returns the value of a missing flag.
#[allow(clippy::unnecessary_wraps, reason = "the type is that of the field")]
fn enabled() -> Option<bool> {
    Some(true)
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "$permissions")]
    permissions: Vec<String>,
}

/// Returns a number of corpora, each with every so many lines of the vectors of decisions and collections.
///
/// Each question is asked about all rows of its corpus.
pub fn vectors(parts: usize) -> Vec<Corpus> {
    let decisions: Vec<Decision> =
        [lines("decisions"), lines("decisions_raw")].into_iter().flatten().collect();
    let listings: Vec<Listing> =
        [lines("collections"), lines("collections_raw")].into_iter().flatten().collect();
    (0..parts)
        .map(|part| {
            let mut builder = Builder::default();
            for decision in decisions.iter().skip(part).step_by(parts) {
                builder.decision(decision);
            }
            for listing in listings.iter().skip(part).step_by(parts) {
                builder.listing(listing);
            }
            Corpus {
                name: format!("vectors {} of {parts}", part + 1),
                rows: builder.rows,
                strays: Vec::new(),
                questions: builder.questions,
                constraints: Constraints::Loose,
                negate_every: 5,
            }
        })
        .collect()
}

/// Rows and questions without repetitions.
#[derive(Default)]
struct Builder {
    rows: Vec<Row>,
    lists: HashSet<Vec<String>>,
    questions: Vec<Question>,
    asked: HashMap<(Principal, Option<StoredCollection>), HashSet<Action>>,
}

impl Builder {
    fn decision(&mut self, decision: &Decision) {
        self.row(&decision.permissions);
        self.question(principal(&decision.roles, decision.bypass), None, decision.action);
    }

    fn listing(&mut self, listing: &Listing) {
        for document in &listing.documents {
            self.row(&document.permissions);
        }
        for action in [Action::Read, Action::Update, Action::Delete] {
            let principal = principal(&listing.roles, listing.bypass);
            self.question(principal, Some(&listing.collection), action);
        }
    }

    fn row(&mut self, list: &[String]) {
        if self.lists.insert(list.to_vec()) {
            self.rows.push(Row::new(self.rows.len(), Stored::List(list.to_vec())));
        }
    }

    fn question(
        &mut self,
        principal: Principal,
        stored: Option<&StoredCollection>,
        action: Action,
    ) {
        if self.asked.entry((principal.clone(), stored.cloned())).or_default().insert(action) {
            let collection = stored.map(StoredCollection::collection);
            self.questions.push(Question { principal, collection, action });
        }
    }
}

impl StoredCollection {
    fn collection(&self) -> Collection {
        let collection = Collection::new(&self.permissions, self.document_security.into());
        if self.enabled == Some(true) { collection } else { collection.closed() }
    }
}

/// Returns a principal with those of the roles that are well-formed.
fn principal(roles: &[String], bypass: bool) -> Principal {
    if bypass {
        return Principal::key_with_bypass();
    }
    Principal::from_roles(roles.iter().filter_map(|role| Role::parse(role).ok()))
}

/// Returns the lines of a file of vectors.
fn lines<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../data/conformance/{name}.ndjson"));
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}
