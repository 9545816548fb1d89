//! `collections`, `collections_raw`: which operations a collection and its documents allow.

use std::collections::BTreeMap;

use rolegate::{
    AccessDenied, AclColumn, AclTable, Action, Collection, Listing, Principal, Refusal, Visibility,
};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::decisions::principal;
use super::differences::{Differences, Question, Verdicts};
use super::{check_all, same};

#[derive(Deserialize)]
struct Case {
    roles: Vec<String>,
    bypass: bool,
    collection: Stored,
    documents: Vec<Document>,
    list: Listed,
    count: Value,
    get: BTreeMap<String, bool>,
    update: BTreeMap<String, String>,
    delete: BTreeMap<String, String>,
    create: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    permissions: Vec<String>,
    document_security: bool,
    #[serde(default = "enabled", deserialize_with = "null_as_false")]
    enabled: bool,
}

/// Returns the value of a missing flag `enabled`. In Appwrite a missing flag means `false`. The vectors without
/// the flag end before Appwrite reads it.
fn enabled() -> bool {
    true
}

fn null_as_false<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "$id")]
    id: String,
    #[serde(rename = "$permissions")]
    permissions: Vec<String>,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
enum Listed {
    Ok(Vec<String>),
    Error(String),
}

/// A comparison of two verdicts on a named question.
type Compare<'a> = &'a mut dyn FnMut(&str, Verdicts, &Question<'_>) -> Result<(), String>;

impl Case {
    fn collection(&self) -> Collection {
        let Stored { permissions, document_security, enabled } = &self.collection;
        let collection = Collection::new(permissions, (*document_security).into());
        if *enabled { collection } else { collection.closed() }
    }

    /// Returns the documents that a list gives. Compiled lists and raw strings must agree.
    fn listed(&self, principal: &Principal) -> Result<Vec<String>, String> {
        let collection = self.collection();
        let mut table = AclTable::new();
        let lists =
            self.documents.iter().map(|document| table.insert_lenient(&document.permissions));
        let column: AclColumn =
            lists.map(|list| list.map(|(id, _)| id)).collect::<Result<_, _>>().unwrap();
        let visibility: Result<Visibility, AccessDenied> =
            collection.visibility(principal, Action::Read, &table);
        let scope = collection.list(principal);
        same("error", &visibility.is_err(), &scope.is_err())?;
        let visibility = visibility.map_err(|denied| match denied.error_type() {
            "user_unauthorized" => "Authorization".to_owned(),
            other => other.to_owned(),
        })?;

        let selection = visibility.filter(&column);
        let compiled: Vec<String> =
            selection.iter().map(|position| self.documents[position].id.clone()).collect();
        let matcher = principal.matcher(Action::Read);
        let raw = self.documents.iter().filter(|document| match scope {
            Ok(Listing::EveryDocument) => true,
            _ => matcher.allows(&document.permissions),
        });
        let raw: Vec<String> = raw.map(|document| document.id.clone()).collect();
        same("compiled and raw", &compiled, &raw)?;
        Ok(compiled)
    }

    /// Returns a question about the collection, or about one of its documents.
    fn question<'a>(&'a self, action: Action, document: Option<&'a Document>) -> Question<'a> {
        let Self { roles, bypass, collection, .. } = self;
        let own = collection.permissions.as_slice();
        let document = document.filter(|_| collection.document_security);
        let lists = [own].into_iter().chain(document.map(|d| d.permissions.as_slice()));
        let lists = lists.filter(|_| collection.enabled).collect();
        Question { action, bypass: *bypass, roles, lists }
    }

    /// Compares every operation on every document and on the collection.
    fn compare(&self, compare: Compare<'_>) -> Result<(), String> {
        let principal = principal(&self.roles, self.bypass);
        let collection = self.collection();
        for document in &self.documents {
            let Document { id, permissions } = document;
            for action in Action::ALL {
                let (ours, name, appwrite) = match action {
                    Action::Create => continue,
                    Action::Read => (collection.get(&principal, permissions), "get", self.get[id]),
                    Action::Update => {
                        let ours = collection.update(&principal, permissions);
                        (ours, "update", verdict(&self.update[id])?)
                    }
                    Action::Delete => {
                        let ours = collection.delete(&principal, permissions);
                        (ours, "delete", verdict(&self.delete[id])?)
                    }
                };
                let ours = ours.is_ok();
                let explained = collection.explain(&principal, action, permissions).allowed;
                same("explanation", &explained, &ours)?;
                let question = self.question(action, Some(document));
                compare(&format!("{name} {id}"), Verdicts { ours, appwrite }, &question)?;
            }
            let unchanged = collection.update_without_changes(&principal, permissions).is_ok();
            same("unchanged", &unchanged, &collection.get(&principal, permissions).is_ok())?;
        }
        let ours = collection.create(&principal).is_ok();
        let explained = collection.explain(&principal, Action::Create, [""; 0]).allowed;
        same("explanation", &explained, &ours)?;
        let verdicts = Verdicts { ours, appwrite: verdict(&self.create)? };
        compare("create", verdicts, &self.question(Action::Create, None))
    }

    /// Checks that Appwrite's count is the length of its list, or the same error.
    fn check_count(&self) -> Result<(), String> {
        let expected = match &self.list {
            Listed::Ok(ids) => Value::from(ids.len()),
            Listed::Error(error) => serde_json::json!({ "error": error }),
        };
        same("count", &expected, &self.count)
    }
}

/// Returns `true` if an operation was allowed.
fn verdict(answer: &str) -> Result<bool, String> {
    match answer {
        "ok" => Ok(true),
        "Authorization" | "collection_not_found" | "table_not_found" => Ok(false),
        other => Err(format!("unknown answer {other:?}")),
    }
}

#[test]
fn collection_well_formed_answers_as_appwrite() {
    check_all("collections", |case: &Case| {
        let principal = principal(&case.roles, case.bypass);
        let listed = match case.listed(&principal) {
            Ok(ids) => Listed::Ok(ids),
            Err(error) => Listed::Error(error),
        };
        same("list", &listed, &case.list)?;
        case.check_count()?;
        case.compare(&mut |what, Verdicts { ours, appwrite }, _| same(what, &ours, &appwrite))
    });
}

#[test]
fn collection_stored_raw_allows_no_more_than_appwrite() {
    let mut differences = Differences::default();
    let mut number = 0;
    check_all("collections_raw", |case: &Case| {
        number += 1;
        case.check_count()?;
        let listed = case.listed(&principal(&case.roles, case.bypass));
        let ours: &[String] = listed.as_deref().unwrap_or_default();
        let appwrite: &[String] = match &case.list {
            Listed::Ok(ids) => ids,
            Listed::Error(_) => &[],
        };
        if !case.collection.document_security || !case.collection.enabled {
            let verdicts =
                Verdicts { ours: listed.is_ok(), appwrite: matches!(case.list, Listed::Ok(_)) };
            let question = case.question(Action::Read, None);
            differences.compare(&format!("line {number}: list"), verdicts, &question)?;
        } else if listed.is_err() || matches!(case.list, Listed::Error(_)) {
            return Err("an error, although documents can grant".into());
        }
        for document in &case.documents {
            let (ours, appwrite) = (ours.contains(&document.id), appwrite.contains(&document.id));
            let name = format!("line {number}: list {}", document.id);
            let question = case.question(Action::Read, Some(document));
            differences.compare(&name, Verdicts { ours, appwrite }, &question)?;
        }
        case.compare(&mut |what, verdicts, question| {
            differences.compare(&format!("line {number}: {what}"), verdicts, question)
        })
    });
    differences.finish("collections_raw");
}
