//! Documents, under their old name and their new one: rows.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use rolegate::{Action, Permission, Principal, Visibility};
use rusqlite::{params_from_iter, types::Value as Sql};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::call::{Answer, Asked};
use crate::failure::Failure;
use crate::query::Query;
use crate::store::{Collections, Db, Stored, random_hex};

/// Where a request leads: a collection, and how the interface that was used names things:
/// `collection` or `table`, and `document` or `row`.
pub struct Place<'a> {
    pub database: &'a str,
    pub collection: &'a str,
    pub names: [&'static str; 2],
}

/// A document as a request has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Draft {
    #[serde(alias = "rowId", default)]
    document_id: String,
    #[serde(default)]
    data: Map<String, Value>,
    permissions: Option<Vec<String>>,
}

/// A document as it is shown.
type Document = Map<String, Value>;

const DOCUMENT: &str =
    r#"json_set(data, '$."$sequence"', CAST(sequence AS TEXT), '$."$permissions"', json(list))"#;
const NOW: &str = "strftime('%FT%H:%M:%f+00:00', 'now')";

impl Place<'_> {
    pub fn list(&self, asked: &Asked<'_>, collections: &Collections) -> Answer {
        asked.who.require_scope("documents.read")?;
        let (stored, principal) = (self.find(collections)?, asked.who.principal());
        let visible = stored.rules.visibility(principal, Action::Read, &stored.index.table)?;
        let query = Query::parse(asked.call.uri.query().unwrap_or_default(), &stored.attributes)?;
        let after = query.after.as_ref().map(|id| {
            // One that may not be read answers as one that is not there.
            let message = "expected a cursor that is a document, found none";
            let missing = |_| Failure::new(400, "general_cursor_not_found", message);
            self.readable(asked, stored, id).map(|document| sequence(&document)).map_err(missing)
        });
        let after = after.transpose()?;
        let (documents, total) = if query.order.is_none() && query.equal.is_empty() {
            let page = stored.index.page(&visible, after, query.descending());
            let page = page.skip(query.offset()).take(query.limit());
            let sql = format!("SELECT {DOCUMENT} FROM documents WHERE sequence = ?");
            let page = page.map(|sequence| asked.db.one(&sql, [sequence]));
            let page = page.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
            (page, stored.index.count(&visible))
        } else {
            select(asked.db, stored, &visible, &query, after)?
        };
        let documents: Vec<_> = documents.into_iter().map(|document| self.show(document)).collect();
        let total = if query.no_total { 0 } else { total };
        let name = format!("{}s", self.names[1]);
        Ok(Json(json!({ "total": total, name: documents })).into_response())
    }

    pub fn get(&self, asked: &Asked<'_>, collections: &Collections, id: &str) -> Answer {
        asked.who.require_scope("documents.read")?;
        let document = self.readable(asked, self.find(collections)?, id)?;
        Ok(Json(self.show(document)).into_response())
    }

    pub fn create(&self, asked: &Asked<'_>, collections: &mut Collections) -> Answer {
        asked.who.require_scope("documents.write")?;
        let stored = self.find(collections)?;
        stored.rules.create(asked.who.principal())?;
        let Draft { document_id: mut id, data, permissions } = self.draft(asked, stored)?;
        if id == "unique()" {
            id = random_hex(10)?;
        }
        if !is_id(&id) {
            let message =
                "expected an id of 1 to 36 letters, digits, `.`, `_` and `-`, found another";
            return Err(Failure::argument(message));
        }
        if by_id(asked.db, stored, &id)?.is_some() {
            let message = "expected an id that is free, found one that is taken";
            return Err(Failure::new(409, format!("{}_already_exists", self.names[1]), message));
        }
        let list = json!(canonical(asked.who.principal(), permissions.as_deref())?).to_string();
        let times = format!(r#"'$."$createdAt"', {NOW}, '$."$updatedAt"', {NOW}"#);
        let sql = format!(
            r#"INSERT INTO documents (collection, id, list, data)
            VALUES (?1, ?2, ?3, json_set(?4, '$."$id"', ?2, {times}))"#
        );
        asked.db.run(&sql, (stored.number, &id, &list, json!(data).to_string()))?;
        let created = by_id(asked.db, stored, &id)?.ok_or_else(|| self.missing(1))?;
        self.file(collections, sequence(&created), None, Some(&list))?;
        Ok((StatusCode::CREATED, Json(self.show(created))).into_response())
    }

    pub fn update(&self, asked: &Asked<'_>, collections: &mut Collections, id: &str) -> Answer {
        asked.who.require_scope("documents.write")?;
        let (stored, principal) = (self.find(collections)?, asked.who.principal());
        let document = by_id(asked.db, stored, id)?.ok_or_else(|| self.missing(1))?;
        let readable = stored.rules.get(principal, permissions(&document)).is_ok();
        let updatable = stored.rules.update(principal, permissions(&document));
        if !readable && updatable.is_err() {
            return Err(self.missing(1));
        }
        let draft = self.draft(asked, stored)?;
        let mut changed = document.clone();
        changed.extend(draft.data.clone());
        if let Some(permissions) = &draft.permissions {
            let permissions = canonical(principal, Some(permissions))?;
            changed.insert("$permissions".into(), permissions.into());
        }
        if changed == document {
            stored.rules.update_without_changes(principal, permissions(&document))?;
            return Ok(Json(self.show(document)).into_response());
        }
        updatable?;
        let list = |document| json!(permissions(document)).to_string();
        let (from, to) = (list(&document), list(&changed));
        let data = r#"json_remove(?, '$."$sequence"', '$."$permissions"')"#;
        let data = format!(r#"json_set({data}, '$."$updatedAt"', {NOW})"#);
        let sql = format!("UPDATE documents SET list = ?, data = {data} WHERE sequence = ?");
        asked.db.run(&sql, (&to, json!(changed).to_string(), sequence(&document)))?;
        let mut updated = by_id(asked.db, stored, id)?.ok_or_else(|| self.missing(1))?;
        self.file(collections, sequence(&updated), Some(&from), Some(&to))?;
        if !readable {
            // Whoever may update and not read is told nothing but what it sent.
            updated.retain(|name, _| name.starts_with('$') || draft.data.contains_key(name));
            let sent =
                draft.permissions.map_or_else(|| json!([]), |_| updated["$permissions"].clone());
            updated.insert("$permissions".into(), sent);
        }
        Ok(Json(self.show(updated)).into_response())
    }

    pub fn delete(&self, asked: &Asked<'_>, collections: &mut Collections, id: &str) -> Answer {
        asked.who.require_scope("documents.write")?;
        let (stored, principal) = (self.find(collections)?, asked.who.principal());
        let document = by_id(asked.db, stored, id)?.ok_or_else(|| self.missing(1))?;
        if let Err(refused) = stored.rules.delete(principal, permissions(&document)) {
            stored.rules.get(principal, permissions(&document)).map_err(|_| self.missing(1))?;
            return Err(refused.into());
        }
        asked.db.run("DELETE FROM documents WHERE sequence = ?", [sequence(&document)])?;
        let list = json!(permissions(&document)).to_string();
        self.file(collections, sequence(&document), Some(&list), None)?;
        Ok((StatusCode::NO_CONTENT, [(header::CONTENT_TYPE, "text/plain")]).into_response())
    }

    fn key(&self) -> (String, String) {
        (self.database.into(), self.collection.into())
    }

    fn find<'c>(&self, collections: &'c Collections) -> Result<&'c Stored, Failure> {
        collections.get(&self.key()).ok_or_else(|| {
            if collections.keys().any(|(database, _)| database == self.database) {
                return self.missing(0);
            }
            Failure::new(404, "database_not_found", "expected the id of a database, found none's")
        })
    }

    fn missing(&self, which: usize) -> Failure {
        let name = self.names[which];
        let message = format!("expected the id of a {name}, found none's");
        Failure::new(404, format!("{name}_not_found"), message)
    }

    /// A document that whoever asks may read.
    fn readable(&self, asked: &Asked<'_>, stored: &Stored, id: &str) -> Result<Document, Failure> {
        let document = by_id(asked.db, stored, id)?.ok_or_else(|| self.missing(1))?;
        let allowed = stored.rules.get(asked.who.principal(), permissions(&document));
        allowed.map_err(|_| self.missing(1))?;
        Ok(document)
    }

    fn draft(&self, asked: &Asked<'_>, stored: &Stored) -> Result<Draft, Failure> {
        let draft: Draft = asked.call.json()?;
        if draft.data.keys().all(|name| stored.attributes.contains(name)) {
            return Ok(draft);
        }
        let message = format!("expected attributes of the {}, found others", self.names[0]);
        Err(Failure::new(400, format!("{}_invalid_structure", self.names[1]), message))
    }

    /// Tells the index, as the last thing: what is refused must have changed nothing.
    fn file(
        &self,
        collections: &mut Collections,
        document: i64,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<(), Failure> {
        let stored = collections.get_mut(&self.key()).ok_or_else(|| self.missing(0))?;
        Ok(stored.index.file(document, from, to)?)
    }

    fn show(&self, mut document: Document) -> Value {
        document.insert("$databaseId".into(), self.database.into());
        document.insert(format!("${}Id", self.names[0]), self.collection.into());
        document.into()
    }
}

fn sequence(document: &Document) -> i64 {
    document["$sequence"].as_str().and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn permissions(document: &Document) -> Vec<&str> {
    document["$permissions"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The permissions to store: those that may be set, in one order, so that equal lists are equal texts.
fn canonical(principal: &Principal, wanted: Option<&[String]>) -> Result<Vec<String>, Failure> {
    let permissions = principal.document_permissions(wanted)?;
    let mut permissions: Vec<_> = permissions.iter().map(Permission::to_string).collect();
    permissions.sort_unstable();
    Ok(permissions)
}

fn is_id(id: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let first = id.starts_with(|first: char| first.is_ascii_alphanumeric());
    first && id.len() <= 36 && id.bytes().all(inner)
}

fn by_id(db: &Db<'_>, stored: &Stored, id: &str) -> Result<Option<Document>, Failure> {
    let sql = format!("SELECT {DOCUMENT} FROM documents WHERE collection = ? AND id = ?");
    db.one(&sql, (stored.number, id))
}

/// A page that is filtered, or in another order than the documents came in. Invisible documents are
/// not looked at: the visible lists lead to the visible ones.
fn select(
    db: &Db<'_>,
    stored: &Stored,
    visible: &Visibility,
    query: &Query,
    after: Option<i64>,
) -> Result<(Vec<Document>, usize), Failure> {
    let mut sql = String::from("FROM documents WHERE collection = ?");
    let mut values = vec![Sql::from(stored.number)];
    if let Some(lists) = stored.index.lists(visible) {
        sql = sql.replace(" WHERE", " INDEXED BY documents_of_list WHERE");
        sql += " AND list IN (SELECT value FROM json_each(?))";
        values.push(json!(lists).to_string().into());
    }
    for (path, wanted) in &query.equal {
        // By itself `true` is 1, and an array its text; of numbers there is one kind.
        let kind = |kind| format!("replace({kind}, 'real', 'integer')");
        let (of, wanted_of) = (kind("json_type(data, ?)"), kind("type"));
        sql += " AND (json_extract(data, ?), ";
        sql += &format!("{of}) IN (SELECT value, {wanted_of} FROM json_each(?))");
        let path = Sql::from(path.clone());
        values.extend([path.clone(), path, json!(wanted).to_string().into()]);
    }
    let total = match query.equal.is_empty() || query.no_total {
        true => stored.index.count(visible),
        false => {
            db.one(&format!("SELECT json(count(*)) {sql}"), params_from_iter(&values))?.unwrap_or(0)
        }
    };
    let (beyond, direction) = if query.descending() { ("<", "DESC") } else { (">", "ASC") };
    // What a document does not have comes first. Without a path all are alike.
    let key = "coalesce(json_extract(data, ?), -9e999)";
    let path = Sql::from(query.order.clone());
    if let Some(after) = after {
        let cursor = format!("SELECT {key}, sequence FROM documents WHERE sequence = ?");
        sql += &format!(" AND ({key}, sequence) {beyond} ({cursor})");
        values.extend([path.clone(), path.clone(), after.into()]);
    }
    sql += &format!(" ORDER BY {key} {direction}, sequence {direction} LIMIT ? OFFSET ?");
    let numbers =
        [query.limit(), query.offset()].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    values.extend([path, numbers[0].into(), numbers[1].into()]);
    Ok((db.all(&format!("SELECT {DOCUMENT} {sql}"), params_from_iter(&values))?, total))
}
