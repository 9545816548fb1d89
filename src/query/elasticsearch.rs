//! Filters of Elasticsearch and OpenSearch: [`filter`].

use serde_json::{Value, json};

use super::field::check_field;
use super::{FilterError, Plan};

/// The number of texts that a `terms` filter accepts: 65,536, the default of `index.max_terms_count`.
pub const MAX_TERMS: usize = 65_536;

/// Returns a filter for the documents of a plan, whose permissions are an array of strings in `field`.
///
/// The field must have the type `keyword`, without a normalizer. A field of type `text` is split into words, and a
/// normalizer can remove case and accents: `"permissions": {"type": "keyword"}`. A single string counts as an array with
/// one string, and an array in the array as a part of it, because these stores do not tell them apart.
///
/// ```
/// use rolegate::query::elasticsearch;
/// use rolegate::{Action, Principal};
/// use serde_json::json;
///
/// let ann = Principal::parse_roles(["any", "user:ann"])?;
/// let visible = elasticsearch::filter(&ann.plan(Action::Read), "permissions")?;
/// assert_eq!(
///     visible,
///     json!({"terms": {"permissions": [r#"read("any")"#, r#"read("user:ann")"#]}})
/// );
/// let query = json!({"query": {"bool": {"filter": [visible], "must": [{"match": {"text": "tea"}}]}}});
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// - `field` is empty, or contains U+0000.
/// - The filter has more than [`MAX_TERMS`] texts.
pub fn filter(plan: &Plan<'_>, field: &str) -> Result<Value, FilterError> {
    check_field(field)?;
    Ok(match plan {
        Plan::Everything => json!({ "match_all": {} }),
        Plan::Nothing => json!({ "match_none": {} }),
        Plan::Matching(filter) => {
            let permissions: Vec<_> = filter.permissions().collect();
            if permissions.len() > MAX_TERMS {
                return Err(FilterError::too_many_texts(permissions.len(), MAX_TERMS));
            }
            json!({ "terms": { field: permissions } })
        }
    })
}
