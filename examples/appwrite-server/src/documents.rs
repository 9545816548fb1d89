//! Documents, under their old name and their new one: rows.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use rolegate::{Action, Permission, Principal, Visibility};
use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::NOW;
use crate::call::{Answer, Asked};
use crate::failure::Failure;
use crate::query::Query;
use crate::store::{Collections, Db, Stored};

/// Where a request leads: a collection, and how the interface that was used names things.
pub struct Place<'a> {
    pub database: &'a str,
    pub collection: &'a str,
    /// `collection` or `table`, and `document` or `row`.
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

/// A document as it is stored.
struct Document {
    sequence: i64,
    list: String,
    data: Map<String, Value>,
}

impl Place<'_> {
    pub fn list(&self, asked: &Asked<'_>, collections: &Collections) -> Answer {
        asked.who.require_scope("documents.read")?;
        let stored = self.find(collections)?;
        let visible =
            stored.rules.visibility(asked.who.principal(), Action::Read, &stored.index.table)?;
        let query = Query::parse(asked.call.uri.query().unwrap_or_default(), &stored.attributes)?;
        let after = query.after.as_ref().map(|id| {
            // One that may not be read answers as one that is not there.
            self.readable(asked, stored, id).map_err(|_| {
                let message = "expected a cursor that is a document, found none";
                Failure::new(400, "general_cursor_not_found", message)
            })
        });
        let after = after.transpose()?.map(|document| document.sequence);
        let (documents, total) = if query.order.is_none() && query.equal.is_empty() {
            let page = stored.index.page(&visible, after, query.descending);
            let sql = "SELECT sequence, list, data FROM documents WHERE sequence = ?";
            let mut document = asked.db.0.prepare_cached(sql)?;
            let page = page.skip(query.offset).take(query.limit);
            let page = page.map(|sequence| document.query_row([sequence], Document::read));
            (page.collect::<Result<Vec<_>, _>>()?, stored.index.count(&visible))
        } else {
            select(asked.db, stored, &visible, &query, after)?
        };
        let documents: Vec<_> = documents.into_iter().map(|document| self.show(document)).collect();
        let total = if query.total { total } else { 0 };
        Ok(Json(json!({ "total": total, format!("{}s", self.names[1]): documents }))
            .into_response())
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
        let Draft { document_id: id, mut data, permissions } = self.draft(asked, stored)?;
        if !is_id(&id) {
            let message =
                "expected an id of 1 to 36 letters, digits, `.`, `_` and `-`, found another";
            return Err(Failure::argument(message));
        }
        if by_id(asked.db, stored, &id)?.is_some() {
            let message = "expected an id that is free, found one that is taken";
            return Err(Failure::new(409, format!("{}_already_exists", self.names[1]), message));
        }
        let list = canonical(asked.who.principal(), permissions.as_deref())?;
        let now = now(asked.db)?;
        data.extend(
            [("$id", &id), ("$createdAt", &now), ("$updatedAt", &now)]
                .map(|(name, value)| (name.to_owned(), value.as_str().into())),
        );
        let sql = "INSERT INTO documents (collection, id, list, data) VALUES (?, ?, ?, ?)";
        asked.db.0.execute(sql, params![stored.number, id, list, json!(data).to_string()])?;
        let created = Document { sequence: asked.db.0.last_insert_rowid(), list, data };
        self.file(collections, created.sequence, None, Some(&created.list))?;
        Ok((StatusCode::CREATED, Json(self.show(created))).into_response())
    }

    pub fn update(&self, asked: &Asked<'_>, collections: &mut Collections, id: &str) -> Answer {
        asked.who.require_scope("documents.write")?;
        let (stored, principal) = (self.find(collections)?, asked.who.principal());
        let mut document = by_id(asked.db, stored, id)?.ok_or_else(|| self.missing(1))?;
        let granted = document.permissions();
        let readable = stored.rules.get(principal, &granted).is_ok();
        let updatable = stored.rules.update(principal, &granted);
        if !readable && updatable.is_err() {
            return Err(self.missing(1));
        }
        let draft = self.draft(asked, stored)?;
        let list = match &draft.permissions {
            Some(permissions) => canonical(principal, Some(permissions))?,
            None => document.list.clone(),
        };
        let mut data = document.data.clone();
        data.extend(draft.data.clone());
        if data == document.data && list == document.list {
            stored.rules.update_without_changes(principal, &granted)?;
            return Ok(Json(self.show(document)).into_response());
        }
        updatable?;
        data.insert("$updatedAt".into(), now(asked.db)?.into());
        let sql = "UPDATE documents SET list = ?, data = ? WHERE sequence = ?";
        asked.db.0.execute(sql, params![list, json!(data).to_string(), document.sequence])?;
        self.file(collections, document.sequence, Some(&document.list), Some(&list))?;
        // Whoever may update and not read is told nothing but what it sent.
        if !readable {
            data.retain(|name, _| name.starts_with('$') || draft.data.contains_key(name));
        }
        let told = readable || draft.permissions.is_some();
        (document.data, document.list) = (data, if told { list } else { "[]".into() });
        Ok(Json(self.show(document)).into_response())
    }

    pub fn delete(&self, asked: &Asked<'_>, collections: &mut Collections, id: &str) -> Answer {
        asked.who.require_scope("documents.write")?;
        let (stored, principal) = (self.find(collections)?, asked.who.principal());
        let document = by_id(asked.db, stored, id)?.ok_or_else(|| self.missing(1))?;
        let granted = document.permissions();
        if let Err(refused) = stored.rules.delete(principal, &granted) {
            stored.rules.get(principal, &granted).map_err(|_| self.missing(1))?;
            return Err(refused.into());
        }
        asked.db.0.execute("DELETE FROM documents WHERE sequence = ?", [document.sequence])?;
        self.file(collections, document.sequence, Some(&document.list), None)?;
        Ok((StatusCode::NO_CONTENT, [(header::CONTENT_TYPE, "text/plain")]).into_response())
    }

    fn find<'c>(&self, collections: &'c Collections) -> Result<&'c Stored, Failure> {
        let message = "expected the id of a database, found none's";
        let database = collections.get(self.database);
        let database = database.ok_or_else(|| Failure::new(404, "database_not_found", message))?;
        database.get(self.collection).ok_or_else(|| self.missing(0))
    }

    fn missing(&self, which: usize) -> Failure {
        let name = self.names[which];
        Failure::new(
            404,
            format!("{name}_not_found"),
            format!("expected the id of a {name}, found none's"),
        )
    }

    /// A document that whoever asks may read.
    fn readable(&self, asked: &Asked<'_>, stored: &Stored, id: &str) -> Result<Document, Failure> {
        let document = by_id(asked.db, stored, id)?.ok_or_else(|| self.missing(1))?;
        let allowed = stored.rules.get(asked.who.principal(), document.permissions());
        allowed.map(|()| document).map_err(|_| self.missing(1))
    }

    fn draft(&self, asked: &Asked<'_>, stored: &Stored) -> Result<Draft, Failure> {
        let draft: Draft = asked.call.json()?;
        let Some(name) = draft.data.keys().find(|name| !stored.attributes.contains(name)) else {
            return Ok(draft);
        };
        let message = format!(
            "expected attributes of the {}, found `{}`",
            self.names[0],
            name.escape_default()
        );
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
        let stored =
            collections.get_mut(self.database).and_then(|all| all.get_mut(self.collection));
        let index = &mut stored.ok_or_else(|| self.missing(0))?.index;
        index.tidy()?;
        let from = from.map(|list| index.compile(list)).transpose()?;
        let to =
            to.map(|list| Ok::<_, Failure>((index.compile(list)?, list.to_owned()))).transpose()?;
        index.file(document, from, to);
        Ok(())
    }

    fn show(&self, document: Document) -> Value {
        let permissions = document.permissions();
        let Document { sequence, mut data, .. } = document;
        data.insert("$sequence".into(), sequence.to_string().into());
        data.insert("$permissions".into(), permissions.into());
        data.insert("$databaseId".into(), self.database.into());
        data.insert(format!("${}Id", self.names[0]), self.collection.into());
        data.into()
    }
}

impl Document {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let data: Value = row.get(2)?;
        let data = if let Value::Object(data) = data { data } else { Map::new() };
        Ok(Self { sequence: row.get(0)?, list: row.get(1)?, data })
    }

    /// What cannot be read grants nothing.
    fn permissions(&self) -> Vec<String> {
        serde_json::from_str(&self.list).unwrap_or_default()
    }
}

/// The list to store: the permissions that may be set, in one order, so that equal lists are equal texts.
fn canonical(principal: &Principal, requested: Option<&[String]>) -> Result<String, Failure> {
    let permissions = principal.document_permissions(requested)?;
    let mut permissions: Vec<_> = permissions.iter().map(Permission::to_string).collect();
    permissions.sort_unstable();
    Ok(json!(permissions).to_string())
}

fn is_id(id: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    id.len() <= 36
        && id.bytes().all(inner)
        && id.starts_with(|first: char| first.is_ascii_alphanumeric())
}

fn now(db: &Db<'_>) -> Result<String, Failure> {
    Ok(db.0.prepare_cached(&format!("SELECT {NOW}"))?.query_row([], |row| row.get(0))?)
}

fn by_id(db: &Db<'_>, stored: &Stored, id: &str) -> Result<Option<Document>, Failure> {
    let sql = "SELECT sequence, list, data FROM documents WHERE collection = ? AND id = ?";
    let mut document = db.0.prepare_cached(sql)?;
    Ok(document.query_row(params![stored.number, id], Document::read).optional()?)
}

/// A page that is filtered, or in another order than the documents came in. Invisible documents are not
/// looked at: their lists lead to the visible ones.
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
        sql = "FROM documents INDEXED BY documents_of_list WHERE collection = ?
            AND list IN (SELECT value FROM json_each(?))"
            .into();
        values.push(json!(lists).to_string().into());
    }
    for (path, wanted) in &query.equal {
        sql += " AND json_extract(data, ?) IN (SELECT value FROM json_each(?))";
        values.extend([path.clone().into(), json!(wanted).to_string().into()]);
    }
    let total = if query.equal.is_empty() || !query.total {
        stored.index.count(visible)
    } else {
        let mut count = db.0.prepare_cached(&format!("SELECT count(*) {sql}"))?;
        count.query_row(params_from_iter(&values), |row| row.get(0))?
    };
    let (comes_after, direction) = if query.descending { ("<", "DESC") } else { (">", "ASC") };
    // What a document does not have comes first. Without a path everything is alike.
    let key = "coalesce(json_extract(data, ?), -9e999)";
    let path = Sql::from(query.order.clone());
    if let Some(after) = after {
        let cursor = format!("SELECT {key}, sequence FROM documents WHERE sequence = ?");
        sql += &format!(" AND ({key}, sequence) {comes_after} ({cursor})");
        values.extend([path.clone(), path.clone(), after.into()]);
    }
    sql = format!(
        "SELECT sequence, list, data {sql} ORDER BY {key} {direction}, sequence {direction} LIMIT ? OFFSET ?"
    );
    let numbers =
        [query.limit, query.offset].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    values.push(path);
    values.extend(numbers.map(Sql::from));
    let mut page = db.0.prepare_cached(&sql)?;
    let page = page.query_map(params_from_iter(&values), Document::read)?;
    Ok((page.collect::<Result<_, _>>()?, total))
}
