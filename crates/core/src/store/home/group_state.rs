//! A group of changes of one domain under way: what has come of each of its members so far.

use std::collections::HashSet;

use super::home_store::HomeStore;
use super::member::Member;
use crate::api::{NotDone, Refusal};
use crate::store::{Account, Address, Change, Domain, MailboxChange, OnRefusal};

/// A group, and what has come of its members so far.
pub(super) struct Group<'c> {
    pub(super) store: &'c HomeStore,
    pub(super) account: &'c Account,
    pub(super) domain: &'c Domain,
    pub(super) members: Vec<Member<'c>>,
    pub(super) on_refusal: OnRefusal,
}

impl<'c> Group<'c> {
    /// The names of the mailboxes, each once for every change.
    pub(super) fn names(&self) -> Vec<&'c str> {
        self.members.iter().map(|member| member.name()).collect()
    }

    /// Those that nothing was refused of yet.
    pub(super) fn alive(&self) -> impl Iterator<Item = &Member<'c>> {
        self.members.iter().filter(|member| member.is_alive())
    }

    /// Whether there is such a change among those.
    pub(super) fn has(&self, which: impl Fn(&MailboxChange<'_>) -> bool) -> bool {
        self.alive().any(|member| which(member.change))
    }

    /// Looks at each change that nothing was refused of yet, in their order, by its place.
    pub(super) fn check_each(
        &mut self,
        mut check: impl FnMut(usize, &'c MailboxChange<'c>) -> Result<(), NotDone>,
    ) {
        for index in 0..self.members.len() {
            let member = &mut self.members[index];
            if member.is_alive()
                && let Err(refused) = check(index, member.change)
            {
                member.fail(refused);
                if self.on_refusal == OnRefusal::Stop {
                    self.members.truncate(index + 1);
                    return;
                }
            }
        }
    }

    /// A step failed that these changes share.
    pub(super) fn fail(&mut self, which: impl Fn(&MailboxChange<'_>) -> bool, failed: &NotDone) {
        self.fail_with(which, |_| failed.clone());
    }

    /// The same, with a sentence of its own for each.
    pub(super) fn fail_with(
        &mut self,
        which: impl Fn(&MailboxChange<'_>) -> bool,
        failed: impl Fn(&MailboxChange<'_>) -> NotDone,
    ) {
        for member in self.members.iter_mut().filter(|member| member.is_alive()) {
            if which(member.change) {
                member.fail(failed(member.change));
            }
        }
        self.orphan();
    }

    /// What was to be done to a mailbox that could not be created cannot be done either.
    fn orphan(&mut self) {
        let is_create = |member: &Member<'_>| matches!(member.change.what, Change::Create { .. });
        let failed: HashSet<_> = self
            .members
            .iter()
            .filter(|member| is_create(member) && !member.is_alive())
            .map(Member::name)
            .collect();
        let lost = |member: &&mut Member<'_>| member.is_alive() && failed.contains(member.name());
        for member in self.members.iter_mut().filter(lost) {
            member.fail(missing(member.change.address));
        }
    }
}

pub(super) fn exists(address: &Address) -> NotDone {
    Refusal::MailboxExists(address.to_string()).into()
}

pub(super) fn missing(address: &Address) -> NotDone {
    Refusal::NoMailbox(address.to_string()).into()
}

pub(super) fn half_deleted(address: &Address) -> String {
    format!("The mailbox “{address}” is deleted, but a part of it is left; repeat the call")
}
