//! The layers as tower services: order, readiness, and what reaches the service inside.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use axum::routing::get;
use rolegate::Principal;
use rolegate::auth::Identity;
use rolegate_tower::RequireScope;
use serde_json::json;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

use crate::support::*;

#[tokio::test]
async fn refused_request_does_not_reach_the_handler() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let handler = get(move || async move {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let router = Router::new().route("/", handler).layer(layer(Users::new()));
    for headers in [vec![header("x-appwrite-jwt", "a.b.c")], vec![cookie("blocked")]] {
        assert!(send(router.clone(), &headers).await.status().is_client_error());
    }
    assert_eq!(calls.load(Ordering::Relaxed), 0);
    assert!(send(router, &[]).await.status().is_success());
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn refusal_is_json() {
    let response =
        send(router().layer(layer(Users::new())), &[header("x-appwrite-jwt", "a.b.c")]).await;
    assert_eq!(response.headers()["content-type"], "application/json");
}

#[tokio::test]
async fn identity_from_outside_is_replaced() {
    let inner = service_fn(|request: Request| async move {
        let identity = request.extensions().get::<Identity>().unwrap();
        assert_eq!(*identity.principal(), Principal::guest());
        Ok::<_, Infallible>(Response::new(Body::empty()))
    });
    let inside = layer(Users::new()).layer(inner);
    let mut both = layer(Users::new()).layer(service_fn(move |mut request: Request| {
        let is_user =
            request.extensions().get::<Identity>().unwrap().principal().user_id() == Some("user-a");
        assert!(is_user);
        request.headers_mut().clear();
        inside.clone().oneshot(request)
    }));
    let request = Request::get("/").header("x-appwrite-jwt", jwt("user-a").1);
    let response = both.ready().await.unwrap().call(request.body(Body::empty()).unwrap());
    assert_eq!(response.await.unwrap().status(), 200);
}

/// `ConcurrencyLimit` panics if a service is called that was not polled until it was ready.
#[tokio::test]
async fn service_inside_is_called_only_if_it_is_ready() {
    let mut service = ServiceBuilder::new()
        .layer(layer(Users::new()))
        .layer(RequireScope::new("documents.read"))
        .concurrency_limit(1)
        .service_fn(|_: Request| async { Ok::<_, Infallible>(Response::new(Body::empty())) });
    for value in ["a.b.c", "", "a.b.c", ""] {
        let request =
            Request::get("/").header("x-appwrite-jwt", value).body(Body::empty()).unwrap();
        let response = service.ready().await.unwrap().call(request).await.unwrap();
        assert_eq!(response.status(), if value.is_empty() { 200 } else { 401 });
    }
}

#[tokio::test]
async fn scope_is_required_of_each_caller() {
    let with =
        |scope: &'static str| router().layer(RequireScope::new(scope)).layer(layer(Users::new()));
    for (headers, scope, allowed) in [
        (vec![], "documents.read", true),
        (vec![], "rows.write", true),
        (vec![], "users.read", false),
        (vec![cookie("user-a")], "documents.write", true),
        (vec![cookie("user-a")], "users.read", false),
        // A key that bypasses permissions needs the scope too.
        (key(), "users.read", true),
        (key(), "documents.read", false),
    ] {
        if allowed {
            assert_eq!(ask(with(scope), &headers).await.0, 200, "{headers:?}");
        } else {
            let kind = "general_unauthorized_scope";
            let message = assert_refused(with(scope), &headers, 401, kind).await;
            assert_eq!(message, format!("missing scope `{scope}`"));
        }
    }
}

#[tokio::test]
async fn blocked_user_without_scope_is_refused_as_blocked() {
    let router = router().layer(RequireScope::new("users.read")).layer(layer(Users::new()));
    assert_refused(router, &[cookie("blocked")], 403, "user_blocked").await;
}

#[tokio::test]
async fn missing_layer_is_a_500_with_advice() {
    let require = || RequireScope::new("documents.read");
    let wrong_order = router().layer(layer(Users::new())).layer(require());
    for router in
        [router(), Router::new().route("/", get(|| async {})).layer(require()), wrong_order]
    {
        let message = assert_refused(router, &[cookie("user-a")], 500, "general_unknown").await;
        for part in ["IdentityLayer", ".layer(identity)", "ServiceBuilder"] {
            assert!(message.contains(part), "{message}");
        }
    }
}

#[tokio::test]
async fn refusal_of_rolegate_becomes_an_answer() {
    use rolegate::{Action, Collection};
    use rolegate_tower::{Caller, Refused};

    async fn create(caller: Caller) -> Result<(), Refused> {
        let collection = Collection::new([r#"create("users")"#], false.into());
        collection.create(caller.principal())?;
        collection.matcher(caller.principal(), Action::Read)?;
        Ok(())
    }

    let router = Router::new().route("/", get(create)).layer(layer(Users::new()));
    let (status, body) = ask(router, &[]).await;
    assert_eq!((status, &body["type"]), (401, &json!("user_unauthorized")));
}
