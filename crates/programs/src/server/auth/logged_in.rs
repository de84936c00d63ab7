//! Somebody whose password was right, and how a later request tells whether it still is.

use sha2::{Digest, Sha256};

use super::caller::Who;
use super::sessions::Mark;

/// Somebody whose password and code were right.
pub(super) struct LoggedIn {
    pub(super) who: Who,
    pub(super) user: String,
    pub(super) mark: Mark,
}

/// The mark of a password, by its stored hash.
pub(super) fn mark(hash: &str) -> Mark {
    Some(Sha256::digest(hash.as_bytes()).into())
}
