//! Checking the password of a mailbox.

use super::home_store::HomeStore;
use super::identity::as_account;
use super::layout::{PASSWD, SHADOW};
use super::lines;
use super::shadow;
use crate::api::{NotDone, Refusal};
use crate::base::files::Folder;
use crate::store::{Account, Address, Password, SecretMark, hash};

/// The domain's folder if `passwd` names the mailbox.
pub(super) fn require_mailbox(
    store: &HomeStore,
    account: &Account,
    address: &Address,
) -> Result<Folder, NotDone> {
    let missing = || Refusal::NoMailbox(address.to_string());
    let folder = store.domain_folder(account, &address.domain)?.ok_or_else(missing)?;
    let file = folder.read(PASSWD)?.ok_or_else(missing)?;
    match lines::find(&file.bytes, address.local.as_str().as_bytes()) {
        Some(_) => Ok(folder),
        None => Err(missing().into()),
    }
}

/// Whether the password opens the mailbox.
pub(super) fn verify(
    store: &HomeStore,
    account: &Account,
    address: &Address,
    password: &Password<'_>,
) -> Result<bool, NotDone> {
    opens(stored(store, account, address)?, password, &address.to_string())
}

/// The stored hash of a mailbox without its mark of suspension, and whether there was one.
fn stored(
    store: &HomeStore,
    account: &Account,
    address: &Address,
) -> Result<Option<(String, bool)>, NotDone> {
    store.require_domain(account, &address.domain)?;
    as_account(account, || {
        let folder = require_mailbox(store, account, address)?;
        let Some(file) = folder.read(SHADOW)? else { return Ok::<_, NotDone>(None) };
        Ok(shadow::stored_text(&file.bytes, address.local.as_str()))
    })
}

/// The mark of the hash that opens a mailbox; nothing where none does.
pub(super) fn mailbox_mark(
    store: &HomeStore,
    account: &Account,
    address: &Address,
) -> Result<Option<SecretMark>, NotDone> {
    Ok(mark(stored(store, account, address)?))
}

/// The mark of a stored hash, if it is one without a mark of suspension.
pub(super) fn mark(stored: Option<(String, bool)>) -> Option<SecretMark> {
    stored.filter(is_open).map(|(hash, _)| SecretMark::of(&hash))
}

fn is_open((hash, suspended): &(String, bool)) -> bool {
    !suspended && !hash.is_empty() && hash != "*"
}

/// Whether the password is the one behind a stored hash, if there is one without a mark of suspension.
pub(super) fn opens(
    stored: Option<(String, bool)>,
    password: &Password<'_>,
    whose: &str,
) -> Result<bool, NotDone> {
    match stored.filter(is_open) {
        Some((hash, _)) => match hash::verify(password, &hash) {
            hash::Verdict::Same => Ok(true),
            hash::Verdict::Different => Ok(false),
            hash::Verdict::Unknown => Err(Refusal::UnknownScheme(whose.to_owned()).into()),
        },
        None => {
            // Nobody shall measure which mailboxes have no password or are suspended.
            hash::verify(password, hash::OF_NOBODY);
            Ok(false)
        }
    }
}
