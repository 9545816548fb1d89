//! Opening a connection: [`Connection`].

use std::sync::{Arc, OnceLock};
use std::time::{Instant, SystemTime};

use anyhow::Result;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::response::Response;
use rolegate::auth::{AuthMethod, Identity};
use serde_json::Value;

use super::client::Client;
use super::handshake::Handshake;
use super::message::{TRY_AGAIN_LATER, Wanted, malformed, policy_violation, response};
use super::{parameters, socket};
use crate::account::is_foreign;
use crate::collections::Collections;
use crate::limits::DEADLINE;
use crate::request::{Asked, Call};
use crate::users::ACCOUNT;
use crate::{PROJECT, Server, failure::Failure};

/// The scope of a connection: documents are what it receives.
const SCOPE: &str = "documents.read";

/// An open connection and its caller. It leaves the audience when it is dropped.
pub struct Connection {
    pub server: Arc<Server>,
    pub client: Client,
    pub user_id: Option<Box<str>>,
    /// `true` if the caller is an API key, which would receive the account events of all users.
    pub is_key: bool,
    pub expires_at: Option<SystemTime>,
    /// The user and the channels, for the first message.
    pub greeting: Option<(Option<Value>, Vec<String>)>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.server.realtime.disconnect(&self.client);
    }
}

/// Opens a connection. As in Appwrite, a caller that is refused gets a WebSocket with the reason, because a page
/// cannot read the answer to a request for a WebSocket.
pub async fn connect(handshake: Result<Handshake, Failure>, mut call: Call) -> Response {
    let channels = parameters::take(&mut call);
    call.answer(move |call| {
        let handshake = handshake?;
        let opened = channels.map_err(Into::into).and_then(|channels| open(call, channels));
        let opened = opened.map_err(Failure::of);
        Ok(handshake.accept(move |socket| socket::serve(socket, opened)))
    })
    .await
}

fn open(call: &Call, channels: Vec<String>) -> Result<Connection> {
    // A browser sends cookies with a WebSocket to another host, and no rule of the browser hides the events.
    if is_foreign(&call.headers) {
        return Err(policy_violation("the page is of another host").into());
    }
    let connect = |who: &Identity, _: &Collections| {
        let server = Arc::clone(&call.server);
        let client = server.realtime.connect(who)?;
        let user_id = who.principal().user_id().map(Into::into);
        let is_key = who.principal().bypasses_permissions();
        let (expires_at, greeting) = (who.expires_at(), None);
        Ok(Connection { server, client, user_id, is_key, expires_at, greeting })
    };
    call.read(SCOPE, connect, |asked, mut connection| {
        connection.greeting = Some((account(asked)?, channels));
        Ok(connection)
    })
}

impl Connection {
    /// Signs a user in, and returns the answer. If the session is not valid, the caller stays the same. If it is not
    /// known who the caller is, because time ran out or the database failed, the failure ends the connection.
    pub async fn authenticate(&mut self, session: &str) -> Result<String, Failure> {
        let call = self.call(session)?;
        let client = self.client.clone();
        let work = move |call: &Call| {
            let authenticate = |who: &Identity, _: &Collections| {
                if !matches!(who.method(), AuthMethod::Session { .. }) {
                    return Err(malformed("session is not valid").into());
                }
                Ok(call.server.realtime.authenticate(&client, who)?)
            };
            call.read(SCOPE, authenticate, |asked, ()| Ok((asked.who.clone(), account(asked)?)))
        };
        let (who, account) = call.run(work, |_| 200).await.map_err(ending_if_in_doubt)?;
        self.user_id = who.principal().user_id().map(Into::into);
        self.is_key = false;
        self.expires_at = who.expires_at();
        Ok(response("authentication", "user", account))
    }

    /// Subscribes to channels, and returns the subscriptions as the client sees them. The account channels of a key
    /// are left out, because its scope is for documents.
    pub fn subscribe(&self, all: &[Wanted]) -> Result<Vec<Value>, Failure> {
        let is_allowed = |channel: &str| !self.is_key || !is_of_account(channel);
        self.server.realtime.subscribe(&self.client, self.user_id.as_deref(), is_allowed, all)
    }

    /// Returns a request with the session in a message, which is checked and logged as other requests are.
    fn call(&self, session: &str) -> Result<Call, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert("x-appwrite-project", HeaderValue::from_static(PROJECT));
        let session = HeaderValue::from_str(session).map_err(malformed)?;
        headers.insert("x-appwrite-session", session);
        let (server, body) = (Arc::clone(&self.server), Ok(Bytes::new()));
        let (method, uri) = (Method::GET, Uri::from_static("/v1/realtime"));
        let started = Instant::now();
        let (until, who) = (started + DEADLINE, OnceLock::new());
        Ok(Call { server, method, uri, headers, body, started, until, who })
    }
}

/// Converts a failure after which the caller of a connection may be the one before or the new one.
fn ending_if_in_doubt(failure: Failure) -> Failure {
    match failure {
        Failure(408 | 500..=599, kind, message) => Failure(TRY_AGAIN_LATER, kind, message),
        certain => certain,
    }
}

fn is_of_account(channel: &str) -> bool {
    channel == "account" || channel.starts_with("account.")
}

/// Returns the caller's user as a client sees it, or `None` for guests and keys.
fn account(asked: &Asked<'_>) -> Result<Option<Value>> {
    let Some(id) = asked.who.principal().user_id() else { return Ok(None) };
    Ok(asked.database.one(&format!("SELECT {ACCOUNT} FROM users WHERE id = ?"), [id])?)
}
