//! What a session is kept under.

use sha2::{Digest, Sha256};

/// What a session is kept under: the SHA-256 of its cookie's secret, which nobody can read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    pub(super) fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }
}
