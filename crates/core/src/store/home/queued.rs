//! A change on its way through the queue: hashed by its own thread before it waits.

use super::home_store::HomeStore;
use super::queue::{Came, OwnChange, Queue, Waiting};
use super::{group, grouping};
use crate::api::NotDone;
use crate::base::waiting;
use crate::store::{Change, MailboxChange, OnRefusal};

/// Makes a change, with whatever waits for its domain at the same time.
pub(super) fn make(store: &HomeStore, queue: &Queue, change: &MailboxChange<'_>) -> Came {
    let own = Waiting::new(change, own(store, change)?);
    waiting::begins();
    queue.pass(own, &|changes| grouping::make(store, changes, OnRefusal::GoOn))
}

/// The change with a hash in the place of its password, unless it is doomed.
fn own(store: &HomeStore, change: &MailboxChange<'_>) -> Result<OwnChange, NotDone> {
    Ok(match change.what {
        Change::Create { quota, .. } => OwnChange::Create { hash: group::hash_of(store, change)?, quota },
        Change::Delete { keep_mail } => OwnChange::Delete { keep_mail },
        Change::SetPassword(_) => OwnChange::SetHash(group::hash_of(store, change)?),
        Change::SetQuota(quota) => OwnChange::SetQuota(quota),
        Change::SuspendLogin(suspended) => OwnChange::SuspendLogin(suspended),
    })
}
