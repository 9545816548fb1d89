//! What a listing asks for, in Appwrite's JSON form: [`Query`].

use serde::Deserialize;
use serde_json::Value;

use crate::call::object;
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
    offset: Option<usize>,
    pub after: Option<String>,
    /// By an attribute, or as the documents came in.
    pub order: Option<String>,
    descending: Option<bool>,
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
                let raw = fits.then(|| object(text.as_bytes()).ok()).flatten();
                raw.and_then(|raw| query.add(raw, attributes)).ok_or_else(|| {
                    let message = "expected limit, offset, cursorAfter, orderAsc, orderDesc or \
                        equal, with values and attributes that there are, and one of each but equal";
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

    pub fn offset(&self) -> usize {
        self.offset.unwrap_or(0)
    }

    pub fn descending(&self) -> bool {
        self.descending.unwrap_or(false)
    }

    fn add(&mut self, raw: Raw, attributes: &[String]) -> Option<()> {
        let Raw { method, attribute, values } = raw;
        let own = ["$id", "$createdAt", "$updatedAt"].contains(&&*attribute);
        let known = own || attributes.contains(&attribute);
        let path = known.then(|| format!("$.\"{attribute}\""));
        let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
        match (&*method, &*values) {
            ("limit", [value]) => {
                let limit = number(value).filter(|limit| (1..=MAX_LIMIT).contains(limit))?;
                once(&mut self.limit, limit)?;
            }
            ("offset", [value]) => {
                once(&mut self.offset, number(value).filter(|n| *n <= MAX_OFFSET)?)?;
            }
            ("cursorAfter", [Value::String(id)]) => once(&mut self.after, id.clone())?,
            ("orderAsc" | "orderDesc", []) => {
                let as_they_came = matches!(&*attribute, "" | "$sequence");
                self.order = if as_they_came { None } else { Some(path?) };
                once(&mut self.descending, method == "orderDesc")?;
            }
            ("equal", [_, ..]) if !values.iter().any(|v| v.is_array() || v.is_object()) => {
                self.equal.push((path?, values));
            }
            _ => return None,
        }
        Some(())
    }
}

/// Nothing is asked for twice: what came first would be forgotten.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}
