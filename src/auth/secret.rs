//! The secret that signs tokens ([`Secret`]), and the comparison of stored secrets of keys and sessions.
//!
//! The only algorithm is HS256. `Hs256` implements the signer and the verifier of `jsonwebtoken` with the
//! crates `hmac` and `sha2`. It is called directly, and `jsonwebtoken::decode` is not used. That function
//! panics unless exactly one backend of `jsonwebtoken` is turned on in the program. If this library turned
//! one on, a host with the other backend would panic. A backend would also add RSA and elliptic curves to
//! the program.

use std::fmt;

use hmac::{Hmac, Mac};
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::{JwtSigner, JwtVerifier};
use jsonwebtoken::signature::{self, Signer, Verifier};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::principal::Session;

/// A secret that signs and verifies JWTs: the server's `_APP_OPENSSL_KEY_V1`.
///
/// Only the HMAC state is stored, not the bytes. `Debug` prints neither. Use at least 32 random bytes.
/// Appwrite accepts every secret that is not empty, and so does this type.
///
/// ```
/// use rolegate::auth::Secret;
///
/// let secret = Secret::new("your-secret-key")?;
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// assert!(Secret::new("").is_err());
/// # Ok::<(), rolegate::auth::EmptySecret>(())
/// ```
#[derive(Clone)]
pub struct Secret(Hs256);

impl Secret {
    /// Creates a secret from its bytes.
    ///
    /// # Errors
    ///
    /// The secret is empty. Every attacker could sign with an empty secret.
    pub fn new(bytes: impl AsRef<[u8]>) -> Result<Self, EmptySecret> {
        let bytes = bytes.as_ref();
        if bytes.is_empty() {
            return Err(EmptySecret(()));
        }
        // HMAC accepts keys of every length.
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

/// The state of HMAC with SHA-256 after the key has been processed.
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
        // `verify_slice` compares in constant time.
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

/// An error: the [`Secret`] is empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EmptySecret(());

impl fmt::Display for EmptySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the secret is empty")
    }
}

impl std::error::Error for EmptySecret {}

/// Returns `true` if two secrets are the same text. Takes a time that depends only on their lengths.
///
/// This check is needed because a database may ignore case or trailing spaces when it looks up a secret.
pub(super) fn is_same_secret(presented: &str, stored: &str) -> bool {
    presented.as_bytes().ct_eq(stored.as_bytes()).into()
}

/// The SHA-256 of a session secret that a request presents, in lower-case hexadecimal.
///
/// It is computed once for all sessions of a user, because the client chooses the length of the secret.
pub(super) struct SecretHash {
    /// `None` for an empty secret, which counts as absent: a host that hashes a missing secret stores the hash
    /// of the empty text.
    hexadecimal: Option<[u8; 64]>,
}

impl SecretHash {
    pub(super) fn new(secret: &str) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or_default();
        if secret.is_empty() {
            return Self { hexadecimal: None };
        }
        let mut hexadecimal = [0; 64];
        let bytes = Sha256::digest(secret);
        for (pair, byte) in hexadecimal.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
            *pair = [digit(byte >> 4), digit(byte & 0xf)];
        }
        Self { hexadecimal: Some(hexadecimal) }
    }

    /// Returns `true` if a session has this secret, and a provider. Compares in constant time.
    ///
    /// Source: `User::sessionVerify` of appwrite/appwrite.
    pub(super) fn is_of(&self, session: &Session) -> bool {
        let Some(hash) = &self.hexadecimal else { return false };
        let is_same = |stored: &str| hash.ct_eq(stored.as_bytes()).into();
        session.provider.is_some() && session.secret.as_deref().is_some_and(is_same)
    }
}

/// A value that stands for a secret in the output of `Debug`.
pub(super) struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}
