//! The labels of users.

use anyhow::Result;
use axum::Json;
use axum::extract::{Path, rejection::PathRejection};
use axum::response::{IntoResponse, Response};
use rolegate::auth::{Directory, UserLookup};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::limits::{MAX_FORM, MAX_LABELS};
use crate::realtime::{ChangedUser, News};
use crate::request::Call;

/// SQL for a user as a client sees it.
pub const ACCOUNT: &str = "json_object('$id', id, 'email', email, 'emailVerification',
    json(coalesce(profile -> '$.emailVerification', 'false')), 'labels',
    json(coalesce(profile -> '$.labels', '[]')))";

#[derive(Deserialize)]
struct Labels {
    labels: Vec<String>,
}

/// Replaces the labels of a user. The user's open connections have the new roles from the commit on.
pub async fn set_labels(id: Result<Path<String>, PathRejection>, call: Call) -> Response {
    call.answer(move |call| {
        let Path(id) = id.map_err(|_| Failure::no_route())?;
        let labels = call.json::<Labels>(MAX_FORM).and_then(check);
        let account = call.write("users.write", |asked, _| {
            let sql = format!(
                "UPDATE users SET profile = json_set(profile, '$.labels', json(?)) WHERE id = ?
                RETURNING json_array({ACCOUNT}, strftime('%FT%H:%M:%f+00:00', 'now'))"
            );
            let values = (json!(labels?).to_string(), &id);
            let missing = || Failure::new(404, "user_not_found", "user not found");
            let (account, timestamp): (Value, String) =
                asked.database.one(&sql, values)?.ok_or_else(missing)?;
            let user = asked.database.user(UserLookup::Id(&id))?.ok_or_else(missing)?;
            let changed = ChangedUser { user, account: account.clone(), timestamp };
            asked.tell(News::User(changed.into()));
            Ok(account)
        })?;
        Ok(Json(account).into_response())
    })
    .await
}

/// Returns the labels without repetitions.
fn check(Labels { labels }: Labels) -> Result<Vec<String>, Failure> {
    let is_label = |text: &String| {
        (1..=36).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if labels.len() > MAX_LABELS || !labels.iter().all(is_label) {
        let message = format!("expected at most {MAX_LABELS} labels of 1 to 36 letters and digits");
        return Err(Failure::argument(message));
    }
    let mut distinct: Vec<String> = Vec::with_capacity(labels.len());
    let mut seen = std::collections::HashSet::new();
    distinct.extend(labels.into_iter().filter(|label| seen.insert(label.clone())));
    Ok(distinct)
}
