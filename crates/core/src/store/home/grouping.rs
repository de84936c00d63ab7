//! Which changes become one step: those of one domain, as far as their order does not matter.

use std::collections::{HashMap, HashSet};

use super::group;
use super::home_store::HomeStore;
use crate::api::NotDone;
use crate::store::{Account, Change, Changed, MailboxChange, OnRefusal};

/// Makes changes, group by group; the results in the order of the changes.
pub(super) fn make(
    store: &HomeStore,
    changes: &[MailboxChange<'_>],
    on_refusal: OnRefusal,
) -> Vec<Result<Changed, NotDone>> {
    if let [change] = changes {
        return group::make(store, &[change], on_refusal);
    }
    let mut results: Vec<Option<Result<Changed, NotDone>>> = changes.iter().map(|_| None).collect();
    for indexes in groups(changes, on_refusal) {
        let members: Vec<_> = indexes.iter().map(|&index| &changes[index]).collect();
        let mut is_ended = false;
        for (&index, result) in indexes.iter().zip(group::make(store, &members, on_refusal)) {
            is_ended |= result.is_err();
            results[index] = Some(result);
        }
        if is_ended && on_refusal == OnRefusal::Stop {
            break;
        }
    }
    // Where the rest is not begun, a group ends behind the last result, and no other has begun.
    results.into_iter().map_while(|result| result).collect()
}

/// The changes of each group by their places, the groups in an order in which they can be made.
fn groups(changes: &[MailboxChange<'_>], on_refusal: OnRefusal) -> Vec<Vec<usize>> {
    let (mut groups, mut open) = (Vec::<Vec<usize>>::new(), HashMap::new());
    for (index, change) in changes.iter().enumerate() {
        let joined = match on_refusal {
            OnRefusal::GoOn => open.get_mut(&key(change)),
            // What stands behind a refused change must not have been made: one group at a time, of one kind.
            OnRefusal::Stop => open.get_mut(&key(change)).filter(|group: &&mut OpenGroup<'_>| {
                group.at + 1 == groups.len() && is_like(group.last, change)
            }),
        };
        match joined.filter(|group| group.takes(change)) {
            Some(group) => {
                group.add(change);
                groups[group.at].push(index);
            }
            None => {
                let mut group = OpenGroup::new(groups.len(), change);
                group.add(change);
                open.insert(key(change), group);
                groups.push(vec![index]);
            }
        }
    }
    groups
}

/// What the changes of a group have in common: whose they are. How many mailboxes an account may have is counted
/// over its domains, so the changes of one that is limited stay in their order.
type Key<'c> = (&'c str, Option<&'c str>);

fn key<'c>(change: &MailboxChange<'c>) -> Key<'c> {
    let is_limited = change.account.limits.mailboxes.is_some();
    (change.account.name.as_str(), (!is_limited).then(|| change.address.domain.as_str()))
}

fn is_like(one: &MailboxChange<'_>, other: &MailboxChange<'_>) -> bool {
    std::mem::discriminant(&one.what) == std::mem::discriminant(&other.what)
        && !matches!(other.what, Change::Delete { .. })
}

/// A group that takes further changes.
struct OpenGroup<'c> {
    /// Its place among the groups.
    at: usize,
    last: &'c MailboxChange<'c>,
    touched: HashSet<&'c str>,
    deleted: HashSet<&'c str>,
}

impl<'c> OpenGroup<'c> {
    fn new(at: usize, first: &'c MailboxChange<'c>) -> Self {
        Self { at, last: first, touched: HashSet::new(), deleted: HashSet::new() }
    }

    /// Whether the change can be made in one step with those that are in the group. Creating and deleting are the
    /// first and the only change of a mailbox in its group: their steps on the disk have an order of their own.
    fn takes(&self, change: &MailboxChange<'_>) -> bool {
        let name = change.address.local.as_str();
        let is_first = !self.touched.contains(name);
        self.last.address.domain == change.address.domain
            && is_same(self.last.account, change.account)
            && !self.deleted.contains(name)
            && (is_first || !matches!(change.what, Change::Create { .. } | Change::Delete { .. }))
    }

    fn add(&mut self, change: &'c MailboxChange<'c>) {
        self.last = change;
        self.touched.insert(change.address.local.as_str());
        if matches!(change.what, Change::Delete { .. }) {
            self.deleted.insert(change.address.local.as_str());
        }
    }
}

/// Whether two readings of an account's record say the same of its files and limits.
fn is_same(one: &Account, other: &Account) -> bool {
    std::ptr::eq(one, other)
        || (one.home == other.home
            && (one.uid, one.gid, one.mail_gid) == (other.uid, other.gid, other.mail_gid)
            && one.limits.mailboxes == other.limits.mailboxes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::home::record;
    use crate::store::{AccountName, Address, Quota};

    /// The groups of these changes: `-u` deletes a mailbox, `+u` creates one, `u` limits one.
    fn grouped(changes: &[&str], on_refusal: OnRefusal) -> Vec<Vec<usize>> {
        let record = "DNS=example.com\nHOMEDIR=/home/bob\nUID=1\nGID=1\nMAILGID=1\n";
        let account = record::account(&AccountName::existing("bob").unwrap(), record).unwrap();
        let quota = Quota::UNLIMITED;
        let secret = crate::store::Secret::Hash("$6$a$b");
        let address = |text: &str| Address::existing(text.trim_start_matches(['-', '+']), None).unwrap();
        let addresses: Vec<_> = changes.iter().map(|text| address(text)).collect();
        let change = |(text, address): (&&str, _)| {
            let what = match text.as_bytes()[0] {
                b'-' => Change::Delete { keep_mail: false },
                b'+' => Change::Create { secret, quota },
                _ => Change::SetQuota(quota),
            };
            MailboxChange { account: &account, address, what }
        };
        groups(&changes.iter().zip(&addresses).map(change).collect::<Vec<_>>(), on_refusal)
    }

    #[test]
    fn what_hangs_on_a_step_before_it_is_a_step_of_its_own() {
        let go_on = |changes: &[&str]| grouped(changes, OnRefusal::GoOn);
        assert_eq!(go_on(&["u@a.example", "v@a.example", "u@a.example"]), [[0, 1, 2]]);
        assert_eq!(go_on(&["+u@a.example", "u@a.example"]), [[0, 1]], "it has its Maildir first");
        // Were the deletion to fail, the mailbox would still be there for what comes behind it.
        assert_eq!(go_on(&["-u@a.example", "u@a.example"]), [[0], [1]]);
        assert_eq!(go_on(&["u@a.example", "-u@a.example", "+u@a.example"]), [[0], [1], [2]]);
        // Domains do not wait for each other.
        assert_eq!(go_on(&["u@a.example", "u@b.example", "v@a.example"]), [vec![0, 2], vec![1]]);
    }

    #[test]
    fn what_ends_with_the_first_refusal_keeps_its_order() {
        let stop = |changes: &[&str]| grouped(changes, OnRefusal::Stop);
        assert_eq!(stop(&["u@a.example", "v@a.example", "+w@a.example"]), [vec![0, 1], vec![2]]);
        assert_eq!(stop(&["u@a.example", "u@b.example", "v@a.example"]), [[0], [1], [2]]);
        assert_eq!(stop(&["-u@a.example", "-v@a.example"]), [[0], [1]]);
    }
}
