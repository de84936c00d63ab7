//! Mailboxes that take no mail: a mark in `etc/DOMAIN/USER/filter`.
//!
//! The mark is a filter that Exim understands, put in front of whatever filter stands there. A mail
//! server that looks for its second line can refuse the mail already while it is being sent.

use std::collections::HashSet;

use rustix::fs::FileType;

use super::home_store::HomeStore;
use super::identity::as_account;
use super::layout::ETC_MODE;
use super::password::require_mailbox;
use crate::api::{Error, NotDone};
use crate::base::files::Splice;
use crate::base::files::{Folder, Proof};
use crate::store::{Account, Address};

/// The file, in the mailbox's folder of settings.
const FILTER: &str = "filter";

/// The mark. Its second line is what a mail server looks for.
pub(super) const MARK: &str = "\
# Exim filter
# liveapi: incoming mail is suspended
if not error_message then fail text \"This mailbox does not accept mail at present\" endif
seen finish
# liveapi: end
";

/// Marks a mailbox, or takes the mark away.
pub(super) fn suspend(
    store: &HomeStore,
    account: &Account,
    address: &Address,
    suspended: bool,
) -> Result<(), NotDone> {
    store.require_changeable(account, &address.domain)?;
    let _lock = store.lock(&address.domain)?;
    as_account(account, || {
        let etc = require_mailbox(store, account, address)?;
        if suspended {
            return mark(&etc, account, address);
        }
        let has_settings = folders(&etc)?.contains(address.local.as_str().as_bytes());
        if has_settings { unmark(&etc, address) } else { Ok(()) }
    })
}

fn mark(etc: &Folder, account: &Account, address: &Address) -> Result<(), NotDone> {
    let created = etc.create(address.local.as_str(), ETC_MODE)?;
    let settings = etc.ensure(address.local.as_str(), ETC_MODE)?;
    if created {
        settings.give_to_group(account.mail_gid)?;
        etc.sync()?;
    }
    settings.edit(FILTER, |file| {
        let new = Splice { range: 0..0, insert: MARK.as_bytes().to_vec() };
        Ok(if at(file).is_some() { Vec::new() } else { vec![new] })
    })
}

/// The folders in a domain's folder: few mailboxes have one, so the others need not be looked for. Something else of a
/// mailbox's name is not ours, and holds no mark.
pub(super) fn folders(etc: &Folder) -> Result<HashSet<Vec<u8>>, Error> {
    let names = etc.names()?.into_iter();
    Ok(names.filter(|(_, kind)| *kind == FileType::Directory).map(|(name, _)| name).collect())
}

/// Takes the mark of a mailbox that has a folder away, with the file if nothing else is in it. Without lock: the caller
/// holds it.
pub(super) fn unmark(etc: &Folder, address: &Address) -> Result<(), NotDone> {
    let Some(settings) = etc.beneath(address.local.as_str())? else { return Ok(()) };
    let Some(file) = settings.read(FILTER)? else { return Ok(()) };
    if file.bytes == MARK.as_bytes() {
        return Ok(settings.unlink(FILTER)?);
    }
    settings.edit(FILTER, |file| {
        let splice = |start| Splice { range: start..start + MARK.len(), insert: Vec::new() };
        Ok(at(file).map(splice).into_iter().collect())
    })
}

/// Whether a mailbox is marked, by the name of its folder of settings, which the proof takes in.
pub(super) fn is_marked(etc: &Folder, name: &str, proof: &mut Proof) -> Result<bool, Error> {
    proof.see(etc, format!("{name}/{FILTER}").as_bytes());
    let Some(settings) = etc.beneath(name)? else { return Ok(false) };
    Ok(settings.read(FILTER)?.is_some_and(|file| at(&file.bytes).is_some()))
}

fn at(file: &[u8]) -> Option<usize> {
    memchr::memmem::find(file, MARK.as_bytes())
}
