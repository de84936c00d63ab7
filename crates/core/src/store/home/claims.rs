//! Who may have which domain.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::{registry, reservations};
use crate::api::{NotDone, Refusal};
use crate::base::files::Folder;
use crate::store::public_suffix::is_public_suffix;
use crate::store::{AccountName, Domain, common_domain};

/// On whose word an account gets a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claimant {
    Administrator,
    /// The account itself, or what came from it: others' mail would go to whoever claims the right names.
    Customer,
}

/// Refuses domains that the account may not have.
pub(super) fn refuse(
    root: &Path,
    wanted: &[Domain],
    mine: &AccountName,
    by: Claimant,
) -> Result<(), NotDone> {
    refuse_taken(root, wanted, mine)?;
    if by == Claimant::Customer {
        wanted.iter().try_for_each(refuse_everybodys)?;
        refuse_related(root, wanted, mine)?;
    }
    Ok(())
}

fn refused(why: String) -> NotDone {
    let why = format!("{why}. Only an administrator can give it to an account");
    Refusal::BadValue { param: "domain", why }.into()
}

/// Public suffixes, and the domains of large providers.
fn refuse_everybodys(domain: &Domain) -> Result<(), NotDone> {
    if is_public_suffix(domain) {
        return Err(refused(format!("“{domain}” is a public suffix, below which anybody has domains")));
    }
    match common_domain(domain) {
        Some(common) if common == domain.as_str() => {
            Err(refused(format!("“{domain}” is a common domain, which belongs to somebody else")))
        }
        Some(common) => Err(refused(format!("“{domain}” lies below the common domain “{common}”"))),
        None => Ok(()),
    }
}

/// Domains below or above another account's.
fn refuse_related(root: &Path, wanted: &[Domain], mine: &AccountName) -> Result<(), NotDone> {
    let names: HashSet<&str> = wanted.iter().map(Domain::as_str).collect();
    let above: HashMap<&str, &Domain> =
        wanted.iter().flat_map(|domain| domain.parents().map(move |parent| (parent, domain))).collect();
    let file = registry::userdomains(root)?;
    for (theirs, _) in registry::entries(&file).filter(|(_, account)| *account != mine.as_str()) {
        if let Some(domain) = above.get(theirs) {
            return Err(refused(format!(
                "“{domain}” lies below “{theirs}”, which belongs to another account"
            )));
        }
        let parents = theirs.match_indices('.').map(|(at, _)| &theirs[at + 1..]);
        if let Some(domain) = parents.into_iter().find(|parent| names.contains(parent)) {
            return Err(refused(format!(
                "“{domain}” lies above “{theirs}”, which belongs to another account"
            )));
        }
    }
    Ok(())
}

/// Refuses domains of which one belongs to an account, or is on its way to or from another one. The registry is read
/// once, however many there are.
fn refuse_taken(root: &Path, wanted: &[Domain], mine: &AccountName) -> Result<(), NotDone> {
    let names: HashSet<&str> = wanted.iter().map(Domain::as_str).collect();
    let taken = |domain: &str, account: &str| {
        Err(Refusal::DomainTaken { domain: domain.to_owned(), account: account.to_owned() }.into())
    };
    for (domain, account) in registry::entries(&registry::userdomains(root)?) {
        if names.contains(domain) {
            return taken(domain, account);
        }
    }
    let Some(state) = Folder::ours(&root.join(registry::FOLDER))? else { return Ok(()) };
    match reservations::first_reserved(&state, &names, mine)? {
        Some((domain, account)) => taken(&domain, account.as_str()),
        None => Ok(()),
    }
}
