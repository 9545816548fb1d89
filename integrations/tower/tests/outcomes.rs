//! The outcomes of the layer: each credential, each state of the account, and failures.

use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn caller_is_guest_user_or_key() {
    let bare_cookie = header("x-appwrite-session", &session("user-a"));
    let account = vec![header("x-appwrite-key", "account_k"), header("x-appwrite-user", "ann")];
    let cases = [
        (vec![], "guest", json!(null), false),
        (vec![project()], "guest", json!(null), false),
        (vec![header("x-appwrite-project", "")], "guest", json!(null), false),
        (vec![cookie("user-a")], "session", json!("user-a"), false),
        (vec![bare_cookie], "session", json!("user-a"), false),
        (vec![jwt("user-a"), project()], "jwt", json!("user-a"), false),
        (key(), "api-key", json!(null), true),
        (account, "api-key", json!("ann"), false),
        // Credentials that do not count.
        (vec![cookie("unknown")], "guest", json!(null), false),
        (vec![header("cookie", "a_session_p1=!")], "guest", json!(null), false),
        (vec![header("x-appwrite-jwt", &jwt_of("user-a", "deleted"))], "guest", json!(null), false),
        (vec![header("x-appwrite-jwt", &jwt_of("user-a", "old"))], "guest", json!(null), false),
    ];
    for (headers, method, user, bypass) in cases {
        let (status, body) = ask(router().layer(layer(Users::new())), &headers).await;
        assert_eq!(status, 200, "{headers:?}: {body}");
        let expected =
            json!({ "method": method, "user": user, "bypass": bypass, "impersonator": null });
        assert_eq!(body, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn refused_credential_answers_with_appwrites_error() {
    let unknown_key = header("x-appwrite-key", "standard_other");
    let stored_key = header("x-appwrite-key", KEY);
    let organization_key = header("x-appwrite-key", "organization_k");
    let bad_jwt = header("x-appwrite-jwt", "a.b.c");
    let cases = [
        (vec![bad_jwt], 401, "user_jwt_invalid"),
        (vec![cookie("user-a"), jwt("user-a")], 403, "user_jwt_and_cookie_set"),
        (vec![project(), unknown_key], 401, "user_unauthorized"),
        (vec![stored_key.clone()], 403, "project_id_missing"),
        (vec![organization_key], 401, "user_unauthorized"),
        (vec![project(), cookie("user-a"), stored_key], 403, "user_api_key_and_session_set"),
        (vec![cookie("blocked")], 403, "user_blocked"),
        (vec![jwt("blocked")], 403, "user_blocked"),
        (vec![cookie("resetting")], 412, "user_password_reset_required"),
        (vec![cookie("two-factor")], 401, "user_more_factors_required"),
    ];
    for (headers, status, kind) in cases {
        let message =
            assert_refused(router().layer(layer(Users::new())), &headers, status, kind).await;
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[tokio::test]
async fn repeated_or_malformed_header_is_refused_before_any_look_up() {
    let token = jwt("user-a");
    let other = header("cookie", &format!("a_session_p1={}", session("boss")));
    let long = header("x-appwrite-session", &"a".repeat(9000));
    let cases = [
        (vec![token.clone(), token], 400),
        (vec![header("x-appwrite-key", ""), header("x-appwrite-key", KEY)], 400),
        (vec![cookie("user-a"), other], 400),
        (vec![header("x-appwrite-jwt", "é")], 400),
        (vec![project(), project()], 400),
        (vec![long], 431),
    ];
    for (headers, status) in cases {
        let users = std::sync::Arc::new(Users::new());
        let router = router().layer(layer(users.clone()));
        assert_refused(router, &headers, status, "general_argument_invalid").await;
        assert_eq!(users.lookup_count(), 0, "{headers:?}");
    }
}

#[tokio::test]
async fn equal_session_cookies_count_once() {
    let headers = [cookie("user-a"), cookie("user-a")];
    let (status, body) = ask(router().layer(layer(Users::new())), &headers).await;
    assert_eq!((status, &body["user"]), (200, &json!("user-a")));
}

#[tokio::test]
async fn other_project_is_not_found() {
    for name in ["p2", "P1", "console", "p1 x"] {
        let headers = [header("x-appwrite-project", name), cookie("user-a")];
        let users = std::sync::Arc::new(Users::new());
        let router = router().layer(layer(users.clone()));
        let message = assert_refused(router, &headers, 404, "project_not_found").await;
        assert_eq!(message, "project not found");
        assert_eq!(users.lookup_count(), 0);
    }
}

#[tokio::test]
async fn pending_reset_and_factors_are_allowed_only_by_name() {
    let lenient = || router().layer(layer(Users::new()).allow_pending_reset_and_factors());
    for user in ["resetting", "two-factor"] {
        let (status, body) = ask(lenient(), &[cookie(user)]).await;
        assert_eq!((status, &body["user"]), (200, &json!(user)));
    }
    assert_refused(lenient(), &[cookie("blocked")], 403, "user_blocked").await;
    let bad_jwt = [header("x-appwrite-jwt", "a.b.c")];
    assert_refused(lenient(), &bad_jwt, 401, "user_jwt_invalid").await;
}

#[tokio::test]
async fn impersonator_acts_as_target() {
    let as_user = header("x-appwrite-impersonate-user-id", "user-a");
    let as_email = header("x-appwrite-impersonate-user-email", "User-A@example.com");
    for (actor, target, user, impersonator) in [
        (cookie("boss"), as_user.clone(), "user-a", json!("boss")),
        (jwt("boss"), as_email, "user-a", json!("boss")),
        // A target that is unknown, and a user who is no impersonator.
        (cookie("boss"), header("x-appwrite-impersonate-user-id", "x"), "boss", json!(null)),
        (cookie("unknown"), as_user.clone(), "", json!(null)),
        (cookie("user-a"), header("x-appwrite-impersonate-user-id", "boss"), "user-a", json!(null)),
    ] {
        let (status, body) =
            ask(router().layer(layer(Users::new())), &[actor, target.clone()]).await;
        assert_eq!(status, 200);
        let found = (body["user"].as_str().unwrap_or_default(), &body["impersonator"]);
        assert_eq!(found, (user, &impersonator), "{target:?}");
    }
}

#[tokio::test]
async fn impersonation_is_refused_if_actor_or_target_is_blocked() {
    for (actor, target) in [("boss", "blocked"), ("blocked-boss", "user-a")] {
        let headers = [cookie(actor), header("x-appwrite-impersonate-user-id", target)];
        let router = router().layer(layer(Users::new()));
        assert_refused(router, &headers, 403, "user_blocked").await;
    }
}

#[tokio::test]
async fn bare_secret_is_a_session_only_in_its_format() {
    use rolegate::auth::http::SessionFormat::BareSecret;

    let headers = [header("x-appwrite-session", SESSION_SECRET)];
    let (status, body) = ask(router().layer(layer(Users::new())), &headers).await;
    assert_eq!((status, &body["method"]), (200, &json!("guest")));

    let bare = layer(Users::new()).session_format(BareSecret);
    let (status, body) = ask(router().layer(bare), &headers).await;
    assert_eq!((status, &body["user"]), (200, &json!("user-a")));
}

#[tokio::test]
async fn failed_directory_is_a_500_without_its_cause() {
    for headers in [vec![cookie("user-a")], vec![jwt("user-a")], key()] {
        let router = router().layer(layer(Users::failing()));
        let message = assert_refused(router, &headers, 500, "general_unknown").await;
        assert_eq!(message, "the look-up of a user or key failed");
    }
    // A guest needs no look-up.
    assert_eq!(ask(router().layer(layer(Users::failing())), &[]).await.0, 200);
}

#[tokio::test]
async fn key_is_unknown_without_a_look_up_of_keys() {
    struct NoKeys;

    impl rolegate_tower::AsyncDirectory for NoKeys {
        type Error = std::convert::Infallible;

        async fn user(
            &self,
            _: rolegate::auth::UserLookup<'_>,
        ) -> Result<Option<rolegate::User>, Self::Error> {
            Ok(None)
        }
    }

    assert_refused(router().layer(layer(NoKeys)), &key(), 401, "user_unauthorized").await;
}
