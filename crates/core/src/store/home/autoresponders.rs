//! Autoresponders: in cPanel's files in the home, for backups and for other programs, and in our folder, where the
//! mail server reads them.
//!
//! ```text
//! .liveapi/autoresponders/example.com/user@example.com   what is sent, and what functions show
//! HOME/.autorespond/user@example.com, ….json             the same in cPanel's form
//! ```
//!
//! The mail server has rights of its own, so it reads nothing that a customer could have replaced by a link.

use super::home_store::HomeStore;
use super::identity::as_account;
use super::{autoresponder_file as form, registry};
use crate::api::{Error, NotDone, Refusal};
use crate::base::files::failure;
use crate::base::files::{Folder, Splice};
use crate::store::{Account, Address, Autoresponder, Domain};

/// The folder of what the mail server reads, a folder for each domain.
const SERVED: &str = "autoresponders";
/// cPanel's folder in the home.
const IN_HOME: &str = ".autorespond";
const IN_HOME_MODE: u32 = 0o700;
/// Longest address: cPanel's second file has it with an ending as its name.
pub(super) const MAX_ADDRESS: usize = 240;

/// The autoresponders of a domain, by address.
pub(super) fn list(
    store: &HomeStore,
    account: &Account,
    domain: &Domain,
) -> Result<Vec<(String, Autoresponder)>, NotDone> {
    store.require_domain(account, domain)?;
    let Some(folder) = served(store, domain)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (name, _) in folder.names()? {
        let Ok(name) = String::from_utf8(name) else { continue };
        if name.contains('@')
            && let Some(autoresponder) = read(&folder, &name)?
        {
            found.push((name, autoresponder));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// The autoresponder of an address.
pub(super) fn get(store: &HomeStore, account: &Account, address: &Address) -> Result<Autoresponder, NotDone> {
    store.require_domain(account, &address.domain)?;
    let missing = || NotDone::from(Refusal::NoAutoresponder(address.to_string()));
    let folder = served(store, &address.domain)?.ok_or_else(missing)?;
    read(&folder, &address.to_string())?.ok_or_else(missing)
}

/// Gives an address an autoresponder, in place of the one that it has.
pub(super) fn set(
    store: &HomeStore,
    account: &Account,
    address: &Address,
    to: &Autoresponder,
) -> Result<(), NotDone> {
    store.require_changeable(account, &address.domain)?;
    let name = address.to_string();
    if name.len() > MAX_ADDRESS {
        let why = format!("“{}” is longer than {MAX_ADDRESS} bytes", name.escape_debug());
        return Err(Refusal::BadValue { param: "email", why }.into());
    }
    let _lock = store.lock(&address.domain)?;
    as_account(account, || {
        let home = store.home(account)?;
        write_in_home(&home, address, to)?;
        Ok::<_, NotDone>(home.readable()?.sync()?)
    })?;
    serve(&registry::folder(&store.root)?, address, to)
}

/// Writes cPanel's files of one into a home, with the account's ids.
pub(super) fn write_in_home(home: &Folder, address: &Address, to: &Autoresponder) -> Result<(), NotDone> {
    let name = address.to_string();
    let (message, times) = form::cpanel(to, &name);
    let folder = home.ensure(IN_HOME, IN_HOME_MODE)?;
    write(&folder, &times_name(&name), &times)?;
    write(&folder, &name, &message)
}

/// Takes the autoresponder of an address away; whether there was one.
pub(super) fn remove(store: &HomeStore, account: &Account, address: &Address) -> Result<bool, NotDone> {
    store.require_changeable(account, &address.domain)?;
    let _lock = store.lock(&address.domain)?;
    take_away(store, account, address)
}

/// The same without lock and checks: the caller has done them.
pub(super) fn take_away(store: &HomeStore, account: &Account, address: &Address) -> Result<bool, NotDone> {
    let name = address.to_string();
    let Some(folder) = served(store, &address.domain)? else { return Ok(false) };
    if read_text(&folder, &name)?.is_none() {
        return Ok(false);
    }
    folder.unlink(&name)?;
    let gone = as_account(account, || {
        let Some(folder) = store.home(account)?.beneath(IN_HOME)? else { return Ok(()) };
        folder.unlink(&times_name(&name)).and_then(|()| folder.unlink(&name))
    });
    gone.map_err(|e: Error| {
        NotDone::from(e).after(&format!("“{name}” answers no more, but its file in the home is left"))
    })?;
    Ok(true)
}

/// Lets the mail server answer so. Without lock and checks: the caller has done them.
pub(super) fn serve(state: &Folder, address: &Address, to: &Autoresponder) -> Result<(), NotDone> {
    let folder = registry::readable_folder(state, SERVED)?;
    let folder = registry::readable_folder(&folder, address.domain.as_str())?;
    write(&folder, &address.to_string(), &form::served(to))
}

/// Removes what is served for a domain; the files in the home stay.
pub(super) fn forget(state: &Folder, domain: &Domain) -> Result<(), Error> {
    state.beneath(SERVED)?.map_or(Ok(()), |folder| folder.remove_tree(domain.as_str()))
}

/// The folder of these files, as a new store gets it.
pub(super) fn make_folder(state: &Folder) -> Result<(), Error> {
    registry::readable_folder(state, SERVED).map(|_| ())
}

fn times_name(address: &str) -> String {
    format!("{address}.json")
}

fn served(store: &HomeStore, domain: &Domain) -> Result<Option<Folder>, Error> {
    registry::folder(&store.root)?.beneath(&format!("{SERVED}/{domain}"))
}

fn read(folder: &Folder, name: &str) -> Result<Option<Autoresponder>, NotDone> {
    let Some(text) = read_text(folder, name)? else { return Ok(None) };
    let read = form::read_served(&text);
    read.map(Some).ok_or_else(|| {
        failure::not_trusted(
            &folder.path_of(name),
            "it is no autoresponder; write it anew by add_auto_responder",
        )
        .into()
    })
}

fn read_text(folder: &Folder, name: &str) -> Result<Option<String>, Error> {
    Ok(folder.read(name)?.map(|file| String::from_utf8_lossy(&file.bytes).into_owned()))
}

fn write(folder: &Folder, name: &str, text: &str) -> Result<(), NotDone> {
    folder.edit(name, |old| Ok(vec![Splice { range: 0..old.len(), insert: text.as_bytes().to_vec() }]))
}
