//! Suspending an account and taking that back.
//!
//! The registry's mark alone decides: the account's record, and the list that mail servers ask ([`suspended`]), where
//! no customer writes. The marks in the home's own files follow, for other readers of these. They may be missing, for
//! the home belongs to the customer, who may put anything in their way; so every domain is tried, and what could not
//! be done is told.

use super::home_store::HomeStore;
use super::{account_lock, mailbox, record, registry, suspended};
use crate::api::{Error, NotDone};
use crate::base::clock;
use crate::base::files::{Folder, Lock};
use crate::store::{AccountName, Domain};

/// Most failures that are told one by one.
const MOST_TOLD: usize = 5;

/// Suspends an account or takes that back. The registry's mark comes first when suspending and last when not, so
/// that a failure in between leaves it suspended.
pub(super) fn suspend(
    store: &HomeStore,
    name: &AccountName,
    suspended: bool,
    reason: Option<&str>,
) -> Result<(), NotDone> {
    registry::require_account(&store.root, name)?;
    let state = registry::folder(&store.root)?;
    // So that nobody suspends while another does the opposite, and no domain comes or goes meanwhile.
    let _mine = account_lock::take(&state, name)?;
    let account = registry::require_account(&store.root, name)?;
    let domains = registry::domains_of(&store.root, name)?;
    let mut failures = Failures::default();
    if suspended {
        mark(store, &state, name, Some(clock::seconds()), reason)?;
        failures.note(suspended::FILE, enter(&state, name, &domains));
    }
    for domain in &domains {
        let done = mailbox::suspend_domain(store, &account, domain, suspended);
        failures.note(domain.as_str(), done);
    }
    if !suspended && failures.first.is_none() {
        mark(store, &state, name, None, None)?;
        failures.note(suspended::FILE, strike(&state, name));
    }
    failures.result(if suspended {
        format!("The account “{name}” is suspended, but that is not marked everywhere; repeat the call when this is mended")
    } else {
        format!("Not all marks of the account “{name}” could be taken away; repeat the call when this is mended")
    })
}

/// The record of the account. Nobody may take the registry for longer than one such step.
fn mark(
    store: &HomeStore,
    state: &Folder,
    name: &AccountName,
    since: Option<u64>,
    reason: Option<&str>,
) -> Result<(), NotDone> {
    let _registry = Lock::take(state, registry::LOCK)?;
    registry::edit_record(&store.root, name, |old| {
        // Counted, so that what was open before is known to be from before, also when it is taken back.
        let count = since.map(|_| record::one_more_suspension(old));
        // Said once more without a reason, the old one holds.
        let why = (since.is_none() || reason.is_some()).then(|| record::reason_line(reason));
        let changes: Vec<_> = record::suspension_lines(since).into_iter().chain(count).chain(why).collect();
        record::changed(old, &changes)
    })
}

fn enter(state: &Folder, name: &AccountName, domains: &[Domain]) -> Result<(), NotDone> {
    let _registry = Lock::take(state, registry::LOCK)?;
    suspended::enter(state, name, domains)
}

fn strike(state: &Folder, name: &AccountName) -> Result<(), NotDone> {
    let _registry = Lock::take(state, registry::LOCK)?;
    suspended::strike(state, name)
}

/// What failed of several things that were all tried.
#[derive(Default)]
struct Failures {
    first: Option<NotDone>,
    told: Vec<String>,
    untold: usize,
}

impl Failures {
    fn note(&mut self, object: &str, done: Result<(), NotDone>) {
        let Err(why) = done else { return };
        if self.told.len() < MOST_TOLD {
            self.told.push(format!("{object}: {why}"));
        } else {
            self.untold += 1;
        }
        self.first.get_or_insert(why);
    }

    /// All of them in one sentence, of the kind of the first.
    fn result(self, what: String) -> Result<(), NotDone> {
        let kind = match self.first {
            None => return Ok(()),
            Some(NotDone::Failed(error)) => error.kind(),
            Some(refused @ NotDone::Refused(_)) => return Err(refused),
        };
        let more = if self.untold > 0 { format!("; and {} more", self.untold) } else { String::new() };
        Err(Error::new(kind, format!("{what}: {}{more}", self.told.join("; "))).into())
    }
}
