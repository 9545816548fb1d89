//! The limits of tokens, and the default lifetime of a JWT.

use std::time::Duration;

/// The maximum length of a token: 32 KiB. A longer token is refused without reading it.
///
/// Appwrite's JWTs have less than 300 bytes. An API key with every scope has about 3,000 bytes, and the
/// longest key in Appwrite's tests has 26,801 bytes. Few HTTP servers accept a longer header.
pub const MAX_TOKEN_LEN: usize = 32 * 1024;

/// The default lifetime of a JWT: 15 minutes.
///
/// Source: `account.createJWT` of appwrite/appwrite.
pub const DEFAULT_JWT_LIFETIME: Duration = Duration::from_secs(900);

/// The maximum lifetime of a JWT, and the maximum age of a JWT that has the claim `iat`: one hour.
///
/// Source: `account.createJWT` and the `max_age` of appwrite/appwrite.
pub const MAX_JWT_LIFETIME: Duration = Duration::from_secs(3600);

/// The maximum leeway between clocks: two minutes. With a longer leeway, tokens that expired long ago would
/// be valid.
pub const MAX_LEEWAY: Duration = Duration::from_secs(120);
