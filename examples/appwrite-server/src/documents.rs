//! The routes of documents, which newer versions of Appwrite call rows.

use std::sync::Arc;

use anyhow::Result;
use axum::extract::{Path, rejection::PathRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use rolegate::auth::Identity;
use rolegate::{AccessDenied, Action, Collection};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::no_route;
use crate::collections::{Collections, Document, Snapshot, Stored};
use crate::collections::{find, find_mut, permissions, sequence};
use crate::limits::{MAX_BODY, MAX_DOCUMENT};
use crate::lists;
use crate::query::{self, Query};
use crate::realtime::{Changed, News};
use crate::request::{Asked, Call, object};
use crate::{Server, failure::Failure, random_hex};

/// The document in the body of a request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Draft {
    #[serde(alias = "rowId", default)]
    document_id: String,
    #[serde(default, deserialize_with = "object")]
    data: Document,
    permissions: Option<Vec<String>>,
}

/// The names of things in an interface: documents and collections, or rows and tables.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum Words {
    #[default]
    Documents,
    Rows,
}

/// The target of a path: a document, or a collection if the path names no document.
#[derive(Deserialize)]
struct Place {
    database: String,
    collection: String,
    #[serde(default)]
    document: String,
    #[serde(skip)]
    words: Words,
}

/// SQL for a document as a client sees it.
pub const DOCUMENT: &str = r#"json_set(data, '$."$sequence"', CAST(sequence AS TEXT),
    '$."$permissions"', json(permissions))"#;
const NOW: &str = "strftime('%FT%H:%M:%f+00:00', 'now')";

/// Returns the routes of documents of one interface.
pub fn routes(words: Words) -> Router<Arc<Server>> {
    type Target = Result<Path<Place>, PathRejection>;
    let to = move |work: fn(&Place, &Call) -> Result<Response>| {
        move |target: Target, call: Call| async move {
            let turns = query::is_search(&call.uri).then(|| Arc::clone(&call.server.searches));
            let work = move |call: &Call| {
                let Path(place) = target.map_err(|_| Failure::no_route())?;
                work(&Place { words, ..place }, call).map_err(|error| match words {
                    Words::Documents => error,
                    Words::Rows => Failure::of(error).of_rows().into(),
                })
            };
            match turns {
                Some(turns) => call.answer_in_turn(turns, work).await,
                None => call.answer(work).await,
            }
        }
    };
    let all = match words {
        Words::Documents => "/v1/databases/{database}/collections/{collection}/documents",
        Words::Rows => "/v1/tablesdb/{database}/tables/{collection}/rows",
    };
    let of_one = get(to(Place::get)).patch(to(Place::update)).delete(to(Place::delete));
    // By default, axum answers HEAD if it answers GET.
    Router::new()
        .route(all, get(to(Place::list)).post(to(Place::create)).head(no_route))
        .route(&format!("{all}/{{document}}"), of_one.head(no_route))
}

impl Place {
    fn list(&self, call: &Call) -> Result<Response> {
        self.read(call, |asked, stored| {
            let visible = stored.rules.visibility(
                asked.who.principal(),
                Action::Read,
                &stored.index.table(),
            )?;
            let query = Query::parse(call.uri.query().unwrap_or_default(), &stored.attributes)?;
            let after = query.after.as_ref().map(|id| {
                // The answer for a hidden document is the answer for a document that does not exist.
                let number =
                    document(stored.number, asked, id)?.map(|document| sequence(&document));
                let missing = Failure::new(400, "general_cursor_not_found", "cursor not found");
                anyhow::Ok(number.filter(|it| stored.index.allows(&visible, it)).ok_or(missing)?)
            });
            let after = after.transpose()?;
            let (documents, total) = query.page(asked, stored, &visible, after)?;
            let documents: Vec<_> = documents.into_iter().map(|one| self.show(one)).collect();
            let name = if self.words == Words::Rows { "rows" } else { "documents" };
            Ok(Json(json!({ "total": total, name: documents })).into_response())
        })
    }

    fn get(&self, call: &Call) -> Result<Response> {
        self.read(call, |asked, stored| {
            let missing = AccessDenied::document_not_found(Action::Read);
            let document = document(stored.number, asked, &self.document)?.ok_or(missing)?;
            stored.rules.get(asked.who.principal(), permissions(&document))?;
            Ok(Json(self.show(document)).into_response())
        })
    }

    fn create(&self, call: &Call) -> Result<Response> {
        // The body is parsed before the lock is taken. An error is reported after the caller is checked.
        let draft = call.json::<Draft>(MAX_BODY);
        call.write("documents.write", |asked, all| {
            let (stored, principal) = (self.find_mut(asked, all)?, asked.who.principal());
            stored.rules.create(principal)?;
            let Draft { document_id: mut id, data, permissions: given } = draft?;
            check_attributes(stored, &data)?;
            if id == "unique()" {
                id = random_hex(10)?;
            }
            check_id(&id)?;
            let default = || Ok(principal.default_document_permissions());
            let given = given.map_or_else(default, |it| principal.document_permissions(&it))?;
            let given = json!(given).to_string();
            let sql = format!(
                r#"INSERT INTO documents (collection, id, permissions, data) VALUES (?1, ?2, ?3,
                json_set(?4, '$."$id"', ?2, '$."$createdAt"', {NOW}, '$."$updatedAt"', {NOW}))
                ON CONFLICT DO NOTHING RETURNING {DOCUMENT}"#
            );
            let values = (stored.number, &id, given, text(&data)?);
            let created: Document = asked.database.one(&sql, values)?.ok_or_else(|| {
                Failure::new(409, "document_already_exists", "a document with this id exists")
            })?;
            lists::set(&asked.database, &[sequence(&created)], permissions(&created))?;
            stored.index.insert(sequence(&created), permissions(&created))?;
            let sides = [None, Some(created.clone())];
            asked.tell(self.changed(&stored.rules, sides, &created["$createdAt"]));
            Ok((StatusCode::CREATED, Json(self.show(created))).into_response())
        })
    }

    fn update(&self, call: &Call) -> Result<Response> {
        let draft = call.json::<Draft>(MAX_BODY);
        call.write("documents.write", |asked, all| {
            let Draft { data, permissions: given, .. } = draft?;
            if data.is_empty() && given.is_none() {
                // As in Appwrite, this check comes before the look-up of the document.
                let message = "the document has neither data nor permissions";
                return Err(Failure::new(400, "document_missing_payload", message).into());
            }
            let (stored, principal) = (self.find_mut(asked, all)?, asked.who.principal());
            let missing = AccessDenied::document_not_found(Action::Update);
            let document = document(stored.number, asked, &self.document)?.ok_or(missing)?;
            let refused = stored.rules.update(principal, permissions(&document)).err();
            refused.filter(AccessDenied::is_not_found).map_or(Ok(()), Err)?;
            check_attributes(stored, &data)?;
            let mut changed = document.clone();
            changed.extend(data.clone());
            if let Some(given) = &given {
                changed["$permissions"] = json!(principal.document_permissions(given)?);
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
            let values = (given_now, text(&changed)?, number);
            let mut updated: Document = asked.database.one(&sql, values)?.ok_or(missing)?;
            lists::set(&asked.database, &[number], permissions(&updated))?;
            // A stored list may have malformed permissions, which were logged when they were loaded.
            let _ = stored.index.insert_lenient(number, permissions(&updated))?;
            let sides = [Some(document.clone()), Some(updated.clone())];
            asked.tell(self.changed(&stored.rules, sides, &updated["$updatedAt"]));
            if stored.rules.get(principal, permissions(&document)).is_err() {
                withhold(&mut updated, &data, given.is_some());
            }
            Ok(Json(self.show(updated)).into_response())
        })
    }

    fn delete(&self, call: &Call) -> Result<Response> {
        call.write("documents.write", |asked, all| {
            let stored = self.find_mut(asked, all)?;
            let missing = AccessDenied::document_not_found(Action::Delete);
            let document = document(stored.number, asked, &self.document)?.ok_or(missing)?;
            stored.rules.delete(asked.who.principal(), permissions(&document))?;
            let number = sequence(&document);
            let sql =
                format!("DELETE FROM documents WHERE sequence = ? RETURNING json_quote({NOW})");
            let timestamp: Value = asked.database.one(&sql, [number])?.unwrap_or_default();
            stored.index.remove(&number);
            asked.tell(self.changed(&stored.rules, [Some(document), None], &timestamp));
            Ok((StatusCode::NO_CONTENT, [(header::CONTENT_TYPE, "text/plain")]).into_response())
        })
    }

    /// Runs `work` with a snapshot of the collection.
    fn read(
        &self,
        call: &Call,
        work: impl FnOnce(&Asked<'_>, &Snapshot) -> Result<Response>,
    ) -> Result<Response> {
        let choose = |who: &Identity, all: &Collections| {
            Ok(find(all, self.ids(), who.principal())?.snapshot())
        };
        call.read("documents.read", choose, |asked, stored| work(asked, &stored))
    }

    fn find_mut<'c>(
        &self,
        asked: &Asked<'_>,
        all: &'c mut Collections,
    ) -> Result<&'c mut Stored, Failure> {
        find_mut(all, self.ids(), asked.who.principal())
    }

    /// Returns a change of a document, for the connections.
    fn changed(
        &self,
        rules: &Arc<Collection>,
        [before, after]: [Option<Document>; 2],
        timestamp: &Value,
    ) -> News {
        let (database, collection) = (self.database.clone(), self.collection.clone());
        let timestamp = timestamp.as_str().unwrap_or_default().to_owned();
        let rules = Arc::clone(rules);
        News::Document(Changed { database, collection, rules, before, after, timestamp }.into())
    }

    fn ids(&self) -> (&str, &str) {
        (&self.database, &self.collection)
    }

    fn show(&self, mut document: Document) -> Value {
        let (database, collection) = self.ids();
        let name = if self.words == Words::Rows { "$tableId" } else { "$collectionId" };
        document.insert("$databaseId".into(), database.into());
        document.insert(name.into(), collection.into());
        document.into()
    }
}

/// Leaves a caller that may update and not read only its own data and the time.
fn withhold(updated: &mut Document, data: &Document, gave_permissions: bool) {
    updated.retain(|name, _| name.starts_with('$') || data.contains_key(name));
    if !gave_permissions {
        updated["$permissions"] = json!([]);
    }
}

fn document(collection: i64, asked: &Asked<'_>, id: &str) -> Result<Option<Document>> {
    let sql = format!("SELECT {DOCUMENT} FROM documents WHERE collection = ? AND id = ?");
    Ok(asked.database.one(&sql, (collection, id))?)
}

/// Checks an id that a client has chosen.
pub fn check_id(id: &str) -> Result<(), Failure> {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let first = id.starts_with(|first: char| first.is_ascii_alphanumeric());
    if first && id.len() <= 36 && id.bytes().all(inner) {
        return Ok(());
    }
    let message = "the id must be 1 to 36 letters, digits, `.`, `_` and `-`";
    Err(Failure::argument(message))
}

fn check_attributes(stored: &Stored, data: &Document) -> Result<(), Failure> {
    if data.keys().all(|name| stored.attributes.contains(name)) {
        return Ok(());
    }
    let message = "the collection does not have all of the document's attributes";
    Err(Failure::new(400, "document_invalid_structure", message))
}

/// Returns the JSON of a document, or an error if it is longer than [`MAX_DOCUMENT`].
fn text(document: &Document) -> Result<String, Failure> {
    let text = json!(document).to_string();
    if text.len() <= MAX_DOCUMENT {
        return Ok(text);
    }
    let message = format!("the document is longer than {MAX_DOCUMENT} bytes");
    Err(Failure::new(400, "document_invalid_structure", message))
}
