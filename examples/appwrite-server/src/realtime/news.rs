//! What a request has changed, for the connections: [`News`].

use rolegate::User;
use serde_json::Value;

use super::event::Changed;

/// A change that is published after its commit.
pub enum News {
    Document(Box<Changed>),
    User(Box<ChangedUser>),
    /// The session with this id was deleted.
    SessionEnded(String),
}

/// A user whose labels changed.
pub struct ChangedUser {
    pub user: User,
    /// The user as a client sees it.
    pub account: Value,
    pub timestamp: String,
}

impl ChangedUser {
    pub fn id(&self) -> &str {
        self.account["$id"].as_str().unwrap_or_default()
    }
}
