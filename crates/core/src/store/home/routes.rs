//! Forwarders, default addresses and domain forwarders, in files that Exim reads.
//!
//! ```text
//! .liveapi/valiases/example.com         user@example.com: elsewhere@example.org,|/home/bob/program
//!                                       *: :fail: No Such User Here
//! .liveapi/vdomainaliases/example.com   example.com: example.org
//! ```
//!
//! The forms are those of cPanel's `/etc/valiases` and `/etc/vdomainaliases`. The files stand in our
//! folder and not in the home: a program that a line names is run by the mail server.

use super::home_store::HomeStore;
use super::{autoresponders, lines, registry, valiases};
use crate::api::{Error, NotDone, Refusal};
use crate::base::files::Folder;
use crate::base::files::Splice;
use crate::store::{Account, Address, Destination, Domain, Forwarder};

/// Forwarders and default addresses, a file for each domain.
const ALIASES: &str = "valiases";
/// Domain forwarders, a file for each domain.
const DOMAIN_ALIASES: &str = "vdomainaliases";
/// The key of the default address.
const DEFAULT: &str = "*";
/// What senders are told where a domain has no default address.
pub(super) const NO_SUCH_USER: &str = "No Such User Here";

/// The forwarders of a domain, one for each destination.
pub(super) fn forwarders(
    store: &HomeStore,
    account: &Account,
    domain: &Domain,
) -> Result<Vec<Forwarder>, NotDone> {
    let file = read(store, account, domain, ALIASES)?;
    let text = String::from_utf8_lossy(&file);
    let entries = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':'));
    let forwarders = entries.filter(|(key, _)| key.contains('@')).flat_map(|(key, value)| {
        let forwarder = |to| Forwarder { address: key.trim().to_owned(), to };
        valiases::read(value).into_iter().map(forwarder).collect::<Vec<_>>()
    });
    Ok(forwarders.collect())
}

/// Adds a destination to those of an address.
pub(super) fn add(
    store: &HomeStore,
    account: &Account,
    address: &Address,
    to: &Destination,
) -> Result<(), NotDone> {
    edit(store, account, &address.domain, ALIASES, |file| {
        let key = address.to_string();
        let mut all = destinations(file, &key);
        if all.contains(to) {
            return Ok(Vec::new());
        }
        if !all.is_empty() && (to.is_final() || all.iter().any(Destination::is_final)) {
            return Err(Refusal::ForwarderConflict(key).into());
        }
        all.push(to.clone());
        Ok(vec![lines::put(file, &key, &valiases::line(&key, &all))])
    })
}

/// Removes a destination from those of an address.
pub(super) fn remove(
    store: &HomeStore,
    account: &Account,
    address: &Address,
    to: &str,
) -> Result<(), NotDone> {
    // As lists show it, or with the quotation marks of the file, or several at once.
    let mut wanted: Vec<String> = valiases::read(to).iter().map(ToString::to_string).collect();
    wanted.push(to.trim().to_owned());
    edit(store, account, &address.domain, ALIASES, |file| {
        let key = address.to_string();
        let mut all = destinations(file, &key);
        let before = all.len();
        all.retain(|known| !wanted.contains(&known.to_string()));
        if all.len() == before {
            let domain = address.domain.to_string();
            return Err(Refusal::NoForwarder { to: to.to_owned(), address: key, domain }.into());
        }
        Ok(if all.is_empty() {
            lines::remove(file, &key)
        } else {
            vec![lines::put(file, &key, &valiases::line(&key, &all))]
        })
    })
}

/// Where mail goes that is for nobody.
pub(super) fn default_address(
    store: &HomeStore,
    account: &Account,
    domain: &Domain,
) -> Result<Vec<Destination>, NotDone> {
    let to = destinations(&read(store, account, domain, ALIASES)?, DEFAULT);
    Ok(if to.is_empty() { vec![Destination::Fail(NO_SUCH_USER.to_owned())] } else { to })
}

/// Changes where mail goes that is for nobody.
pub(super) fn set_default_address(
    store: &HomeStore,
    account: &Account,
    domain: &Domain,
    to: &[Destination],
) -> Result<(), NotDone> {
    edit(store, account, domain, ALIASES, |file| {
        Ok(vec![lines::put(file, DEFAULT, &valiases::line(DEFAULT, to))])
    })
}

/// The domain that mail of a whole domain goes to.
pub(super) fn domain_forwarder(
    store: &HomeStore,
    account: &Account,
    domain: &Domain,
) -> Result<Option<Domain>, NotDone> {
    let file = read(store, account, domain, DOMAIN_ALIASES)?;
    Ok(value(&file, domain.as_str()).and_then(|text| Domain::parse(text.trim()).ok()))
}

/// Changes the domain that mail of a whole domain goes to, or removes it.
pub(super) fn set_domain_forwarder(
    store: &HomeStore,
    account: &Account,
    domain: &Domain,
    to: Option<&Domain>,
) -> Result<(), NotDone> {
    edit(store, account, domain, DOMAIN_ALIASES, |file| {
        Ok(match to {
            Some(to) => vec![lines::put(file, domain.as_str(), &format!("{domain}: {to}"))],
            None => lines::remove(file, domain.as_str()),
        })
    })
}

/// Removes what is set up for a domain.
pub(super) fn forget(state: &Folder, domain: &Domain) -> Result<(), Error> {
    for folder in [ALIASES, DOMAIN_ALIASES] {
        if let Some(folder) = state.beneath(folder)? {
            folder.unlink(domain.as_str())?;
        }
    }
    autoresponders::forget(state, domain)
}

/// Sets up a domain that is new here: its lines of forwarders, and where all of its mail goes.
pub(super) fn set_up(
    state: &Folder,
    domain: &Domain,
    aliases: &str,
    to: Option<&Domain>,
) -> Result<(), NotDone> {
    forget(state, domain)?;
    let forwarder = to.map(|to| format!("{domain}: {to}\n")).unwrap_or_default();
    for (folder, text) in [(ALIASES, aliases), (DOMAIN_ALIASES, &forwarder)] {
        if !text.is_empty() {
            let all = |_: &[u8]| Ok::<_, Error>(vec![lines::append(b"", text.trim_end())]);
            registry::readable_folder(state, folder)?.edit(domain.as_str(), all)?;
        }
    }
    Ok(())
}

/// The folders of these files, as a new store gets them.
pub(super) fn make_folders(state: &Folder) -> Result<(), Error> {
    [ALIASES, DOMAIN_ALIASES]
        .into_iter()
        .try_for_each(|name| registry::readable_folder(state, name).map(|_| ()))?;
    autoresponders::make_folder(state)
}

fn read(store: &HomeStore, account: &Account, domain: &Domain, folder: &str) -> Result<Vec<u8>, NotDone> {
    store.require_domain(account, domain)?;
    let Some(folder) = registry::folder(&store.root)?.beneath(folder)? else { return Ok(Vec::new()) };
    Ok(folder.read(domain.as_str())?.map(|file| file.bytes).unwrap_or_default())
}

fn edit(
    store: &HomeStore,
    account: &Account,
    domain: &Domain,
    folder: &str,
    change: impl FnMut(&[u8]) -> Result<Vec<Splice>, NotDone>,
) -> Result<(), NotDone> {
    store.require_changeable(account, domain)?;
    let _lock = store.lock(domain)?;
    registry::readable_folder(&registry::folder(&store.root)?, folder)?.edit(domain.as_str(), change)
}

fn destinations(file: &[u8], key: &str) -> Vec<Destination> {
    value(file, key).map(|text| valiases::read(&text)).unwrap_or_default()
}

fn value(file: &[u8], key: &str) -> Option<String> {
    let found = lines::find(file, key.as_bytes())?;
    let text = String::from_utf8_lossy(&file[found.range]).into_owned();
    Some(text.split_once(':')?.1.trim().to_owned())
}
