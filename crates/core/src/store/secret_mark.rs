//! What tells one stored secret from another.

use sha2::{Digest, Sha256};

/// Tells a stored hash from the one before it and the one after it. Nothing can be read back from it, so it may be
/// kept where the hash may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretMark([u8; 32]);

impl SecretMark {
    /// The mark of a hash. Each change of a password makes another, also to the same password: the salt is new.
    pub fn of(hash: &str) -> Self {
        Self(Sha256::digest(hash.as_bytes()).into())
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}
