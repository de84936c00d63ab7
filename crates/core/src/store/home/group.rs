//! Changes of mailboxes of one domain as one step: check, hash, apply.
//!
//! Four files and a folder cannot change in one step, so the order decides what a crash leaves: what is deleted leaves
//! `passwd` first; then come quotas and hashes; what is created has its folder already, and enters `passwd` last. What
//! is left of a crash is a mailbox that is not listed, never one that is listed and does not work. Each file is
//! replaced once for all changes of the group, so it holds all of them or none. One change is a group of one.

use super::applying::Applying;
use super::group_state::{Group, exists, half_deleted, missing};
use super::home_store::HomeStore;
use super::identity::as_account;
use super::member::Member;
use super::roll::Roll;
use super::{autoresponders, outgoing};
use crate::api::{Error, ErrorKind, NotDone};
use crate::store::{Change, Changed, MailboxChange, OnRefusal, Password, Secret, hash};

/// Makes the changes, which are all of one domain; a result for each that was begun.
pub(super) fn make<'c>(
    store: &'c HomeStore,
    changes: &[&'c MailboxChange<'c>],
    on_refusal: OnRefusal,
) -> Vec<Result<Changed, NotDone>> {
    let Some(first) = changes.first() else { return Vec::new() };
    let members = changes.iter().map(|change| Member::new(change)).collect();
    let mut group =
        Group { store, account: first.account, domain: &first.address.domain, members, on_refusal };
    group.admit();
    let seen = group.look();
    // Before the lock is taken, so that processes hash side by side and only the short rewrite is one at a time.
    group.hash();
    group.apply(seen);
    group.members.into_iter().map(Member::result).collect()
}

/// The hash that a change stores, unless the change is doomed: then why.
pub(super) fn hash_of(store: &HomeStore, change: &MailboxChange<'_>) -> Result<String, NotDone> {
    let (account, domain) = (change.account, &change.address.domain);
    let members = vec![Member::new(change)];
    let mut group = Group { store, account, domain, members, on_refusal: OnRefusal::GoOn };
    group.admit();
    group.look();
    group.hash();
    let mut member = group.members.pop().ok_or_else(lacks_hash)?;
    let hash = member.hash.take();
    member.result()?;
    hash.ok_or_else(|| lacks_hash().into())
}

impl<'c> Group<'c> {
    /// Refuses what is not the account's, or not to be changed now.
    fn admit(&mut self) {
        if let Err(refused) = self.store.require_domain(self.account, self.domain) {
            self.fail(|_| true, &refused);
        }
        let store = self.store;
        self.check_each(|_, change| match change.what {
            Change::Delete { .. } => Ok(()),
            _ => store.require_active(change.account),
        });
    }

    /// Refuses what needs a hash and is doomed, so that none is computed for it. What is there may be another thing
    /// once the lock is held.
    fn look(&mut self) -> Option<Roll<'c>> {
        if !self.has(|change| hashes(change).is_some()) {
            return None;
        }
        let (store, account, domain, names) = (self.store, self.account, self.domain, self.names());
        let roll = as_account(account, || {
            Roll::read(store.domain_folder(account, domain)?.as_ref(), &names).map_err(NotDone::from)
        });
        match roll {
            Ok(roll) => {
                let mut present = roll.present.clone();
                self.check_each(|_, change| {
                    let name = change.address.local.as_str();
                    match change.what {
                        Change::Create { .. } if !present.insert(name) => Err(exists(change.address)),
                        Change::SetPassword(_) if !present.contains(name) => Err(missing(change.address)),
                        _ => Ok(()),
                    }
                });
                Some(roll)
            }
            Err(failed) => {
                self.fail(|change| hashes(change).is_some(), &failed);
                None
            }
        }
    }

    fn hash(&mut self) {
        let wanted: Vec<_> = self.alive().filter_map(|member| hashes(member.change)).collect();
        let passwords: Vec<_> = wanted.iter().collect();
        let made = match (&self.store.shared_hashes, &passwords[..]) {
            (Some(shared), [password]) => shared.new_hash(&self.account.name, password).map(|new| vec![new]),
            _ => hash::new_hashes_on(self.store.processors, &passwords),
        };
        let made = made.and_then(|new| {
            let is_whole = new.len() == passwords.len();
            is_whole.then_some(new).ok_or_else(lacks_hash)
        });
        match made {
            Ok(new) => {
                let mut new = new.into_iter();
                for member in self.members.iter_mut().filter(|member| member.is_alive()) {
                    member.hash = match (hashes(member.change), member.change.what) {
                        (Some(_), _) => new.next(),
                        (
                            None,
                            Change::Create { secret: Secret::Hash(hash), .. }
                            | Change::SetPassword(Secret::Hash(hash)),
                        ) => Some(hash.to_owned()),
                        (None, _) => None,
                    };
                }
            }
            Err(failed) => self.fail(|change| hashes(change).is_some(), &failed.into()),
        }
    }

    fn apply(&mut self, seen: Option<Roll<'c>>) {
        if !self.has(|_| true) {
            return;
        }
        let _lock = match self.store.lock(self.domain) {
            Ok(lock) => lock,
            Err(failed) => return self.fail(|_| true, &failed.into()),
        };
        let account = self.account;
        if let Err(failed) = as_account(account, || Applying::new(self)?.run(seen)) {
            self.fail(|_| true, &failed);
        }
        self.forget_deleted();
    }

    /// What of a mailbox is outside of its home: else it would go on to answer, and mail for it would be taken and
    /// thrown away.
    fn forget_deleted(&mut self) {
        let (store, account) = (self.store, self.account);
        self.check_each(|_, change| match change.what {
            Change::Delete { .. } => {
                let taken = autoresponders::take_away(store, account, change.address);
                taken.map(|_| ()).map_err(|e| e.after(&half_deleted(change.address)))
            }
            _ => Ok(()),
        });
        let is_delete = |change: &MailboxChange<'_>| matches!(change.what, Change::Delete { .. });
        let deleted: Vec<_> = self.alive().map(|member| member.change).filter(|c| is_delete(c)).collect();
        let addresses: Vec<_> = deleted.iter().map(|change| change.address).collect();
        if let Err(failed) = outgoing::forget(store, &addresses) {
            self.fail_with(is_delete, |change| failed.clone().after(&half_deleted(change.address)));
        }
    }
}

/// The password that a change makes a hash of.
fn hashes<'c>(change: &MailboxChange<'c>) -> Option<Password<'c>> {
    match change.what {
        Change::SetPassword(Secret::Password(password))
        | Change::Create { secret: Secret::Password(password), .. } => Some(password),
        _ => None,
    }
}

fn lacks_hash() -> Error {
    Error::new(ErrorKind::Internal, "A password has no hash")
}
