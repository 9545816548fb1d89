//! A real server and a client on TCP.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::*;

#[tokio::test]
async fn server_answers_over_tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = router().layer(layer(Users::new()));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let (_, user) = cookie("user-a");
    let (_, other) = cookie("boss");
    for (headers, status, content) in [
        (String::new(), "200 OK", r#""method":"guest""#),
        (format!("Cookie: {user}\r\n"), "200 OK", r#""user":"user-a""#),
        (format!("cookie: {user}\r\nCOOKIE: {other}\r\n"), "400 Bad", "general_argument_invalid"),
        ("X-Appwrite-JWT: a.b.c\r\n".into(), "401 Unauth", "user_jwt_invalid"),
        ("X-Appwrite-JWT: é\r\n".into(), "400 Bad", "general_argument_invalid"),
        ("X-Appwrite-Project: p2\r\n".into(), "404 Not", "project_not_found"),
    ] {
        let mut client = TcpStream::connect(address).await.unwrap();
        let request = format!("GET / HTTP/1.1\r\nHost: a\r\n{headers}Connection: close\r\n\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{headers}: {answer}");
        assert!(answer.contains(content), "{headers}: {answer}");
    }
    server.abort();
}
