//! A server and a client of tonic.

use rolegate_tower::RequireScope;
use tokio::net::TcpListener;
use tonic::metadata::MetadataValue;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::support::*;

#[tokio::test]
async fn grpc_server_answers_guest_and_refuses_bad_jwt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (_, health) = tonic_health::server::health_reporter();
    let server = Server::builder()
        .layer(layer(Users::new()))
        .layer(RequireScope::new("documents.read"))
        .add_service(health)
        .serve_with_incoming(TcpIncoming::from(listener));
    let server = tokio::spawn(server);
    let channel = Channel::from_shared(format!("http://{address}")).unwrap();
    let mut client = HealthClient::new(channel.connect().await.unwrap());
    for (header, expected) in [
        (None, Ok(())),
        (Some(jwt("user-a")), Ok(())),
        (Some(header("x-appwrite-jwt", "a.b.c")), Err(Code::Unauthenticated)),
        (Some(cookie("blocked")), Err(Code::PermissionDenied)),
        (Some(cookie("resetting")), Err(Code::FailedPrecondition)),
        (Some(header("x-appwrite-project", "p2")), Err(Code::NotFound)),
        (Some(header("x-appwrite-jwt", "é")), Err(Code::InvalidArgument)),
        (Some(cookie("failing")), Err(Code::Internal)),
    ] {
        let mut request = Request::new(HealthCheckRequest::default());
        if let Some((name, value)) = &header {
            let value = MetadataValue::try_from(value.as_bytes()).unwrap();
            request.metadata_mut().insert(*name, value);
        }
        let answer = client.check(request).await;
        assert_eq!(answer.map(|_| ()).map_err(|status| status.code()), expected, "{header:?}");
    }
    server.abort();
}

#[tokio::test]
async fn grpc_refusal_has_its_message_in_a_header() {
    let type_of_messages = header("content-type", "application/grpc+proto");
    let user = cookie("line\nbreak é%");
    let users = Users::new();
    users.known.lock().unwrap().push(user_with_reset("line\nbreak é%"));
    let response = send(router().layer(layer(users)), &[type_of_messages, user]).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["grpc-status"], "9");
    assert_eq!(response.headers()["content-type"], "application/grpc");
    let expected = r"user `line\nbreak \u{e9}%25` must reset the password";
    assert_eq!(response.headers()["grpc-message"], expected);
}

#[tokio::test]
async fn only_grpc_is_answered_by_grpc() {
    for content_type in ["application/json", "application/grpc-web+proto", "application/grpcx"] {
        let headers = [header("content-type", content_type), header("x-appwrite-jwt", "a.b.c")];
        assert_refused(router().layer(layer(Users::new())), &headers, 401, "user_jwt_invalid")
            .await;
    }
}

fn user_with_reset(id: &str) -> rolegate::User {
    user(id, &serde_json::json!({ "reset": true }))
}
