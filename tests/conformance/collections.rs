//! `collections`, `collections_raw`: what may be done in a collection.

use std::collections::BTreeMap;

use rolegate::{
    AclColumn, AclTable, Action, Collection, ListScope, Principal, Unauthorized, Visibility,
};
use serde::Deserialize;
use serde_json::Value;

use super::decisions::{principal, texts};
use super::differences::Differences;
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

/// What is asked of one document, and how the answers compare.
type Compare<'a> =
    &'a mut dyn FnMut(&str, (bool, bool), Action, &[&[String]]) -> Result<(), String>;

impl Case {
    fn collection(&self) -> Collection {
        let Stored { permissions, document_security } = &self.collection;
        Collection::new(permissions, (*document_security).into())
    }

    /// The documents listed by filtering compiled lists, which raw strings must agree with.
    fn listed(&self, principal: &Principal) -> Result<Vec<String>, String> {
        let collection = self.collection();
        let mut table = AclTable::new();
        let lists =
            self.documents.iter().map(|document| table.insert_lenient(&document.permissions));
        let column: AclColumn =
            lists.map(|list| list.map(|(id, _)| id)).collect::<Result<_, _>>().unwrap();
        let visibility: Result<Visibility, Unauthorized> =
            collection.visibility(principal, Action::Read, &table);
        let scope = collection.list(principal);
        same("error", &visibility.is_err(), &scope.is_err())?;
        let Ok(visibility) = visibility else { return Err("Authorization".into()) };

        let selection = visibility.filter(&column);
        let compiled: Vec<String> =
            selection.iter().map(|position| self.documents[position].id.clone()).collect();
        let matcher = principal.matcher(Action::Read);
        let raw = self.documents.iter().filter(|document| match scope {
            Ok(ListScope::All) => true,
            _ => matcher.allows(&document.permissions),
        });
        let raw: Vec<String> = raw.map(|document| document.id.clone()).collect();
        same("compiled and raw", &compiled, &raw)?;
        Ok(compiled)
    }

    /// Every operation on every document and on the collection.
    fn compare(&self, compare: Compare<'_>) -> Result<(), String> {
        let principal = principal(&self.roles, self.bypass);
        let collection = self.collection();
        let own = &self.collection.permissions;
        for document in &self.documents {
            let Document { id, permissions } = document;
            let lists: [&[String]; 2] = [own, permissions];
            let said = |answers: &BTreeMap<String, String>| verdict(&answers[id]);
            let ours = collection.get(&principal, permissions).is_ok();
            compare(&format!("get {id}"), (ours, self.get[id]), Action::Read, &lists)?;
            let ours = collection.update(&principal, permissions).is_ok();
            let reference = said(&self.update)?;
            compare(&format!("update {id}"), (ours, reference), Action::Update, &lists)?;
            let ours = collection.delete(&principal, permissions).is_ok();
            let reference = said(&self.delete)?;
            compare(&format!("delete {id}"), (ours, reference), Action::Delete, &lists)?;

            for action in Action::ALL {
                let explained = collection.explain(&principal, action, permissions).allowed;
                let ours = match action {
                    Action::Create => collection.create(&principal).is_ok(),
                    Action::Read => collection.get(&principal, permissions).is_ok(),
                    Action::Update => collection.update(&principal, permissions).is_ok(),
                    Action::Delete => collection.delete(&principal, permissions).is_ok(),
                };
                same("explanation", &explained, &ours)?;
            }
            let unchanged = collection.update_without_changes(&principal, permissions).is_ok();
            same("unchanged", &unchanged, &collection.get(&principal, permissions).is_ok())?;
        }
        let ours = collection.create(&principal).is_ok();
        compare("create", (ours, verdict(&self.create)?), Action::Create, &[own])
    }
}

fn verdict(answer: &str) -> Result<bool, String> {
    match answer {
        "ok" => Ok(true),
        "Authorization" => Ok(false),
        other => Err(format!("unknown answer {other:?}")),
    }
}

#[test]
fn collections_answer_as_the_reference_does() {
    check_all("collections", |case: &Case| {
        let principal = principal(&case.roles, case.bypass);
        let listed = match case.listed(&principal) {
            Ok(ids) => Listed::Ok(ids),
            Err(error) => Listed::Error(error),
        };
        same("list", &listed, &case.list)?;
        if let Listed::Ok(ids) = &listed {
            same("count", &Value::from(ids.len()), &case.count)?;
        }
        case.compare(&mut |what, (ours, reference), _, _| same(what, &ours, &reference))
    });
}

#[test]
fn collections_raw_are_never_more_than_the_reference() {
    let mut differences = Differences::default();
    let mut number = 0;
    check_all("collections_raw", |case: &Case| {
        number += 1;
        let principal = principal(&case.roles, case.bypass);
        let roles = texts(&case.roles);
        let listed = case.listed(&principal);
        let ours: &[String] = listed.as_deref().unwrap_or_default();
        let reference: &[String] = match &case.list {
            Listed::Ok(ids) => ids,
            Listed::Error(_) => &[],
        };
        let own = &case.collection.permissions;
        same("list", &ours.iter().all(|id| reference.contains(id)), &true)?;
        if let Err(error) = &listed
            && error != "Authorization"
        {
            return Err(error.clone());
        }
        let error = matches!(&case.list, Listed::Error(_));
        let name = format!("line {number}: list");
        differences.compare(&name, (listed.is_ok(), !error), Action::Read, &roles, &[own])?;
        for Document { id, permissions } in &case.documents {
            let verdicts = (ours.contains(id), reference.contains(id));
            let name = format!("line {number}: list {id}");
            differences.compare(&name, verdicts, Action::Read, &roles, &[own, permissions])?;
        }
        case.compare(&mut |what, verdicts, action, lists| {
            let name = format!("line {number}: {what}");
            differences.compare(&name, verdicts, action, &roles, lists)
        })
    });
    differences.finish("collections_raw");
}
