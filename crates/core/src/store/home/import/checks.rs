//! What is refused before anything is done.

use super::account_file::Facts;
use super::planned_domain::PlannedDomain;
use super::refusal::refusal;
use super::small_files::MAX_PASSWORD_FILE;
use super::survey::Survey;
use crate::api::NotDone;
use crate::base::files::Folder;
use crate::store::home::claims::{self, Claimant};
use crate::store::home::home_store::HomeStore;
use crate::store::home::registry;
use crate::store::{Account, Domain, HostedDomain};

/// Something stands in the way of the account's files. For domains that are not imported it is only told.
pub(super) fn refuse_obstacles(
    survey: &Survey,
    facts: &Facts,
    has_account_file: bool,
) -> Result<(), NotDone> {
    let matters = |domain: &Option<String>| match domain {
        None => true,
        // Without account file a folder may have been a domain's, had its file been readable.
        Some(name) if !has_account_file => Domain::parse(name).is_ok(),
        Some(name) => facts.domains.iter().any(|hosted| hosted.name.as_str() == name),
    };
    match survey.obstacles.iter().find(|obstacle| matters(&obstacle.domain)) {
        None => Ok(()),
        Some(obstacle) => Err(refusal(format!(
            "{}; somebody may have put it there: look at it, and put a plain file or folder in its place",
            obstacle.why
        ))),
    }
}

/// Refuses names that are taken. Asked again under the registry's lock before anything is entered.
pub(super) fn require_free(
    store: &HomeStore,
    account: &Account,
    wanted: &[HostedDomain],
    in_place: bool,
    by: Claimant,
) -> Result<(), NotDone> {
    let name = &account.name;
    if registry::account(&store.root, name)?.is_some() {
        return Err(refusal(format!(
            "There is an account “{name}” already; import under another name with --user, or remove it first: whmapi1 removeacct username={name}"
        )));
    }
    let domains: Vec<Domain> = wanted.iter().map(|hosted| hosted.name.clone()).collect();
    claims::refuse(&store.root, &domains, name, by)?;
    if in_place {
        let (accounts, unreadable) = registry::accounts(&store.root)?;
        if let Some(other) = unreadable.into_iter().next() {
            // It may be its home.
            return Err(other.why.into());
        }
        let other = accounts.into_iter().find(|other| other.home == account.home);
        return match other {
            Some(other) => {
                Err(refusal(format!("{} is the home of the account “{}” already", other.home, other.name)))
            }
            None => Ok(()),
        };
    }
    let taken = match Folder::ours(&store.root)? {
        Some(root) => root.names()?.iter().any(|(entry, _)| entry == name.as_str().as_bytes()),
        None => false,
    };
    if taken {
        return Err(refusal(format!(
            "{} exists already but belongs to no account; move it away",
            account.home
        )));
    }
    Ok(())
}

/// Refuses what surely does not fit, before hours of copying.
pub(super) fn require_space(store: &HomeStore, bytes: u64) -> Result<(), NotDone> {
    let place = store.root.ancestors().find_map(|place| rustix::fs::statvfs(place).ok());
    let Some(disk) = place else { return Ok(()) };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if bytes <= free {
        return Ok(());
    }
    let mebibytes = |bytes: u64| bytes.div_ceil(1024 * 1024);
    Err(refusal(format!(
        "The mail takes {} MB, and the disk of {} has only {} MB free; free some space, or use --in-place for a home",
        mebibytes(bytes),
        store.root.display(),
        mebibytes(free)
    )))
}

/// Refuses what could be written but not be read again: names and hashes may grow on their way.
pub(super) fn require_readable(planned: &[PlannedDomain]) -> Result<(), NotDone> {
    for domain in planned {
        let files = [("passwd", &domain.passwd), ("shadow", &domain.shadow), ("quota", &domain.quota)];
        let large = files.iter().find(|(_, bytes)| bytes.len() as u64 >= MAX_PASSWORD_FILE);
        if let Some((name, _)) = large {
            return Err(refusal(format!(
                "etc/{}/{name} would become larger than 16 MiB here, and could not be read any more; remove lines from it",
                domain.hosted.name
            )));
        }
    }
    Ok(())
}
