//! The request that opens a WebSocket: [`Handshake`].

use axum::extract::FromRequestParts;
use axum::http::header::{
    CONNECTION, HeaderName, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::frames::Frames;
use crate::failure::Failure;

/// A request for a WebSocket. The extractor of axum does not send messages in pieces.
pub struct Handshake {
    key: HeaderValue,
    upgraded: OnUpgrade,
}

impl Handshake {
    /// Returns the answer, after which a task serves the WebSocket.
    pub fn accept<F: Future<Output = ()> + Send>(
        self,
        serve: impl FnOnce(Frames) -> F + Send + 'static,
    ) -> Response {
        let Self { key, upgraded } = self;
        tokio::spawn(async move {
            if let Ok(upgraded) = upgraded.await {
                serve(Frames::new(upgraded).await).await;
            }
        });
        let accept = derive_accept_key(key.as_bytes());
        let headers =
            [(CONNECTION, "upgrade"), (UPGRADE, "websocket"), (SEC_WEBSOCKET_ACCEPT, &accept)];
        (StatusCode::SWITCHING_PROTOCOLS, headers.map(|(name, value)| (name, value.to_owned())))
            .into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for Handshake {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let names = |name: HeaderName, wanted: &str| {
            let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
            let mut items = value.unwrap_or_default().split(',');
            items.any(|item| item.trim().eq_ignore_ascii_case(wanted))
        };
        let is_valid = names(CONNECTION, "upgrade")
            && names(UPGRADE, "websocket")
            && names(SEC_WEBSOCKET_VERSION, "13");
        let key = parts.headers.get(SEC_WEBSOCKET_KEY).filter(|_| is_valid).cloned();
        let upgraded = parts.extensions.remove();
        let (Some(key), Some(upgraded)) = (key, upgraded) else {
            return Err(Failure::argument("expected a request for a WebSocket"));
        };
        Ok(Self { key, upgraded })
    }
}
