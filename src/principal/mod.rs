//! Who asks: [`Principal`], made from an Appwrite [`User`], from a list of roles, or as a key that
//! bypasses permissions. With the feature `jwt`, `Authenticator` makes one of what came with a
//! request.

#[cfg(feature = "jwt")]
mod api_key;
#[cfg(feature = "jwt")]
mod authenticate;
#[cfg(feature = "jwt")]
mod claims;
#[cfg(feature = "jwt")]
mod credentials;
#[cfg(feature = "jwt")]
mod directory;
#[cfg(feature = "jwt")]
mod identity;
#[cfg(feature = "jwt")]
mod json;
#[cfg(feature = "jwt")]
mod jwt;
#[cfg(feature = "jwt")]
mod moment;
#[cfg(feature = "jwt")]
mod pending;
#[expect(
    clippy::module_inception,
    reason = "one noun a file, and the folder is named after its main noun"
)]
mod principal;
#[cfg(feature = "jwt")]
mod scope;
#[cfg(feature = "jwt")]
mod secret;
#[cfg(feature = "jwt")]
mod token_error;
mod user;
mod user_roles;

pub use principal::{BlockedUser, Principal, PrincipalKind};
pub use user::{Membership, Session, User};
pub use user_roles::{SkippedRole, SkippedRoleReason};

#[cfg(feature = "jwt")]
pub use {
    api_key::{FoundKey, KeyKind},
    authenticate::{AuthenticateError, Authenticator},
    claims::Claims,
    credentials::{CredentialKind, Credentials},
    directory::{Directory, Found, Lookup, RequestError},
    identity::{GuestReason, Identity, Provenance},
    jwt::{
        CreateJwtError, DEFAULT_JWT_LIFETIME, LeewayTooLong, MAX_JWT_LIFETIME, MAX_LEEWAY,
        MAX_TOKEN_LEN, Tokens,
    },
    pending::Pending,
    scope::{BuiltInScopes, GUEST_SCOPES, KEY_SCOPES, MissingScope, Scopes},
    secret::{EmptySecret, Secret},
    token_error::{TokenError, TokenErrorKind},
};
