//! The extractors of axum.

use axum::Router;
use axum::routing::get;
use rolegate_tower::{Caller, CurrentUser};
use serde_json::{Value, json};

use crate::support::*;

/// Returns a router whose handler answers with what the extractor found.
fn routers() -> [(&'static str, Router); 4] {
    let user = |user: CurrentUser| async move {
        assert_eq!(user.principal().user_id(), Some(user.id()));
        axum::Json(json!(user.id()))
    };
    let maybe_user = |user: Option<CurrentUser>| async move {
        axum::Json(user.map_or(json!("none"), |user| json!(user.id())))
    };
    let caller =
        |Caller(caller): Caller| async move { axum::Json(json!(caller.method().as_str())) };
    let maybe_caller = |caller: Option<Caller>| async move {
        axum::Json(caller.map_or(json!("none"), |caller| json!(caller.method().as_str())))
    };
    [
        ("CurrentUser", Router::new().route("/", get(user))),
        ("Option<CurrentUser>", Router::new().route("/", get(maybe_user))),
        ("Caller", Router::new().route("/", get(caller))),
        ("Option<Caller>", Router::new().route("/", get(maybe_caller))),
    ]
}

#[tokio::test]
async fn extractor_finds_guest_user_or_key() {
    let organization =
        vec![header("x-appwrite-key", "organization_k"), header("x-appwrite-organization", "t1")];
    let account = vec![header("x-appwrite-key", "account_k"), header("x-appwrite-user", "ann")];
    let impersonation = vec![cookie("boss"), header("x-appwrite-impersonate-user-id", "user-a")];
    let refused = "general_unauthorized_scope";
    for (headers, expected) in [
        (vec![], [refused, "none", "guest", "none"]),
        (vec![cookie("unknown")], [refused, "none", "guest", "none"]),
        (vec![cookie("user-a")], ["user-a", "user-a", "session", "session"]),
        (vec![jwt("user-a")], ["user-a", "user-a", "jwt", "jwt"]),
        (impersonation, ["user-a", "user-a", "session", "session"]),
        (key(), [refused, "none", "api-key", "api-key"]),
        (organization, [refused, "none", "api-key", "api-key"]),
        (account, ["ann", "ann", "api-key", "api-key"]),
    ] {
        for ((extractor, router), expected) in routers().into_iter().zip(expected) {
            let (status, body) = ask(router.layer(layer(Users::new())), &headers).await;
            let found = if status == 200 { &body } else { &body["type"] };
            assert_eq!(found, &json!(expected), "{extractor}: {headers:?}");
            assert_eq!(status, if expected == refused { 401 } else { 200 });
        }
    }
}

#[tokio::test]
async fn refused_credential_never_becomes_none() {
    for headers in [vec![header("x-appwrite-jwt", "a.b.c")], vec![cookie("blocked")]] {
        for (extractor, router) in routers() {
            let (status, body) = ask(router.layer(layer(Users::new())), &headers).await;
            assert!(matches!(status, 401 | 403), "{extractor}: {body}");
            assert_ne!(body, Value::from("none"));
        }
    }
}

#[tokio::test]
async fn missing_layer_is_a_500_for_each_extractor() {
    for (extractor, router) in routers() {
        for headers in [vec![], vec![cookie("user-a")]] {
            let message = assert_refused(router.clone(), &headers, 500, "general_unknown").await;
            assert!(message.contains("IdentityLayer"), "{extractor}: {message}");
        }
    }
}
