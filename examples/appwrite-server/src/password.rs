//! Verifying passwords: [`Passwords`].

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::{Error::PhcStringField, Output, PasswordHash, Result};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;

use crate::limits::PASSWORDS_AT_ONCE;

/// The hash of a random password, for users that do not exist.
const UNKNOWN: &str = "$argon2id$v=19$m=19456,t=2,p=1$Lfe6R+SI9oAwQX/Ihqt7nQ$eN5T9yP7pJRsFVPXX42GAibpHVm6hf4q175SYWWjH9I";

/// The turns of requests that hash a password, and the memory that they use in turn.
///
/// Memory that each thread allocated for itself would stay with the thread: 1.1 GB after 64 logins.
pub struct Passwords {
    pub turns: Arc<Semaphore>,
    memory: Mutex<Vec<Vec<Block>>>,
}

impl Default for Passwords {
    fn default() -> Self {
        let turns = Arc::new(Semaphore::new(PASSWORDS_AT_ONCE));
        Self { turns, memory: Mutex::default() }
    }
}

impl Passwords {
    /// Returns `true` if `hash`, in the PHC format, is the hash of this password. Takes the same time without a
    /// hash.
    pub fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        let known = hash.is_some();
        let hash = PasswordHash::new(hash.unwrap_or(UNKNOWN))?;
        let memory = || self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let mut blocks = memory().pop().unwrap_or_default();
        let found = output(password, &hash, &mut blocks);
        memory().push(blocks);
        // Outputs are compared in constant time.
        Ok(hash.hash.is_some_and(|expected| found.is_ok_and(|found| found == expected)) && known)
    }
}

fn output(password: &str, hash: &PasswordHash<'_>, blocks: &mut Vec<Block>) -> Result<Output> {
    let params = Params::try_from(hash)?;
    blocks.resize(params.block_count(), Block::default());
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from)?;
    let argon2 = Argon2::new(Algorithm::try_from(hash.algorithm)?, version, params);
    let mut salt = [0; 64];
    let salt = hash.salt.ok_or(PhcStringField)?.decode_b64(&mut salt)?;
    let length = hash.hash.ok_or(PhcStringField)?.len();
    Output::init_with(length, |out| {
        Ok(argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, blocks)?)
    })
}
