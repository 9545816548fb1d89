//! What a listing asks for, in Appwrite's JSON form: [`Query`].

use serde::Deserialize;
use serde_json::Value;

use crate::failure::Failure;

/// Appwrite's own limits; and no offset is worth more than this one.
const MAX_LIMIT: usize = 5000;
const MAX_OFFSET: usize = 1 << 31;
const MAX_QUERIES: usize = 100;
const MAX_QUERY_LEN: usize = 4096;

/// A page of a listing. Attributes are paths into a document's JSON, which are bound as values: no
/// name that came with a request becomes a part of a statement.
#[derive(Default)]
pub struct Query {
    limit: Option<usize>,
    pub offset: usize,
    pub after: Option<String>,
    /// By an attribute, or as the documents came in.
    pub order: Option<String>,
    pub descending: bool,
    pub equal: Vec<(String, Vec<Value>)>,
    pub no_total: bool,
}

#[derive(Deserialize)]
struct Raw {
    method: String,
    #[serde(default)]
    attribute: String,
    #[serde(default)]
    values: Vec<Value>,
}

impl Query {
    /// Reads the query string of a request to a collection with these attributes.
    pub fn parse(text: &str, attributes: &[String]) -> Result<Self, Failure> {
        let (mut query, mut position) = (Self::default(), 0);
        for (name, text) in form_urlencoded::parse(text.as_bytes()) {
            if name == "total" {
                query.no_total = matches!(&*text, "false" | "0");
            } else if name == "queries" || name.starts_with("queries[") {
                let fits = position < MAX_QUERIES && text.len() <= MAX_QUERY_LEN;
                let raw = fits.then(|| serde_json::from_str(&text).ok()).flatten();
                raw.and_then(|raw| query.add(raw, attributes)).ok_or_else(|| {
                    let message = "expected limit, offset, cursorAfter, orderAsc, orderDesc or \
                        equal, with values and attributes that there are";
                    let message = format!("query {position}: {message}");
                    Failure::new(400, "general_query_invalid", message)
                })?;
                position += 1;
            }
        }
        Ok(query)
    }

    pub fn limit(&self) -> usize {
        self.limit.unwrap_or(25)
    }

    fn add(&mut self, raw: Raw, attributes: &[String]) -> Option<()> {
        let Raw { method, attribute, values } = raw;
        let own = ["$id", "$createdAt", "$updatedAt"].contains(&&*attribute);
        let known = own || attributes.contains(&attribute);
        let path = known.then(|| format!("$.\"{attribute}\""));
        let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
        match (&*method, &*values) {
            ("limit", [value]) => {
                self.limit = Some(number(value).filter(|limit| (1..=MAX_LIMIT).contains(limit))?);
            }
            ("offset", [value]) => self.offset = number(value).filter(|n| *n <= MAX_OFFSET)?,
            ("cursorAfter", [Value::String(id)]) => self.after = Some(id.clone()),
            ("orderAsc" | "orderDesc", []) => {
                let as_they_came = matches!(&*attribute, "" | "$sequence");
                self.order = if as_they_came { None } else { Some(path?) };
                self.descending = method == "orderDesc";
            }
            ("equal", [_, ..]) if !values.iter().any(|v| v.is_array() || v.is_object()) => {
                self.equal.push((path?, values));
            }
            _ => return None,
        }
        Some(())
    }
}
