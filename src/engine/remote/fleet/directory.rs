//! What servers said of their domains, for the whole process: clients come and go with each page of a php-fpm
//! worker, and fifty servers are not to be asked for each.
//!
//! A forked child begins with nothing: the lock of its parent's may be held by a thread that it does not have.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::super::RemoteEngine;
use super::listing::Listing;
use crate::api::Error;
use crate::engine::process::PerProcess;

/// What a server said, or why it said nothing, and when.
pub(super) struct Said {
    pub(super) at: Instant,
    pub(super) listing: Result<Listing, Error>,
}

/// The same, as it is handed around.
pub(super) type Known = Arc<Said>;

/// By the servers' identities. The lock is held for one look or one entry only.
type Entries = Mutex<HashMap<[u8; 32], Known>>;

static DIRECTORY: PerProcess<Entries> = PerProcess::new();

fn entries() -> MutexGuard<'static, HashMap<[u8; 32], Known>> {
    let Ok(entries) = DIRECTORY.get(|| Ok::<_, Infallible>(Entries::default()));
    entries.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known of a server.
pub(super) fn known(engine: &RemoteEngine) -> Option<Known> {
    entries().get(&engine.identity()).cloned()
}

/// Keeps what a server said just now.
pub(super) fn keep(engine: &RemoteEngine, listing: Result<Listing, Error>) {
    entries().insert(engine.identity(), Arc::new(Said { at: Instant::now(), listing }));
}

/// Forgets what a server said: its domains have changed.
pub(super) fn forget(engine: &RemoteEngine) {
    entries().remove(&engine.identity());
}
