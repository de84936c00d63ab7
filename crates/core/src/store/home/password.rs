//! Changing and checking the password of a mailbox.

use std::io::{Read, Seek, SeekFrom};

use rustix::fs::Stat;

use super::home_store::HomeStore;
use super::identity::as_account;
use super::layout::{PASSWD, SHADOW};
use super::lines;
use super::shadow::{self, HashEdit};
use crate::api::{Error, NotDone, Refusal};
use crate::base::clock;
use crate::base::files::Folder;
use crate::base::files::failure;
use crate::store::{Account, Address, Changed, Password, SecretMark, hash};

/// Changes a password. The hash is computed before the lock is taken, so that many processes hash
/// side by side and only the short rewrite is one at a time.
pub(super) fn set(
    store: &HomeStore,
    account: &Account,
    address: &Address,
    password: &Password<'_>,
) -> Result<Changed, NotDone> {
    store.require_changeable(account, &address.domain)?;
    let seen = as_account(account, || require_mailbox(store, account, address).map(|(_, seen)| seen))?;
    let hash = hash::new_hash(password)?;
    let _lock = store.lock(&address.domain)?;
    as_account(account, || {
        let folder = require_still(store, account, address, &seen)?;
        let changed = store_hash(&folder, address, &hash)?;
        folder.sweep();
        Ok(changed)
    })
}

/// The domain's folder if the mailbox is in it, and the `passwd` file that said so.
pub(super) fn require_mailbox(
    store: &HomeStore,
    account: &Account,
    address: &Address,
) -> Result<(Folder, Stat), NotDone> {
    let missing = || Refusal::NoMailbox(address.to_string());
    let folder = store.domain_folder(account, &address.domain)?.ok_or_else(missing)?;
    let file = folder.read(PASSWD)?.ok_or_else(missing)?;
    match lines::find(&file.bytes, address.local.as_str().as_bytes()) {
        Some(_) => Ok((folder, file.stat)),
        None => Err(missing().into()),
    }
}

/// As [`require_mailbox`], under the lock: the mailbox may have been deleted meanwhile. A file of 100,000 lines is
/// read again only if it is another one than was seen.
fn require_still(
    store: &HomeStore,
    account: &Account,
    address: &Address,
    seen: &Stat,
) -> Result<Folder, NotDone> {
    match store.domain_folder(account, &address.domain)? {
        Some(folder) if folder.is_still(PASSWD, Some(seen))? => Ok(folder),
        _ => require_mailbox(store, account, address).map(|(folder, _)| folder),
    }
}

/// Whether `passwd` names the mailbox; a line in `shadow` alone is a stray.
pub(super) fn exists(folder: &Folder, address: &Address) -> Result<bool, Error> {
    let Some(file) = folder.read(PASSWD)? else { return Ok(false) };
    Ok(lines::find(&file.bytes, address.local.as_str().as_bytes()).is_some())
}

/// Writes the hash, durably, and reads it back. To be called with the lock and the account's identity.
pub(super) fn store_hash(folder: &Folder, address: &Address, hash: &str) -> Result<Changed, NotDone> {
    let today = clock::day();
    let mut done = None;
    folder.edit(SHADOW, |file| {
        let HashEdit { splice, suspended, has_duplicates } =
            shadow::set_hash(file, address.local.as_str(), hash, today);
        let changed = Changed { still_suspended: suspended, duplicates: has_duplicates };
        done = Some((changed, splice.range.start, splice.insert.clone()));
        Ok::<_, NotDone>(vec![splice])
    })?;
    let (changed, at, line) = done.unwrap_or_default();
    verify_stored(folder, address, hash, at, &line)?;
    Ok(changed)
}

/// The last word before success: through the file's name, as Dovecot opens it, the line stands where
/// it was put, and its hash is the one computed from the caller's bytes.
fn verify_stored(
    folder: &Folder,
    address: &Address,
    hash: &str,
    at: usize,
    line: &[u8],
) -> Result<(), Error> {
    let path = folder.path_of(SHADOW);
    let lost = |why: &str| failure::state_unknown(&path, why);
    // Whatever fails here fails after the change: none of it may be told as "unchanged".
    let opened =
        folder.open_checked(SHADOW).map_err(|error| lost(&format!("reading it back failed: {error}")))?;
    let (fd, _) = opened.ok_or_else(|| lost("it is gone"))?;
    let mut file = std::fs::File::from(fd);
    let mut stored = vec![0; line.len()];
    file.seek(SeekFrom::Start(at as u64))
        .and_then(|_| file.read_exact(&mut stored))
        .map_err(|cause| lost(&format!("reading it back failed: {cause}")))?;
    match shadow::stored_hash(stored.trim_ascii_start(), address.local.as_str()) {
        Some((found, _)) if found == hash.as_bytes() => Ok(()),
        _ => Err(lost("another hash than the one written was read back")),
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
        let (folder, _) = require_mailbox(store, account, address)?;
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
