//! A client of `/v1/realtime`, which sends and receives messages as Appwrite's clients do.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{ClientRequestBuilder, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::host::Headers;

/// The time for an event that is expected: 10 seconds, because the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects to `/v1/realtime` with the parameter `project` and more parameters. The first message is not read.
    pub async fn open(address: SocketAddr, parameters: &str, headers: Headers<'_>) -> Self {
        let uri = format!("ws://{address}/v1/realtime?project=birthdays{parameters}");
        let mut request = ClientRequestBuilder::new(uri.parse().unwrap());
        for (name, value) in headers {
            request = request.with_header(*name, *value);
        }
        // A larger frame would stay in the server's memory until the connection ends.
        let config = WebSocketConfig::default().max_frame_size(Some(8 << 10));
        Self(connect_async_with_config(request, Some(config), false).await.unwrap().0)
    }

    /// Connects, and returns the user of the first message too.
    pub async fn connect(address: SocketAddr, headers: Headers<'_>) -> (Self, Value) {
        let mut socket = Self::open(address, "", headers).await;
        let mut first = socket.next().await;
        assert_eq!(first["type"], "connected", "{first}");
        assert_eq!(first["data"]["channels"], json!([]));
        (socket, first["data"]["user"].take())
    }

    /// Connects with a session, and subscribes to channels as the subscription `s`.
    pub async fn of_user(address: SocketAddr, session: &str, channels: &[&str]) -> Self {
        let (mut socket, _) = Self::connect(address, &[("x-appwrite-session", session)]).await;
        socket.subscribe("s", channels, &[]).await;
        socket
    }

    pub async fn send(&mut self, text: impl ToString) {
        self.0.send(Message::text(text.to_string())).await.unwrap();
    }

    pub async fn send_frame(&mut self, frame: Message) {
        self.0.send(frame).await.unwrap();
    }

    /// Sends a message, and returns the answer.
    pub async fn ask(&mut self, message: Value) -> Value {
        self.send(message).await;
        self.next().await
    }

    pub async fn subscribe(&mut self, id: &str, channels: &[&str], queries: &[&str]) -> Value {
        let wanted = json!([{ "subscriptionId": id, "channels": channels, "queries": queries }]);
        let answer = self.ask(json!({ "type": "subscribe", "data": wanted })).await;
        assert_eq!(answer["data"]["success"], true, "{answer}");
        answer["data"]["subscriptions"][0].clone()
    }

    pub async fn authenticate(&mut self, session: &str) -> Value {
        self.ask(json!({ "type": "authentication", "data": { "session": session } })).await
    }

    /// Checks that the server drops the client without a close frame, and returns the number of messages before that.
    pub async fn is_dropped(&mut self) -> usize {
        let mut received = 0;
        loop {
            match self.read().await {
                Ok(_) => received += 1,
                Err(end) => {
                    assert_eq!(end, None, "a client that is too slow gets no close frame");
                    return received;
                }
            }
        }
    }

    /// Returns the next message.
    pub async fn next(&mut self) -> Value {
        self.read().await.unwrap_or_else(|end| panic!("it has ended: {end:?}"))
    }

    /// Returns the next message, or how the connection ended.
    pub async fn read(&mut self) -> Result<Value, Option<CloseFrame>> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("a message in time") {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// Checks that the next frame asks for a sign of life. A further call or [`read`](Self::read) answers it.
    pub async fn is_pinged(&mut self) {
        let frame = timeout(PATIENCE, self.0.next()).await.expect("a ping in time");
        assert!(matches!(frame, Some(Ok(Message::Ping(_)))), "{frame:?}");
    }

    /// Returns the next event: its first name after the document's collection, and its payload.
    pub async fn event(&mut self) -> (String, Value) {
        let mut event = self.next().await;
        assert_eq!(event["type"], "event", "{event}");
        let name = event["data"]["events"][0].as_str().unwrap();
        let name = name.rsplit_once("documents.").map_or(name, |(_, rest)| rest).to_owned();
        (name, event["data"]["payload"].take())
    }

    /// Checks that no event was sent: the answer to a ping is the next message.
    pub async fn has_no_event(&mut self) {
        assert_eq!(self.ask(json!({ "type": "ping" })).await, json!({ "type": "pong" }));
    }

    /// Checks that the server ends the connection, with the error and the code of a policy violation.
    pub async fn is_refused(&mut self, message: &str) {
        self.ends(message, 1008).await;
    }

    /// Checks that the server ends the connection, with the error and the code after which clients try again.
    pub async fn is_put_off(&mut self, message: &str) {
        let error = self.ends(message, 1013).await;
        assert_eq!(error["data"]["code"], 1013);
    }

    async fn ends(&mut self, message: &str, code: u16) -> Value {
        let error = self.next().await;
        assert_eq!(error["type"], "error", "{error}");
        let text = error["data"]["message"].as_str().unwrap();
        assert!(text.contains(message), "{text}");
        let frame = self.read().await.unwrap_err().expect("a close frame");
        assert_eq!(u16::from(frame.code), code);
        error
    }
}
