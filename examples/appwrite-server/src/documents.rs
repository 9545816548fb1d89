//! Documents, under their old name and their new one: rows.

use std::collections::BTreeMap;

use anyhow::Result;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rolegate::{Action, Collection, DocumentIndex, Principal, Unauthorized};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::database::Database;
use crate::request::{Asked, Call};
use crate::{failure::Failure, query::Query, random_hex};

/// Collections by database and id.
pub type Collections = BTreeMap<String, BTreeMap<String, Stored>>;

/// A collection, and which of its documents somebody sees, by their sequence numbers.
pub struct Stored {
    pub number: i64,
    rules: Collection,
    pub attributes: Vec<String>,
    pub index: DocumentIndex<i64>,
}

/// A document as it is shown.
pub type Document = Map<String, Value>;

/// A document as a request has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Draft {
    #[serde(alias = "rowId", default)]
    document_id: String,
    #[serde(default)]
    data: Document,
    permissions: Option<Vec<String>>,
}

/// Where a request leads: a collection, by the names of the older interface or of the newer one.
pub struct Place<'a> {
    pub call: &'a Call,
    pub database: &'a str,
    pub collection: &'a str,
    pub rows: bool,
}

/// SQL for a document as it is shown, and for this moment.
pub const DOCUMENT: &str = r#"json_set(data, '$."$sequence"', CAST(sequence AS TEXT),
    '$."$permissions"', json(permissions))"#;
const NOW: &str = "strftime('%FT%H:%M:%f+00:00', 'now')";

impl Place<'_> {
    pub fn answer(&self, method: &str, id: &[&str]) -> Result<Response> {
        match (method, id) {
            ("GET", []) => self.list(),
            ("GET", [id]) => self.get(id),
            ("POST", []) => self.create(),
            ("PATCH", [id]) => self.update(id),
            ("DELETE", [id]) => self.delete(id),
            _ => Err(Failure::no_route().into()),
        }
    }

    fn list(&self) -> Result<Response> {
        self.call.read("documents.read", |asked, all| {
            let (stored, principal) = (self.find(all)?, asked.who.principal());
            let visible = stored.rules.visibility(principal, Action::Read, stored.index.table())?;
            let query =
                Query::parse(self.call.uri.query().unwrap_or_default(), &stored.attributes)?;
            let after = query.after.as_ref().map(|id| {
                // One that may not be read answers as one that is not there.
                let number = stored.document(asked, id)?.map(|document| sequence(&document));
                let message = "expected a cursor that is a document, found none";
                let missing = Failure::new(400, "general_cursor_not_found", message);
                anyhow::Ok(number.filter(|it| stored.index.allows(&visible, it)).ok_or(missing)?)
            });
            let after = after.transpose()?;
            let (documents, total) = query.page(&asked.database, stored, &visible, after)?;
            let documents: Vec<_> = documents.into_iter().map(|one| self.show(one)).collect();
            let name = if self.rows { "rows" } else { "documents" };
            Ok(Json(json!({ "total": total, name: documents })).into_response())
        })
    }

    fn get(&self, id: &str) -> Result<Response> {
        self.call.read("documents.read", |asked, all| {
            let stored = self.find(all)?;
            let missing = Unauthorized::not_found(Action::Read);
            let document = stored.document(asked, id)?.ok_or(missing)?;
            stored.rules.get(asked.who.principal(), permissions(&document))?;
            Ok(Json(self.show(document)).into_response())
        })
    }

    fn create(&self) -> Result<Response> {
        self.call.write("documents.write", |asked, all| {
            let (stored, principal) = (self.find_mut(all)?, asked.who.principal());
            stored.rules.create(principal)?;
            let Draft { document_id: mut id, data, permissions: given } = self.draft(stored)?;
            if id == "unique()" {
                id = random_hex(10)?;
            }
            let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            let first = id.starts_with(|first: char| first.is_ascii_alphanumeric());
            if !first || id.len() > 36 || !id.bytes().all(inner) {
                let message =
                    "expected 1 to 36 letters, digits, `.`, `_` and `-`, found another id";
                return Err(Failure::argument(message).into());
            }
            let given = granted(principal, given.as_deref())?.to_string();
            let sql = format!(
                r#"INSERT INTO documents (collection, id, permissions, data) VALUES (?1, ?2, ?3,
                json_set(?4, '$."$id"', ?2, '$."$createdAt"', {NOW}, '$."$updatedAt"', {NOW}))
                ON CONFLICT DO NOTHING RETURNING {DOCUMENT}"#
            );
            let values = (stored.number, &id, given, json!(data).to_string());
            let created: Document = asked.database.one(&sql, values)?.ok_or_else(|| {
                let message = "expected an id that no document has, found one that is taken";
                Failure::new(409, "document_already_exists", message)
            })?;
            stored.index.insert(sequence(&created), &permissions(&created))?;
            Ok((StatusCode::CREATED, Json(self.show(created))).into_response())
        })
    }

    fn update(&self, id: &str) -> Result<Response> {
        self.call.write("documents.write", |asked, all| {
            let (stored, principal) = (self.find_mut(all)?, asked.who.principal());
            let missing = Unauthorized::not_found(Action::Update);
            let document = stored.document(asked, id)?.ok_or(missing)?;
            let refused = stored.rules.update(principal, permissions(&document)).err();
            refused.filter(Unauthorized::is_hidden).map_or(Ok(()), Err)?;
            let Draft { data, permissions: given, .. } = self.draft(stored)?;
            let mut changed = document.clone();
            changed.extend(data.clone());
            if let Some(given) = &given {
                changed["$permissions"] = granted(principal, Some(given))?;
            }
            if changed == document {
                stored.rules.update_without_changes(principal, permissions(&document))?;
                return Ok(Json(self.show(document)).into_response());
            }
            refused.map_or(Ok(()), Err)?;
            let sql = format!(
                r#"UPDATE documents SET permissions = ?, data = json_set(json_remove(?,
                '$."$sequence"', '$."$permissions"'), '$."$updatedAt"', {NOW})
                WHERE sequence = ? RETURNING {DOCUMENT}"#
            );
            let (given_now, number) = (changed["$permissions"].to_string(), sequence(&document));
            let values = (given_now, json!(changed).to_string(), number);
            let mut updated: Document = asked.database.one(&sql, values)?.ok_or(missing)?;
            stored.index.insert(number, &permissions(&updated))?;
            if stored.rules.get(principal, permissions(&document)).is_err() {
                // Whoever may update and not read is told what it sent, and when, and nothing else.
                updated.retain(|name, _| name.starts_with('$') || data.contains_key(name));
                let told = given.map_or_else(|| json!([]), |_| updated["$permissions"].take());
                updated["$permissions"] = told;
            }
            Ok(Json(self.show(updated)).into_response())
        })
    }

    fn delete(&self, id: &str) -> Result<Response> {
        self.call.write("documents.write", |asked, all| {
            let stored = self.find_mut(all)?;
            let missing = Unauthorized::not_found(Action::Delete);
            let document = stored.document(asked, id)?.ok_or(missing)?;
            stored.rules.delete(asked.who.principal(), permissions(&document))?;
            let number = sequence(&document);
            asked.database.one::<Value>("DELETE FROM documents WHERE sequence = ?", [number])?;
            stored.index.remove(&number);
            Ok((StatusCode::NO_CONTENT, [(header::CONTENT_TYPE, "text/plain")]).into_response())
        })
    }

    fn find<'c>(&self, all: &'c Collections) -> Result<&'c Stored, Failure> {
        let database = all.get(self.database).ok_or_else(|| missing("database"))?;
        database.get(self.collection).ok_or_else(|| missing("collection"))
    }

    fn find_mut<'c>(&self, all: &'c mut Collections) -> Result<&'c mut Stored, Failure> {
        let database = all.get_mut(self.database).ok_or_else(|| missing("database"))?;
        database.get_mut(self.collection).ok_or_else(|| missing("collection"))
    }

    fn draft(&self, stored: &Stored) -> Result<Draft, Failure> {
        let draft: Draft = self.call.json()?;
        if draft.data.keys().all(|name| stored.attributes.contains(name)) {
            return Ok(draft);
        }
        let message = "expected attributes of the collection, found others";
        Err(Failure::new(400, "document_invalid_structure", message))
    }

    fn show(&self, mut document: Document) -> Value {
        let name = if self.rows { "$tableId" } else { "$collectionId" };
        document.insert("$databaseId".into(), self.database.into());
        document.insert(name.into(), self.collection.into());
        document.into()
    }
}

impl Stored {
    fn document(&self, asked: &Asked<'_>, id: &str) -> Result<Option<Document>> {
        let sql = format!("SELECT {DOCUMENT} FROM documents WHERE collection = ? AND id = ?");
        Ok(asked.database.one(&sql, (self.number, id))?)
    }
}

/// Every collection and every document's permissions, from the database.
pub fn load(database: &Database<'_>) -> Result<Collections> {
    let sql =
        "SELECT json_array(number, database, id, json(rules), json(attributes)) FROM collections";
    let mut collections = Collections::new();
    for (number, of, id, rules, attributes) in database.all::<(_, String, String, _, _)>(sql, [])? {
        let sql = "SELECT json_object('$sequence', CAST(sequence AS TEXT),
            '$permissions', json(permissions)) FROM documents WHERE collection = ?";
        let mut index = DocumentIndex::new();
        for document in database.all::<Document>(sql, [number])? {
            index.insert(sequence(&document), &permissions(&document))?;
        }
        let stored = Stored { number, rules, attributes, index };
        collections.entry(of).or_default().insert(id, stored);
    }
    Ok(collections)
}

fn missing(what: &str) -> Failure {
    let message = format!("expected the id of a {what}, found none's");
    Failure::new(404, &format!("{what}_not_found"), message)
}

fn sequence(document: &Document) -> i64 {
    document["$sequence"].as_str().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// What is malformed grants nothing.
fn permissions(document: &Document) -> Vec<&str> {
    document["$permissions"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The permissions to store: those that may be set, in one order.
fn granted(principal: &Principal, wanted: Option<&[String]>) -> Result<Value> {
    let mut permissions = principal.document_permissions(wanted)?;
    permissions.sort_unstable();
    Ok(json!(permissions))
}
