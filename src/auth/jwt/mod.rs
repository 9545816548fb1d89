//! JSON Web Tokens: [`JwtKeys`] creates and verifies them.

mod claims;
mod error;
mod keys;
mod limits;
mod payload;

pub use claims::Claims;
pub use error::{TokenError, TokenErrorKind};
pub use keys::{CreateJwtError, JwtKeys, LeewayTooLong};
pub use limits::{DEFAULT_JWT_LIFETIME, MAX_JWT_LIFETIME, MAX_LEEWAY, MAX_TOKEN_LEN};

pub(super) use claims::TimeClaims;
pub(super) use payload::Payload;
