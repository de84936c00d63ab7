//! The last step: the home takes its place, and the account is entered.
//!
//! `userdomains` comes last, because that file decides who owns a domain; until then the domains are reserved. If a
//! step fails, all before it are taken back.

use super::checks::require_free;
use super::plan::ImportPlan;
use super::staging::Staging;
use crate::api::NotDone;
use crate::base::clock;
use crate::base::files::Folder;
use crate::base::files::Lock;
use crate::store::home::home_store::HomeStore;
use crate::store::home::{
    account, account_lock, autoresponders, domains, registry, reservations, routes, suspended,
};
use crate::store::{AccountName, Domain, HostedDomain};

/// Enters an account whose home is in place, or waits in the staging folder.
pub(super) fn register(
    store: &HomeStore,
    plan: &ImportPlan,
    staging: Option<Staging<'_>>,
) -> Result<(), NotDone> {
    let state = account::create_state(&store.root)?;
    let name = &plan.account.name;
    let _mine = account_lock::take(&state, name)?;
    let hosted: Vec<HostedDomain> = plan.domains.iter().map(|domain| domain.hosted.clone()).collect();
    let domains: Vec<Domain> = hosted.iter().map(|hosted| hosted.name.clone()).collect();
    {
        let _registry = Lock::take(&state, registry::LOCK)?;
        // Somebody may have taken a name while the mail was copied.
        require_free(store, &plan.account, &hosted, plan.in_place, plan.by)?;
        reservations::reserve(&state, name, &domains).map_err(|cause| {
            // If it fails as well, they count no more when the account's lock is given back.
            let _ = reservations::release(&state, name);
            account::settled(cause)
        })?;
    }
    let staging = staging.as_ref();
    let done = set_up(store, &state, plan).and_then(|()| {
        let _registry = Lock::take(&state, registry::LOCK)?;
        enter(store, &state, plan, &hosted, staging)
    });
    match done {
        Ok(()) => {
            if let Some(staging) = staging {
                staging.keep();
            }
            // If it fails, it counts no more when the account's lock is given back.
            let _ = release(&state, name);
            Ok(())
        }
        Err(cause) => Err(match take_back(store, &state, name, &domains, staging) {
            Ok(()) => account::settled(cause),
            Err(error) => account::half_entered(name, &cause, &error),
        }),
    }
}

/// What each domain has beside the home. Nobody owns the domains yet, so nobody reads it; and as there may be many,
/// the registry's lock is not held.
fn set_up(store: &HomeStore, state: &Folder, plan: &ImportPlan) -> Result<(), NotDone> {
    for domain in &plan.domains {
        let name = &domain.hosted.name;
        domains::link(&store.root, &plan.account, name)?;
        routes::set_up(state, name, &domain.aliases, domain.forwarded_to.as_ref())?;
        for (address, autoresponder) in &domain.autoresponders {
            autoresponders::serve(state, address, autoresponder)?;
        }
    }
    Ok(())
}

fn enter(
    store: &HomeStore,
    state: &Folder,
    plan: &ImportPlan,
    hosted: &[HostedDomain],
    staging: Option<&Staging<'_>>,
) -> Result<(), NotDone> {
    let (root, account) = (&store.root, &plan.account);
    if let Some(staging) = staging {
        staging.place()?;
    }
    let names: Vec<_> = hosted.iter().map(|hosted| hosted.name.clone()).collect();
    if account.suspended {
        suspended::enter(state, &account.name, &names)?;
    } else {
        suspended::strike(state, &account.name)?;
    }
    registry::set_hash(root, &account.name, plan.own_hash.as_deref(), clock::day())?;
    registry::write_account(root, account)?;
    domains::enter(root, account, hosted)?;
    registry::add_domains(root, hosted, &account.name)
}

fn release(state: &Folder, name: &AccountName) -> Result<(), NotDone> {
    let _registry = Lock::take(state, registry::LOCK)?;
    reservations::release(state, name)
}

/// Undoes all that [`set_up`] and [`enter`] do; what they had not done yet is no fault.
fn take_back(
    store: &HomeStore,
    state: &Folder,
    name: &AccountName,
    domains: &[Domain],
    staging: Option<&Staging<'_>>,
) -> Result<(), NotDone> {
    {
        let _registry = Lock::take(state, registry::LOCK)?;
        account::take_back(&store.root, state, name)?;
        if let Some(staging) = staging {
            staging.take_back()?;
        }
    }
    domains.iter().map(|domain| domains::unlink(state, domain)).fold(Ok(()), Result::and)?;
    // On a full disk it stays, and counts no more when the account's lock is given back.
    let _ = release(state, name);
    Ok(())
}
