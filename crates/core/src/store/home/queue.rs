//! Changes of mailboxes that many threads of a daemon make at the same time: what waits for one domain becomes one step
//! on the disk.
//!
//! Whoever comes first leads: it makes its change at once, and no timer holds it up. Those that come meanwhile wait, and
//! when it is done one of them leads on, with all that wait by then. Each thread computes its own hash before it waits,
//! so that all processors hash while the disk is waited for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::api::{Error, ErrorKind, NotDone};
use crate::base::follower::{Follower, News};
use crate::store::{Account, Address, Change, Changed, Domain, MailboxChange, Quota, Secret};

/// What came of a change.
pub(super) type Came = Result<Changed, NotDone>;

/// Where the thread of a change waits. Whoever is to lead takes what waits from the line of its domain.
type Place = Follower<(), Came>;

/// Makes changes of one domain; a result for each.
pub(super) type Make<'m> = dyn Fn(&[MailboxChange<'_>]) -> Vec<Came> + 'm;

/// The domains that somebody changes, each with those who wait for it.
#[derive(Default)]
pub(super) struct Queue {
    lines: Mutex<HashMap<Domain, Vec<Waiting>>>,
}

/// A change that waits, with all that another thread needs to make it.
pub(super) struct Waiting {
    account: Account,
    address: Address,
    what: OwnChange,
    place: Arc<Place>,
}

/// A change without what it borrows from its caller: passwords are hashes here.
pub(super) enum OwnChange {
    Create { hash: String, quota: Quota },
    Delete { keep_mail: bool },
    SetHash(String),
    SetQuota(Quota),
    SuspendLogin(bool),
}

impl Queue {
    /// Waits until the change was made, by this thread or another one. Each thread knows how to make many.
    pub(super) fn pass(&self, own: Waiting, make: &Make<'_>) -> Came {
        let (domain, place) = (own.address.domain.clone(), Arc::clone(&own.place));
        if self.enter(&domain, own) {
            self.lead(&domain, make);
        }
        loop {
            match place.wait() {
                News::Done(came) => return came,
                News::Lead(()) => self.lead(&domain, make),
            }
        }
    }

    /// Puts a change into the line of its domain; whether nobody leads it yet.
    fn enter(&self, domain: &Domain, own: Waiting) -> bool {
        let mut lines = self.lines();
        let is_first = !lines.contains_key(domain);
        lines.entry(domain.clone()).or_default().push(own);
        is_first
    }

    /// Makes all that waits for the domain, tells each what came of it, and lets the next one lead.
    fn lead(&self, domain: &Domain, make: &Make<'_>) {
        let waiting = self.lines().get_mut(domain).map(std::mem::take).unwrap_or_default();
        let mut led = Led { queue: self, domain, waiting };
        let changes: Vec<_> = led.waiting.iter().map(Waiting::change).collect();
        let results = make(&changes);
        let told = results.len().min(led.waiting.len());
        for (one, came) in led.waiting.drain(..told).zip(results) {
            one.place.tell(News::Done(came));
        }
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<Domain, Vec<Waiting>>> {
        // Whole after every statement that could fail.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a leader has taken on. Dropped, it gives the lead away, also by a leader that panicked; then nobody knows what
/// became of the changes it had.
struct Led<'q> {
    queue: &'q Queue,
    domain: &'q Domain,
    waiting: Vec<Waiting>,
}

impl Drop for Led<'_> {
    fn drop(&mut self) {
        for one in self.waiting.drain(..) {
            let sentence = format!(
                "The change of “{}” was begun together with others, and a defect ended them; whether it was made is unknown. Look at the mailbox before you repeat the call",
                one.address
            );
            one.place.tell(News::Done(Err(Error::new(ErrorKind::NotVerified, sentence).into())));
        }
        let mut lines = self.queue.lines();
        match lines.get(self.domain).and_then(|waiting| waiting.first()) {
            Some(next) => next.place.tell(News::Lead(())),
            None => {
                lines.remove(self.domain);
            }
        }
    }
}

impl Waiting {
    pub(super) fn new(change: &MailboxChange<'_>, what: OwnChange) -> Self {
        let (account, address) = (change.account.clone(), change.address.clone());
        Self { account, address, what, place: Arc::default() }
    }

    fn change(&self) -> MailboxChange<'_> {
        let what = match &self.what {
            OwnChange::Create { hash, quota } => Change::Create { secret: Secret::Hash(hash), quota: *quota },
            OwnChange::Delete { keep_mail } => Change::Delete { keep_mail: *keep_mail },
            OwnChange::SetHash(hash) => Change::SetPassword(Secret::Hash(hash)),
            OwnChange::SetQuota(quota) => Change::SetQuota(*quota),
            OwnChange::SuspendLogin(suspended) => Change::SuspendLogin(*suspended),
        };
        MailboxChange { account: &self.account, address: &self.address, what }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread::{self, ScopedJoinHandle};

    use super::*;
    use crate::api::Refusal;
    use crate::store::AccountName;
    use crate::store::home::record;

    fn waiting(address: &str) -> Waiting {
        let record = "DNS=example.com\nHOMEDIR=/home/bob\nUID=1\nGID=1\nMAILGID=1\n";
        let account = record::account(&AccountName::existing("bob").unwrap(), record).unwrap();
        let address = Address::existing(address, None).unwrap();
        Waiting { account, address, what: OwnChange::Delete { keep_mail: false }, place: Arc::default() }
    }

    /// Lets one change lead until so many others wait for its domain, then all of them go on.
    fn behind_one<'s>(
        scope: &'s thread::Scope<'s, '_>,
        queue: &'s Queue,
        others: usize,
        make: &'s (dyn Fn(&[MailboxChange<'_>]) -> Vec<Came> + Sync),
    ) -> Vec<ScopedJoinHandle<'s, Came>> {
        let begun = Arc::new(Barrier::new(2));
        let first = scope.spawn({
            let begun = Arc::clone(&begun);
            move || {
                queue.pass(waiting("first@example.com"), &|changes| {
                    assert_eq!(changes.len(), 1, "a change that nobody waits with is made at once");
                    begun.wait();
                    let domain = &changes[0].address.domain;
                    while queue.lines().get(domain).is_none_or(|waiting| waiting.len() < others) {
                        thread::yield_now();
                    }
                    vec![Ok(Changed::default())]
                })
            }
        });
        begun.wait();
        let others = (0..others)
            .map(|at| scope.spawn(move || queue.pass(waiting(&format!("u{at}@example.com")), make)));
        [first].into_iter().chain(others).collect()
    }

    fn refused(address: &Address) -> Came {
        Err(Refusal::NoMailbox(address.to_string()).into())
    }

    #[test]
    fn what_waits_is_one_step_and_each_is_told_its_own_result() {
        let (queue, steps) = (Queue::default(), AtomicUsize::new(0));
        let make = |changes: &[MailboxChange<'_>]| {
            steps.fetch_add(1, Ordering::Relaxed);
            changes.iter().map(|change| refused(change.address)).collect()
        };
        thread::scope(|scope| {
            let mut threads = behind_one(scope, &queue, 15, &make).into_iter();
            assert!(threads.next().unwrap().join().unwrap().is_ok());
            for (at, thread) in threads.enumerate() {
                let why = thread.join().unwrap().unwrap_err();
                assert!(format!("{why:?}").contains(&format!("u{at}@example.com")), "{why:?}");
            }
        });
        assert_eq!(steps.into_inner(), 1);
        assert!(queue.lines().is_empty());
    }

    #[test]
    fn a_leader_that_panics_leaves_nobody_waiting_and_tells_no_success() {
        let queue = Queue::default();
        let is_first = AtomicUsize::new(0);
        let make = |changes: &[MailboxChange<'_>]| {
            assert!(is_first.fetch_add(1, Ordering::Relaxed) > 0, "on purpose");
            changes.iter().map(|_| Ok(Changed::default())).collect()
        };
        thread::scope(|scope| {
            let results: Vec<_> =
                behind_one(scope, &queue, 5, &make).into_iter().map(ScopedJoinHandle::join).collect();
            assert!(results[0].as_ref().is_ok_and(Result::is_ok));
            assert_eq!(results.iter().filter(|result| result.is_err()).count(), 1, "the one that led");
            let told = results[1..]
                .iter()
                .flatten()
                .filter(|came| came.as_ref().is_err_and(|why| format!("{why:?}").contains("unknown")));
            assert_eq!(told.count(), 4);
        });
        // The line goes on.
        assert!(queue.pass(waiting("later@example.com"), &make).is_ok());
        assert!(queue.lines().is_empty());
    }

    #[test]
    fn a_store_that_answers_too_little_is_told_as_unknown() {
        let queue = Queue::default();
        let came = queue.pass(waiting("u@example.com"), &|_| Vec::new());
        assert!(format!("{:?}", came.unwrap_err()).contains("unknown"));
    }

    #[test]
    fn domains_do_not_wait_for_each_other() {
        let queue = Queue::default();
        let other = |_: &[MailboxChange<'_>]| vec![Ok(Changed::default())];
        // While one domain is led, another one's change is made.
        let came =
            queue.pass(waiting("u@example.com"), &|_| vec![queue.pass(waiting("u@example.org"), &other)]);
        assert!(came.is_ok());
    }
}
