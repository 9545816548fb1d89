//! What tokens are signed with ([`Secret`]), and how stored secrets are compared.
//!
//! The algorithm is HS256 and nothing else. It implements `jsonwebtoken`'s traits for a signer and a
//! verifier over the crates `hmac` and `sha2`, and is used directly, never through
//! `jsonwebtoken::decode`: that one asks for a provider of the whole process, and panics unless
//! exactly one of `jsonwebtoken`'s two backends is turned on among all crates of the program. A
//! library that turned one on would make a host with the other one panic, and would bring RSA and
//! elliptic curves along, which HS256 has no use for.

use std::fmt;

use hmac::{Hmac, Mac};
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::{JwtSigner, JwtVerifier};
use jsonwebtoken::signature::{self, Signer, Verifier};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// A secret that JWTs are signed and verified with: the server's `_APP_OPENSSL_KEY_V1`.
///
/// Its bytes are not kept, only the state of the signature that they give. It is never printed. At
/// least 32 random bytes are a good one; the reference takes any that is not empty, and so does this.
///
/// ```
/// use rolegate::Secret;
///
/// let secret = Secret::new("your-secret-key")?;
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// assert!(Secret::new("").is_err());
/// # Ok::<(), rolegate::EmptySecret>(())
/// ```
#[derive(Clone)]
pub struct Secret(Hs256);

impl Secret {
    /// A secret from its bytes.
    ///
    /// # Errors
    ///
    /// There are none: everybody could sign with that.
    pub fn new(bytes: impl AsRef<[u8]>) -> Result<Self, EmptySecret> {
        let bytes = bytes.as_ref();
        if bytes.is_empty() {
            return Err(EmptySecret(()));
        }
        // HMAC takes keys of every length.
        let state = Hmac::new_from_slice(bytes).map_err(|_| EmptySecret(()))?;
        Ok(Self(Hs256(state)))
    }

    pub(super) fn signer(&self) -> &impl JwtSigner {
        &self.0
    }

    pub(super) fn verifier(&self) -> &impl JwtVerifier {
        &self.0
    }
}

/// HMAC with SHA-256, with its key taken in.
#[derive(Clone)]
struct Hs256(Hmac<Sha256>);

impl Hs256 {
    fn of(&self, message: &[u8]) -> Hmac<Sha256> {
        self.0.clone().chain_update(message)
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.of(message).finalize().into_bytes().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        // In constant time.
        self.of(message).verify_slice(signature).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// An error: a [`Secret`] without a byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EmptySecret(());

impl fmt::Display for EmptySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a secret, found an empty one")
    }
}

impl std::error::Error for EmptySecret {}

/// Whether two secrets are the same text, in a time that depends on their lengths only. A directory
/// may compare without regard to case or to trailing spaces, as many databases do by default.
pub(super) fn same_secret(presented: &str, stored: &str) -> bool {
    presented.as_bytes().ct_eq(stored.as_bytes()).into()
}

/// Stands for a secret in `Debug`.
pub(super) struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}
