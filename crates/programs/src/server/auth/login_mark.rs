//! What a session is bound to.

use sha2::{Digest, Sha256};

use liveapi_core::store::{Account, Address, SecretMark};

/// Tells whether a login still is what it was: it ends with the account or mailbox, with the password that opened it,
/// and with a suspension of the account, and does not come back when another of that name is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginMark([u8; 32]);

impl LoginMark {
    /// The mark of a WHM user.
    pub(super) fn of_whm_user(id: &str, hash: &str) -> Self {
        Self::of(&[b"whm", id.as_bytes(), SecretMark::of(hash).bytes()])
    }

    /// The mark of an account's own login; one that nothing opens can still be logged in to by a link.
    pub fn of_account(account: &Account, secret: Option<SecretMark>) -> Self {
        let suspensions = account.suspensions.to_string();
        Self::of(&[
            b"account",
            account.name.as_str().as_bytes(),
            account.id.as_bytes(),
            suspensions.as_bytes(),
            secret.as_ref().map_or(&[], |secret| secret.bytes()),
        ])
    }

    /// The mark of a mailbox's login.
    pub fn of_mailbox(account: &Account, address: &Address, secret: SecretMark) -> Self {
        let owner = Self::of_account(account, Some(secret));
        Self::of(&[b"mailbox", address.to_string().as_bytes(), &owner.0])
    }

    /// It as a text, to be kept.
    pub(super) fn text(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn of(parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            // With its length, so that no two lists of parts are the same bytes.
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        Self(digest.finalize().into())
    }
}
