//! Domains that are about to be an account's, or were one's just now: `.liveapi/reserved`, in the form of `userdomains`.
//!
//! Linking and unlinking many domains takes long, and the registry's lock is not held for it; still nobody else may
//! take them meanwhile. A reservation counts while the lock of its account is held, so one that a killed process left
//! behind counts no more.

use std::collections::HashSet;

use super::{account_lock, lines, registry};
use crate::api::{Error, NotDone};
use crate::base::files::{Folder, Splice, pieces};
use crate::store::{AccountName, Domain};

/// The file.
pub(super) const FILE: &str = "reserved";
/// Its mode: nobody else asks it.
pub(super) const MODE: u32 = 0o600;

/// Reserves domains for an account whose lock the caller holds, with the registry's lock.
pub(super) fn reserve(state: &Folder, name: &AccountName, domains: &[Domain]) -> Result<(), NotDone> {
    let entries: Vec<_> = domains.iter().map(|domain| format!("{domain}: {name}")).collect();
    state.edit(FILE, |file| {
        let others = pieces(file, &lines::remove_value(file, name.as_str())).concat();
        let insert = pieces(&others, &[lines::append(&others, &entries.join("\n"))]).concat();
        Ok(vec![Splice { range: 0..file.len(), insert }])
    })
}

/// Gives them back, with the registry's lock.
pub(super) fn release(state: &Folder, name: &AccountName) -> Result<(), NotDone> {
    state.edit(FILE, |file| Ok(lines::remove_value(file, name.as_str())))
}

/// The first of some domains that is reserved for another account, and for whom.
pub(super) fn first_reserved(
    state: &Folder,
    wanted: &HashSet<&str>,
    mine: &AccountName,
) -> Result<Option<(String, AccountName)>, Error> {
    let Some(file) = state.read(FILE)? else { return Ok(None) };
    for (domain, account) in registry::entries(&file.bytes).filter(|(domain, _)| wanted.contains(domain)) {
        let other = AccountName::existing(account).filter(|name| name != mine);
        if let Some(name) = other
            && account_lock::is_held(state, &name)?
        {
            return Ok(Some((domain.to_owned(), name)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::scratch;

    #[test]
    fn a_reservation_counts_while_its_account_is_worked_on() {
        let dir = scratch("reserved");
        std::fs::create_dir(dir.join("locks")).unwrap();
        let state = Folder::ours_existing(&dir).unwrap();
        let [bob, eve] = ["bob", "eve"].map(|text| AccountName::existing(text).unwrap());
        let domain = Domain::parse("example.com").unwrap();
        let holder = |mine| {
            let wanted = HashSet::from(["other.example", "example.com"]);
            first_reserved(&state, &wanted, mine).unwrap().map(|(_, name)| name)
        };
        assert_eq!(holder(&eve), None);
        let held = account_lock::take(&state, &bob).unwrap();
        reserve(&state, &bob, std::slice::from_ref(&domain)).unwrap();
        assert_eq!(holder(&eve), Some(bob.clone()));
        assert_eq!(holder(&bob), None, "its own");
        drop(held);
        assert_eq!(holder(&eve), None, "nobody is at work");
        release(&state, &bob).unwrap();
        assert_eq!(std::fs::read(dir.join(FILE)).unwrap(), b"");
        std::fs::remove_dir_all(dir).unwrap();
    }
}
