//! Filters of MongoDB: [`filter`].

use serde_json::{Value, json};

use super::field::check_field;
use super::{FilterError, Plan};

/// Returns a filter for the documents of a plan, whose permissions are an array of strings in `field`.
///
/// Appwrite stores them in `_permissions`, with a multikey index, which the filter uses. `field` may be a path with
/// dots. Only elements of an array match. A single string is no list.
///
/// Run the query with the collation `{"locale": "simple"}`, unless this is the collation of the collection. Another
/// collation compares the texts of every filter by its own rules, and could ignore case and accents.
///
/// ```
/// use rolegate::query::mongodb;
/// use rolegate::{Action, Principal};
/// use serde_json::json;
///
/// let ann = Principal::parse_roles(["any", "user:ann"])?;
/// let visible = mongodb::filter(&ann.plan(Action::Read), "_permissions")?;
/// assert_eq!(
///     visible,
///     json!({"_permissions": {"$elemMatch": {"$in": [r#"read("any")"#, r#"read("user:ann")"#]}}})
/// );
/// let query = json!({"$and": [visible, {"month": 7}]});
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// `field` is empty, begins with `$`, or contains U+0000.
pub fn filter(plan: &Plan<'_>, field: &str) -> Result<Value, FilterError> {
    check(field)?;
    Ok(match plan {
        Plan::Everything => json!({}),
        Plan::Nothing => json!({ field: { "$in": [] } }),
        Plan::Matching(filter) => {
            let permissions: Vec<_> = filter.permissions().collect();
            json!({ field: { "$elemMatch": { "$in": permissions } } })
        }
    })
}

/// Returns the same filter as a document of the crate `bson`, which the driver of MongoDB takes.
///
/// # Errors
///
/// The same as for [`filter`].
#[cfg(feature = "bson")]
pub fn document(plan: &Plan<'_>, field: &str) -> Result<bson::Document, FilterError> {
    check(field)?;
    Ok(match plan {
        Plan::Everything => bson::doc! {},
        Plan::Nothing => bson::doc! { field: { "$in": [] } },
        Plan::Matching(filter) => {
            let permissions: Vec<_> = filter.permissions().collect();
            bson::doc! { field: { "$elemMatch": { "$in": permissions } } }
        }
    })
}

fn check(field: &str) -> Result<(), FilterError> {
    check_field(field)?;
    if field.starts_with('$') {
        return Err(FilterError::field(field, "an operator begins with `$`"));
    }
    Ok(())
}
