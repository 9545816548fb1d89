//! A server in this process, and its answers.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use appwrite_server::Server;
use appwrite_server::limits::ConnectionLimits;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use rolegate::auth::Secret;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;

pub const SECRET: &str = "the secret of the tests";
pub const BACKEND: (&str, &str) = ("x-appwrite-key", "standard_backend-of-the-birthdays");
pub const PROJECT: (&str, &str) = ("x-appwrite-project", "birthdays");
pub const ALL: &str = "/v1/databases/guide/collections/birthdays/documents";

pub const KEVIN: &str = "ac5fc866ad1e";
pub const LAURA: &str = "bc7fc866ad1e";
/// The channel of all birthdays.
pub const DOCUMENTS: &[&str] = &["databases.guide.collections.birthdays.documents"];

pub type Headers<'a> = &'a [(&'a str, &'a str)];

pub struct Host(Router, pub Arc<Server>);

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Host {
    pub fn new() -> Self {
        Self::seeded("")
    }

    /// Starts a server with the birthdays that listens, and returns its address too.
    pub async fn start() -> (Self, SocketAddr) {
        let host = Self::new();
        let address = host.listen().await;
        (host, address)
    }

    /// Starts a server with small limits that listens, and returns its address too.
    pub async fn limited(limits: ConnectionLimits) -> (Self, SocketAddr) {
        let host = Self::build(None, "", limits).unwrap();
        let address = host.listen().await;
        (host, address)
    }

    /// Starts a server with the birthdays and more.
    pub fn seeded(more: &str) -> Self {
        Self::try_seeded(more).unwrap()
    }

    /// Starts a server with the birthdays in a file.
    pub fn open(file: &Path) -> Self {
        Self::with(Some(file), "").unwrap()
    }

    pub fn try_seeded(more: &str) -> anyhow::Result<Self> {
        Self::with(None, more)
    }

    /// Starts a server with the birthdays and more, in a file or in memory.
    pub fn with(file: Option<&Path>, more: &str) -> anyhow::Result<Self> {
        Self::build(file, more, ConnectionLimits::default())
    }

    fn build(file: Option<&Path>, more: &str, limits: ConnectionLimits) -> anyhow::Result<Self> {
        let seed = format!("{}{more}", include_str!("../../seed.sql"));
        let server = Server::open(file, &seed, Secret::new(SECRET)?, limits)?;
        Ok(Self(Arc::clone(&server).router(), server))
    }

    /// Listens on a free port of this machine, and returns its address.
    pub async fn listen(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, self.0.clone()).into_future());
        address
    }

    /// Sends a request. It names the project unless `headers` do.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: Headers<'_>,
        body: Vec<u8>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == PROJECT.0) {
            request = request.header(PROJECT.0, PROJECT.1);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response =
            self.0.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, headers, body: serde_json::from_slice(&body).unwrap_or_default() }
    }

    pub async fn ask(&self, method: &str, path: &str, headers: Headers<'_>, body: Value) -> Answer {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, path, headers, body).await
    }

    pub async fn get(&self, path: &str, headers: Headers<'_>) -> Answer {
        self.ask("GET", path, headers, Value::Null).await
    }

    /// Sends a request with the key of the backend, and returns the answer.
    pub async fn by_key(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.ask(method, path, &[BACKEND], body).await;
        assert!((200..300).contains(&answer.status), "{}", answer.body);
        answer.body
    }

    pub async fn rename(&self, document: &str, name: &str) {
        let body = json!({ "data": { "name": name } });
        self.by_key("PATCH", &format!("{ALL}/{document}"), body).await;
    }

    pub async fn permit(&self, document: &str, permissions: &[&str]) {
        let body = json!({ "permissions": permissions });
        self.by_key("PATCH", &format!("{ALL}/{document}"), body).await;
    }

    pub async fn create(&self, id: &str, permissions: &[&str]) {
        let body = json!({ "documentId": id, "data": { "name": id }, "permissions": permissions });
        self.by_key("POST", ALL, body).await;
    }

    /// Waits until the server has noticed that all clients have gone.
    pub async fn has_no_connections(&self) {
        self.has_connections(0).await;
    }

    /// Waits until the server has noticed that all clients but this number have gone.
    pub async fn has_connections(&self, number: usize) {
        let until = Instant::now() + Duration::from_secs(10);
        while self.1.connections() > number {
            assert!(Instant::now() < until, "{} are left", self.1.connections());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(self.1.connections(), number);
    }

    pub async fn label(&self, user: &str, labels: &[&str]) -> Value {
        let path = format!("/v1/users/{user}/labels");
        self.by_key("PUT", &path, json!({ "labels": labels })).await
    }

    pub async fn session(&self, user: &str) -> (String, String) {
        let login = json!({ "email": format!("{user}@example.com"), "password": format!("password-{user}") });
        let answer = self.ask("POST", "/v1/account/sessions/email", &[BACKEND], login).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let text = |name: &str| answer.body[name].as_str().unwrap().to_owned();
        (text("secret"), text("$id"))
    }

    pub async fn jwt(&self, session: &str) -> String {
        let answer = self
            .ask("POST", "/v1/account/jwts", &[("x-appwrite-session", session)], json!({}))
            .await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["jwt"].as_str().unwrap().to_owned()
    }

    pub async fn jwt_of(&self, user: &str) -> String {
        self.jwt(&self.session(user).await.0).await
    }
}

impl Answer {
    #[track_caller]
    pub fn refused(&self, status: u16, kind: &str) -> &str {
        assert_eq!(
            (self.status, self.body["type"].as_str()),
            (status, Some(kind)),
            "{}",
            self.body
        );
        assert_eq!(self.body["code"], status);
        assert!(self.body["version"].is_string());
        self.body["message"].as_str().unwrap()
    }

    #[track_caller]
    pub fn names(&self) -> Vec<&str> {
        assert_eq!(self.status, 200, "{}", self.body);
        let documents = self.body["documents"].as_array().unwrap();
        documents.iter().map(|document| document["name"].as_str().unwrap()).collect()
    }
}

/// Returns the path of a listing with these queries.
pub fn queries(all: &[Value]) -> String {
    let mut text = form_urlencoded::Serializer::new(format!("{ALL}?"));
    for query in all {
        text.append_pair("queries[]", &query.to_string());
    }
    text.finish()
}

/// Returns SQL that inserts documents `n1`, `n2` and so on, with the same permissions and the name `N`.
pub fn many(documents: usize, permissions: &str) -> String {
    format!(
        r#"WITH RECURSIVE number(n) AS
        (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {documents})
        INSERT INTO documents (collection, id, permissions, data)
        SELECT 1, 'n' || n, '{permissions}', json_object('$id', 'n' || n, 'name', 'N') FROM number;"#
    )
}

/// Creates an empty directory.
pub fn directory(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir(&path).unwrap();
    path
}
