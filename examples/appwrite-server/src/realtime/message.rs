//! The messages of clients and the answers, in Appwrite's format.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::failure::Failure;

/// A code of Appwrite for a message that is refused. The connection goes on.
const MALFORMED: u16 = 1003;
/// A code of WebSocket: the connection ends, and Appwrite's clients do not connect again.
pub const POLICY_VIOLATION: u16 = 1008;
/// A code of WebSocket: the connection ends, and clients connect again later.
pub const TRY_AGAIN_LATER: u16 = 1013;

/// The type of a refusal after which a client may try again.
pub const TOO_MANY: &str = "realtime_too_many_messages";

/// A message of a client.
#[derive(Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "lowercase")]
pub enum Message {
    Ping,
    Authentication { session: String },
    Subscribe(Vec<Wanted>),
    Unsubscribe(Vec<Unwanted>),
}

/// A subscription that a client wants.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    pub subscription_id: Option<String>,
    pub channels: Vec<String>,
    #[serde(default)]
    pub queries: Vec<String>,
}

/// A subscription that a client wants no more.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unwanted {
    pub subscription_id: String,
}

impl Message {
    pub fn parse(text: &str) -> Result<Self, Failure> {
        serde_json::from_str(text).map_err(malformed)
    }
}

/// Returns the refusal of a message.
pub fn malformed(message: impl ToString) -> Failure {
    Failure::new(MALFORMED, "realtime_message_format_invalid", message)
}

/// Returns the refusal of a message for which the server has no room. The connection goes on.
pub fn full(message: impl ToString) -> Failure {
    Failure::new(MALFORMED, TOO_MANY, message)
}

/// Returns the refusal of a caller. The connection ends.
pub fn policy_violation(message: impl ToString) -> Failure {
    Failure::new(POLICY_VIOLATION, "realtime_policy_violation", message)
}

/// Returns the refusal of a client that may try again. The connection ends.
pub fn try_again_later(message: impl ToString) -> Failure {
    Failure::new(TRY_AGAIN_LATER, TOO_MANY, message)
}

/// Returns the refusal of a caller whose session was deleted or has expired.
pub fn session_ended() -> Failure {
    policy_violation("the session has ended; sign in again")
}

/// Returns the refusal of a caller whose new roles have no room. The client may try again.
pub fn no_room() -> Failure {
    try_again_later("the server has no room for the roles of the user")
}

/// Returns the first message to a client, with the subscriptions that its request has made.
pub fn connected(subscriptions: &[Value], user: Option<&Value>) -> String {
    let of = |name: &str| subscriptions.iter().map(|it| it[name].clone()).collect::<Vec<_>>();
    let channels = of("channels").pop().unwrap_or_else(|| json!([]));
    let ids = of("subscriptionId");
    let data = json!({ "channels": channels, "subscriptions": ids, "user": user });
    json!({ "type": "connected", "data": data }).to_string()
}

/// Returns the answer to a message, with more fields.
pub fn response(to: &str, name: &str, value: impl Into<Value>) -> String {
    let mut data = json!({ "to": to, "success": true });
    data[name] = value.into();
    json!({ "type": "response", "data": data }).to_string()
}

pub fn pong() -> String {
    json!({ "type": "pong" }).to_string()
}

pub fn error(failure: &Failure) -> String {
    let Failure(code, _, message) = failure;
    json!({ "type": "error", "data": { "code": code, "message": message } }).to_string()
}
