//! Authentication: from the credentials of a request to a principal. This module needs the feature `auth`.
//!
//! A request has a session, a JWT or an API key. [`Authenticator`] verifies this credential. The host
//! looks up users and keys, with blocking or asynchronous code. The result is an [`Identity`]: a
//! [`Principal`](crate::Principal), with the method of authentication, the scopes and the expiry. This
//! module opens no connections.
//!
//! | task | type |
//! | --- | --- |
//! | read the credentials from an `http::HeaderMap` | `http::RequestCredentials`, with the feature `http` |
//! | collect the credentials from other headers | [`Credentials`] |
//! | authenticate, with look-ups that block | [`Authenticator::authenticate`], [`Directory`] |
//! | authenticate, with asynchronous look-ups | [`Authenticator::begin`], [`Step`] |
//! | check scope and account | [`Authenticated`] |
//! | create and verify JWTs | [`JwtKeys`] |
//!
//! Source: the `user` resource, `Key::decode` and the initialisation of the `api` group of
//! appwrite/appwrite. Each difference is documented at the code that has it.

mod account;
mod api_key;
mod authenticator;
mod credentials;
mod error;
#[cfg(feature = "http")]
pub mod http;
mod identity;
mod jwt;
mod lookup;
mod members;
mod scope;
mod secret;
mod signed_in;
mod step;
mod time;

pub use account::Authenticated;
pub use api_key::{KeyKind, StoredKey};
pub use authenticator::Authenticator;
pub use credentials::{Credentials, HeaderText, ImpersonationTarget};
pub use error::AuthenticateError;
pub use identity::{AuthMethod, Guest, GuestReason, Identity};
pub use jwt::{
    Claims, CreateJwtError, DEFAULT_JWT_LIFETIME, JwtKeys, LeewayTooLong, MAX_JWT_LIFETIME,
    MAX_LEEWAY, MAX_TOKEN_LEN, TokenError, TokenErrorKind,
};
pub use lookup::{Directory, KeyLookup, UserLookup};
pub use scope::{BuiltInScopes, GUEST_SCOPES, KEY_SCOPES, MissingScope, Scopes};
pub use secret::{EmptySecret, Secret};
pub use step::{FindKey, FindUser, Step};
