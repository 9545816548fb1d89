//! What a listing asks for, in Appwrite's JSON form: [`Query`].

use serde::Deserialize;
use serde_json::Value;

use crate::failure::Failure;

/// Appwrite's limits; and no offset is worth more than this.
const MAX_LIMIT: usize = 5000;
const MAX_QUERIES: usize = 100;
const MAX_QUERY_LEN: usize = 4096;
const MAX_OFFSET: usize = 1 << 31;

/// A page of a listing. Attributes are paths into a document's JSON, to be bound as values: no name that
/// came with a request becomes a part of a statement.
pub struct Query {
    pub limit: usize,
    pub offset: usize,
    pub after: Option<String>,
    /// By an attribute, or as the documents came in.
    pub order: Option<String>,
    pub descending: bool,
    pub equal: Vec<(String, Vec<Value>)>,
    pub total: bool,
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
        let (after, order, equal) = (None, None, Vec::new());
        let mut query =
            Self { limit: 25, offset: 0, after, order, descending: false, equal, total: true };
        let all: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
        query.total =
            !all.iter().any(|(name, value)| name == "total" && matches!(&**value, "false" | "0"));
        let queries =
            all.iter().filter(|(name, _)| name == "queries" || name.starts_with("queries["));
        for (position, (_, text)) in queries.enumerate() {
            let fits = position < MAX_QUERIES && text.len() <= MAX_QUERY_LEN;
            let read = fits.then(|| serde_json::from_str(text).ok()).flatten();
            read.and_then(|raw| query.add(raw, attributes)).ok_or_else(|| {
                let expected = "expected limit, offset, cursorAfter, orderAsc, orderDesc or equal, with values \
                     and attributes that there are";
                Failure::new(400, "general_query_invalid", format!("query {position}: {expected}"))
            })?;
        }
        Ok(query)
    }

    fn add(&mut self, Raw { method, attribute, values }: Raw, attributes: &[String]) -> Option<()> {
        let known = matches!(&*attribute, "$id" | "$createdAt" | "$updatedAt")
            || attributes.contains(&attribute);
        let path = known.then(|| format!("$.\"{attribute}\""));
        let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
        match (&*method, &*values) {
            ("limit", [value]) => {
                self.limit = number(value).filter(|limit| (1..=MAX_LIMIT).contains(limit))?
            }
            ("offset", [value]) => {
                self.offset = number(value).filter(|offset| *offset <= MAX_OFFSET)?
            }
            ("cursorAfter", [Value::String(id)]) => self.after = Some(id.clone()),
            ("orderAsc" | "orderDesc", []) => {
                let as_they_came = matches!(&*attribute, "" | "$sequence");
                self.order = if as_they_came { None } else { Some(path?) };
                self.descending = method == "orderDesc";
            }
            ("equal", [_, ..]) if !values.iter().any(|one| one.is_array() || one.is_object()) => {
                self.equal.push((path?, values));
            }
            _ => return None,
        }
        Some(())
    }
}
