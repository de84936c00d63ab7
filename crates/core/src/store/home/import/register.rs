//! The last step: the home takes its place, and the account is entered.
//!
//! All under the registry's lock, `userdomains` last, because that file decides who owns a domain. If a
//! step fails, all before it are taken back.

use super::checks::require_free;
use super::plan::ImportPlan;
use super::staging::Staging;
use crate::api::{Error, ErrorKind, NotDone};
use crate::base::clock;
use crate::base::files::Folder;
use crate::base::files::Lock;
use crate::store::HostedDomain;
use crate::store::home::home_store::HomeStore;
use crate::store::home::{account, domains, registry, routes};

/// Enters an account whose home is in place, or waits in the staging folder.
pub(super) fn register(
    store: &HomeStore,
    plan: &ImportPlan,
    staging: Option<Staging<'_>>,
) -> Result<(), NotDone> {
    let state = account::create_state(&store.root)?;
    let _lock = Lock::take(&state, registry::LOCK)?;
    let hosted: Vec<HostedDomain> = plan.domains.iter().map(|domain| domain.hosted.clone()).collect();
    // Somebody may have taken a name while the mail was copied.
    require_free(store, &plan.account, &hosted, plan.in_place)?;
    let staging = staging.as_ref();
    let done = enter(store, &state, plan, &hosted, staging);
    match done {
        Ok(()) => {
            if let Some(staging) = staging {
                staging.keep();
            }
            Ok(())
        }
        Err(cause) => Err(match take_back(store, &state, plan, staging) {
            Ok(()) => settled(cause),
            Err(error) => half_done(plan, &cause, &error),
        }),
    }
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
    for domain in &plan.domains {
        let name = &domain.hosted.name;
        domains::link(root, account, name)?;
        routes::set_up(state, name, &domain.aliases, domain.forwarded_to.as_ref())?;
    }
    registry::set_hash(root, &account.name, plan.own_hash.as_deref(), clock::day())?;
    registry::write_account(root, account)?;
    domains::enter(root, account, hosted)?;
    registry::add_domains(root, hosted, &account.name)
}

/// Undoes all that [`enter`] does; what it had not done yet is no fault.
fn take_back(
    store: &HomeStore,
    state: &Folder,
    plan: &ImportPlan,
    staging: Option<&Staging<'_>>,
) -> Result<(), NotDone> {
    let (root, name) = (&store.root, &plan.account.name);
    let mut first = Ok(());
    let mut note = |done: Result<(), NotDone>| {
        if first.is_ok() {
            first = done;
        }
    };
    for domain in &plan.domains {
        note(registry::remove_domain(root, &domain.hosted.name));
        note(domains::unlink(state, &domain.hosted.name).map_err(NotDone::from));
    }
    note(registry::remove_account(root, name).map_err(NotDone::from));
    note(registry::set_hash(root, name, None, 0));
    if let Some(staging) = staging {
        note(staging.take_back().map_err(NotDone::from));
    }
    first
}

/// A step that may or may not have lasted was taken back, so what holds now is certain.
fn settled(cause: NotDone) -> NotDone {
    match cause {
        NotDone::Failed(error) if error.kind() == ErrorKind::NotVerified => {
            let sentence = "Flushing the account's entries to the disk failed, so all of them were taken back; look at the disk before the next try";
            Error::new(ErrorKind::StoreIo, sentence).into()
        }
        other => other,
    }
}

fn half_done(plan: &ImportPlan, cause: &NotDone, error: &NotDone) -> NotDone {
    let text = |not_done: &NotDone| match not_done {
        NotDone::Refused(refusal) => refusal.to_string(),
        NotDone::Failed(error) => error.to_string(),
    };
    let name = &plan.account.name;
    let sentence = format!(
        "Entering the account “{name}” failed, and a trace of it is left: {}; undoing it failed as well: {}. Remove it with whmapi1 removeacct username={name} before the next try",
        text(cause),
        text(error)
    );
    Error::new(ErrorKind::NotVerified, sentence).into()
}
