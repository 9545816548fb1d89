//! Filters of Qdrant: [`filter`].

use serde_json::{Value, json};

use super::field::check_field;
use super::{FilterError, Plan};

/// Returns a filter for the points of a plan, whose payload has the permissions as an array of strings in `field`.
///
/// A payload index of type `keyword` on the field makes the filter fast. A single string counts as an array with one
/// string, because Qdrant does not tell them apart. `field` may be a path of Qdrant, such as `document.permissions`.
///
/// ```
/// use rolegate::query::qdrant;
/// use rolegate::{Action, Principal};
/// use serde_json::json;
///
/// let ann = Principal::parse_roles(["any", "user:ann"])?;
/// let visible = qdrant::filter(&ann.plan(Action::Read), "permissions")?;
/// let permissions = json!([r#"read("any")"#, r#"read("user:ann")"#]);
/// assert_eq!(
///     visible,
///     json!({"must": [{"key": "permissions", "match": {"any": permissions}}]})
/// );
/// let request = json!({"query": [0.2, 0.1], "filter": {"must": [visible]}, "limit": 25});
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// `field` is empty, or contains U+0000.
pub fn filter(plan: &Plan<'_>, field: &str) -> Result<Value, FilterError> {
    check_field(field)?;
    let permissions: Vec<_> = match plan {
        Plan::Everything => return Ok(json!({ "must": [] })),
        Plan::Nothing => Vec::new(),
        Plan::Matching(filter) => filter.permissions().collect(),
    };
    Ok(json!({ "must": [{ "key": field, "match": { "any": permissions } }] }))
}
