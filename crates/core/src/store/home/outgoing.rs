//! Who may not send: a name or an address in each line of a file, as on a cPanel server.

use super::home_store::HomeStore;
use super::identity::as_account;
use super::line_draft::LineDraft;
use super::password::require_mailbox;
use super::{lines, registry};
use crate::api::{Error, NotDone};
use crate::base::files::Lock;
use crate::store::{Account, Address, Outgoing};

/// The lock of both files; no domain has this name, since domains hold a dot. Not the registry's: a
/// deletion takes this one with its domain's lock held, and the registry's is always taken first.
const LOCK: &str = "outgoing";

fn file_of(what: Outgoing) -> &'static str {
    match what {
        Outgoing::Suspended => "outgoing_mail_suspended_users",
        Outgoing::Held => "outgoing_mail_hold_users",
    }
}

/// The addresses that a file lists: suspended, or held.
pub(super) fn list(store: &HomeStore, what: Outgoing) -> Result<Vec<String>, Error> {
    let Some(file) = registry::folder(&store.root)?.read(file_of(what))? else { return Ok(Vec::new()) };
    let text = String::from_utf8_lossy(&file.bytes);
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Lists a mailbox, or strikes it.
pub(super) fn set(
    store: &HomeStore,
    account: &Account,
    address: &Address,
    what: Outgoing,
    on: bool,
) -> Result<(), NotDone> {
    store.require_changeable(account, &address.domain)?;
    as_account(account, || require_mailbox(store, account, address).map(drop))?;
    write(store, address, what, on)
}

/// Strikes mailboxes that are deleted from both lists.
pub(super) fn forget(store: &HomeStore, addresses: &[&Address]) -> Result<(), NotDone> {
    if addresses.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let state = registry::folder(&store.root)?;
    let _lock = Lock::take(&state, LOCK)?;
    [Outgoing::Suspended, Outgoing::Held].into_iter().try_for_each(|what| {
        state.edit(file_of(what), |file| {
            let mut draft = LineDraft::new(file, names.iter().map(String::as_str));
            names.iter().for_each(|name| draft.remove(name));
            Ok(draft.finish().splices)
        })
    })
}

fn write(store: &HomeStore, address: &Address, what: Outgoing, on: bool) -> Result<(), NotDone> {
    let state = registry::folder(&store.root)?;
    let _lock = Lock::take(&state, LOCK)?;
    let name = address.to_string();
    state.edit(file_of(what), |file| {
        Ok(match (lines::find(file, name.as_bytes()), on) {
            (None, true) => vec![lines::append(file, &name)],
            (Some(_), false) => lines::remove(file, &name),
            _ => Vec::new(),
        })
    })
}
