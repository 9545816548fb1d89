//! The queries of a listing, in Appwrite's JSON format: [`Query`].

use anyhow::{Result, ensure};
use axum::http::Uri;
use rolegate::{Action, Visibility};
use rusqlite::{params_from_iter, types::Value as Sql};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::collections::{Document, Snapshot};
use crate::documents::DOCUMENT;
use crate::failure::Failure;
use crate::limits::{MAX_LIMIT, MAX_QUERIES, MAX_QUERY_BYTES, MAX_VALUES};
use crate::lists;
use crate::request::Asked;

/// The settings of a page. Attributes are paths into the JSON of a document, which are bound as values. A name
/// from a request never becomes a part of a statement.
#[derive(Default)]
pub struct Query {
    pub limit: Option<usize>,
    pub offset: Option<usize>,
    pub after: Option<String>,
    /// The attribute of the order, or `None` for the order of creation, and `true` for a descending order.
    pub order: Option<(Option<String>, bool)>,
    pub equal: Vec<(String, Vec<Value>)>,
    pub no_total: bool,
}

#[derive(Deserialize)]
#[serde(tag = "method", rename_all = "camelCase")]
enum Method {
    Limit { values: (usize,) },
    Offset { values: (usize,) },
    CursorAfter { values: (String,) },
    OrderAsc { attribute: Option<String> },
    OrderDesc { attribute: Option<String> },
    Equal { attribute: String, values: Vec<Value> },
}

/// Returns `true` if a listing may need a search, because it is ordered by an attribute or filtered.
pub fn is_search(uri: &Uri) -> bool {
    let mut parts = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    parts.any(|(_, text)| text.contains("order") || text.contains("equal"))
}

impl Query {
    /// Parses the query string of a request to a collection with these attributes.
    pub fn parse(text: &str, attributes: &[String]) -> Result<Self, Failure> {
        let (mut query, mut position) = (Self::default(), 0);
        for (name, text) in form_urlencoded::parse(text.as_bytes()) {
            if name == "total" {
                query.no_total = matches!(&*text, "false" | "0");
            } else if name == "queries" || name.starts_with("queries[") {
                query.add(&text, attributes, position).map_err(|why| {
                    Failure::new(400, "general_query_invalid", format!("query {position}: {why}"))
                })?;
                position += 1;
            }
        }
        Ok(query)
    }

    fn add(&mut self, text: &str, attributes: &[String], position: usize) -> Result<()> {
        let path = |attribute: String| {
            let own = ["$id", "$createdAt", "$updatedAt"].contains(&&*attribute);
            let known = own || attributes.contains(&attribute);
            ensure!(known, "the collection does not have this attribute");
            Ok(format!("$.\"{attribute}\""))
        };
        let order = |attribute: Option<String>, descending| {
            let attribute = attribute.filter(|name| !matches!(&**name, "" | "$sequence"));
            anyhow::Ok((attribute.map(path).transpose()?, descending))
        };
        ensure!(position < MAX_QUERIES, "a listing has at most {MAX_QUERIES} queries");
        ensure!(text.len() <= MAX_QUERY_BYTES, "longer than {MAX_QUERY_BYTES} bytes");
        let object: Map<String, Value> = serde_json::from_str(text)?;
        let first = match serde_json::from_value(object.into())? {
            Method::Limit { values: (limit,) } => {
                let fits = (1..=MAX_LIMIT).contains(&limit);
                ensure!(fits, "the limit must be 1 to {MAX_LIMIT}");
                self.limit.replace(limit).is_none()
            }
            Method::Offset { values: (offset,) } => self.offset.replace(offset).is_none(),
            Method::CursorAfter { values: (id,) } => self.after.replace(id).is_none(),
            Method::OrderAsc { attribute } => {
                self.order.replace(order(attribute, false)?).is_none()
            }
            Method::OrderDesc { attribute } => {
                self.order.replace(order(attribute, true)?).is_none()
            }
            Method::Equal { attribute, values } => {
                let flat = !values.is_empty()
                    && !values.iter().any(|one| one.is_array() || one.is_object());
                ensure!(flat, "the values must be one or more, and no arrays or objects");
                ensure!(values.len() <= MAX_VALUES, "more than {MAX_VALUES} values");
                self.equal.push((path(attribute)?, values));
                true
            }
        };
        ensure!(first, "a listing has one limit, offset, cursor and order");
        Ok(())
    }

    /// Returns a page of the visible documents after a document, and the total. The index has the documents in
    /// the order of creation.
    pub fn page(
        &self,
        asked: &Asked<'_>,
        stored: &Snapshot,
        visible: &Visibility,
        after: Option<i64>,
    ) -> Result<(Vec<Document>, usize)> {
        let (path, down) = self.order.clone().unwrap_or_default();
        if path.is_some() || !self.equal.is_empty() {
            return self.search(asked, stored, visible, (path, down, after));
        }
        let page: Box<dyn Iterator<Item = _>> = match down {
            true => Box::new(stored.index.before(visible, after.as_ref())),
            false => Box::new(stored.index.after(visible, after.as_ref())),
        };
        let page = page.skip(self.offset.unwrap_or(0)).take(self.limit.unwrap_or(25));
        let page = json!(page.collect::<Vec<_>>()).to_string();
        let direction = if down { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT {DOCUMENT} FROM documents WHERE sequence IN (SELECT value FROM json_each(?))
            ORDER BY sequence {direction}"
        );
        let total = if self.no_total { 0 } else { stored.index.count(visible) };
        Ok((asked.database.page(&sql, [page])?, total))
    }

    /// Returns the same in another order, or filtered. SQLite decides which documents are visible, by the same
    /// permissions as the index, and reads no other documents.
    fn search(
        &self,
        asked: &Asked<'_>,
        stored: &Snapshot,
        visible: &Visibility,
        (path, down, after): (Option<String>, bool, Option<i64>),
    ) -> Result<(Vec<Document>, usize)> {
        let number = |number| Sql::from(i64::try_from(number).unwrap_or(i64::MAX));
        let page = [number(self.limit.unwrap_or(25)), number(self.offset.unwrap_or(0))];
        // Documents without the attribute come first. Without a path, all documents are equal.
        let key = "coalesce(json_extract(data, ?2), -9e999)";
        let mut values = vec![stored.number.into(), path.into(), after.into()];
        values.extend(page);
        let plan = stored.rules.plan(asked.who.principal(), Action::Read)?;
        let (visible_documents, roles) = lists::visible(&plan, values.len() + 1)?;
        let mut from = format!("FROM {visible_documents} AND collection = ?1");
        values.extend(roles);
        for (path, wanted) in &self.equal {
            // SQLite reads `true` as 1 and an array as its text, so types are compared. Numbers are one type.
            let (path_at, wanted_at) = (values.len() + 1, values.len() + 2);
            from += &format!(
                " AND (json_extract(data, ?{path_at}), replace(json_type(data, ?{path_at}),
                'real', 'integer')) IN (SELECT value, replace(type, 'real', 'integer')
                FROM json_each(?{wanted_at}))"
            );
            values.extend([Sql::from(path.clone()), json!(wanted).to_string().into()]);
        }
        let mut total = stored.index.count(visible);
        if !self.equal.is_empty() && !self.no_total {
            let sql = format!("SELECT json(count(*)) {from}");
            total = asked.database.one(&sql, params_from_iter(&values))?.unwrap_or(0);
        }
        let (beyond, direction) = if down { ("<", "DESC") } else { (">", "ASC") };
        let sql = format!(
            "SELECT {DOCUMENT} {from} AND (?3 IS NULL OR ({key}, sequence) {beyond}
            (SELECT {key}, sequence FROM documents WHERE sequence = ?3))
            ORDER BY {key} {direction}, sequence {direction} LIMIT ?4 OFFSET ?5"
        );
        let total = if self.no_total { 0 } else { total };
        Ok((asked.database.page(&sql, params_from_iter(&values))?, total))
    }
}
