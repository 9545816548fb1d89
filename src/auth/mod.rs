//! From the credentials of a request to a principal.
//!
//! A request carries a session, a JWT or an API key. [`Authenticator`] verifies it, asks the host for
//! the users and keys that it needs, and gives an [`Identity`]: a
//! [`Principal`](crate::Principal), how it signed in, its scopes, and when that ends. This module
//! opens no connection: looking users and keys up stays with the host, blocking or asynchronous.
//!
//! | to | use |
//! | --- | --- |
//! | collect what a request carries | [`Credentials`] |
//! | authenticate, with look-ups that block | [`Authenticator::authenticate`], [`Directory`] |
//! | authenticate, with asynchronous look-ups | [`Authenticator::begin`], [`Step`] |
//! | check scope and account | [`Authenticated`] |
//! | make and verify JWTs | [`JwtKeys`] |
//!
//! The features of the crate turn this module on: `auth`.
//!
//! Source of the rules: appwrite/appwrite, its `user` resource, `Key::decode` and the `api` group's
//! initialisation. Each difference is named where it is made.

mod account;
mod api_key;
mod authenticator;
mod credentials;
mod error;
mod identity;
mod jwt;
mod lookup;
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
pub use identity::{AuthMethod, GuestReason, Identity};
pub use jwt::{
    Claims, CreateJwtError, DEFAULT_JWT_LIFETIME, JwtKeys, LeewayTooLong, MAX_JWT_LIFETIME,
    MAX_LEEWAY, MAX_TOKEN_LEN, TokenError, TokenErrorKind,
};
pub use lookup::{Directory, KeyLookup, UserLookup};
pub use scope::{BuiltInScopes, GUEST_SCOPES, KEY_SCOPES, MissingScope, Scopes};
pub use secret::{EmptySecret, Secret};
pub use step::{FindKey, FindUser, Step};
