//! The domains of an account: giving it one, taking one away.
//!
//! The folders come first and `userdomains` last, because that file decides who owns a domain; removal
//! goes the other way round.

use std::os::unix::fs::symlink;
use std::path::Path;

use super::claims::{self, Claimant};
use super::home_store::HomeStore;
use super::identity::as_account;
use super::layout::{ETC_MODE, MAIL_MODE};
use super::mailbox::domain_folder;
use super::{account_lock, record, registry, routes, suspended};
use crate::api::{Error, NotDone, Refusal};
use crate::base::files::Folder;
use crate::base::files::Lock;
use crate::base::files::failure;
use crate::store::{Account, Domain, DomainKind, HostedDomain};

/// Our folder of links to the domains' folders.
const LINKS: &str = "domains";

/// Gives an account a further domain.
pub(super) fn add(store: &HomeStore, account: &Account, domain: &HostedDomain) -> Result<(), NotDone> {
    store.require_active(account)?;
    let state = registry::folder(&store.root)?;
    let _mine = account_lock::take(&state, &account.name)?;
    let _lock = Lock::take(&state, registry::LOCK)?;
    // It may have been suspended or removed meanwhile.
    let account = &registry::require_account(&store.root, &account.name)?;
    store.require_active(account)?;
    let wanted = std::slice::from_ref(&domain.name);
    claims::refuse(&store.root, wanted, &account.name, Claimant::Customer)?;
    let held = registry::hosted_domains(&store.root, account)?;
    account.limits.domains.check(&held, domain)?;
    // Mail for it begins anew: what a former owner had set up does not come back.
    routes::forget(&state, &domain.name)?;
    suspended::strike_domain(&state, &domain.name)?;
    make_folders(store, account, &domain.name)?;
    link(&store.root, account, &domain.name)?;
    let with_it: Vec<HostedDomain> = held.iter().chain([domain]).cloned().collect();
    let entered = enter(&store.root, account, &with_it)
        .and_then(|()| registry::add_domain(&store.root, &domain.name, &account.name));
    entered.inspect_err(|_| {
        // As far as the failure allows; what stays of these does nothing, as the domain is nobody's.
        let _ = registry::remove_domain(&store.root, &domain.name);
        let _ = unlink(&state, &domain.name);
        let _ = enter(&store.root, account, &held);
    })
}

/// Takes a domain from an account; its files and mail stay in the home.
pub(super) fn remove(store: &HomeStore, account: &Account, domain: &Domain) -> Result<(), NotDone> {
    store.require_domain(account, domain)?;
    store.require_active(account)?;
    if *domain == account.domain {
        let why = format!("“{domain}” is the account's main domain; remove the account instead");
        return Err(Refusal::BadValue { param: "domain", why }.into());
    }
    let state = registry::folder(&store.root)?;
    let _mine = account_lock::take(&state, &account.name)?;
    // Before the registry's: whoever works on the domain may take long, and nobody else shall wait for that.
    let _domain = Lock::take(&state, domain.as_str())?;
    let _lock = Lock::take(&state, registry::LOCK)?;
    let account = &registry::require_account(&store.root, &account.name)?;
    store.require_domain(account, domain)?;
    store.require_active(account)?;
    registry::remove_domain(&store.root, domain)?;
    let rest = unlink(&state, domain).map_err(NotDone::from).and_then(|()| {
        let mut domains = registry::hosted_domains(&store.root, account)?;
        domains.retain(|hosted| hosted.name != *domain);
        enter(&store.root, account, &domains)
    });
    rest.map_err(|e| e.after(&format!("The domain “{domain}” is removed, but a trace of it is left")))
}

/// What an account's home needs for a domain.
pub(super) fn make_folders(store: &HomeStore, account: &Account, domain: &Domain) -> Result<(), Error> {
    make_folders_in(&store.home(account)?, account, domain)
}

/// The same, for a home that may not be in its place yet.
pub(super) fn make_folders_in(home: &Folder, account: &Account, domain: &Domain) -> Result<(), Error> {
    as_account(account, || {
        home.ensure("etc", ETC_MODE)?;
        home.ensure("mail", MAIL_MODE)?.ensure(domain.as_str(), MAIL_MODE)?;
        domain_folder(home, account, domain)?;
        home.readable()?.sync()
    })
}

/// The link through which Dovecot's `%d` finds the domain's files.
pub(super) fn link(root: &Path, account: &Account, domain: &Domain) -> Result<(), Error> {
    let links = registry::folder(root)?.ensure(LINKS, 0o700)?;
    links.unlink(domain.as_str())?;
    let usual = root.join(account.name.as_str());
    let target = if Path::new(&account.home) == usual {
        // Relative, so that the whole store can be moved.
        format!("../../{}/etc/{domain}", account.name)
    } else {
        format!("{}/etc/{domain}", account.home)
    };
    let path = links.path_of(domain.as_str());
    symlink(target, &path).map_err(|cause| {
        failure::io(
            "Creating",
            &path,
            rustix::io::Errno::from_io_error(&cause).unwrap_or(rustix::io::Errno::IO),
        )
    })?;
    links.sync()
}

/// Removes what of a domain is outside of the home.
pub(super) fn unlink(state: &Folder, domain: &Domain) -> Result<(), Error> {
    if let Some(links) = state.beneath(LINKS)? {
        links.unlink(domain.as_str())?;
    }
    routes::forget(state, domain)
}

/// Writes into the account's record which domains it has.
pub(super) fn enter(root: &Path, account: &Account, domains: &[HostedDomain]) -> Result<(), NotDone> {
    debug_assert!(domains.iter().filter(|hosted| hosted.kind == DomainKind::Main).count() <= 1);
    registry::edit_record(root, &account.name, |old| {
        record::changed(old, &record::domain_lines(old, domains))
    })
}
