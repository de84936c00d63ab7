//! What servers said of their domains, for the whole process: clients come and go with each page of a php-fpm
//! worker, and fifty servers are not to be asked for each.
//!
//! A forked child begins with nothing: the lock of its parent's may be held by a thread that it does not have.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::listing::Listing;
use crate::api::Error;
use crate::base::process::PerProcess;

/// What a server said, or why it said nothing, and when.
pub(super) struct Said {
    pub(super) at: Instant,
    pub(super) listing: Result<Listing, Error>,
}

/// The same, as it is handed around.
pub(super) type Known = Arc<Said>;

/// What tells a server, a login and the trust in it from others.
pub(super) type Identity = [u8; 32];

/// By the servers' identities. The lock is held for one look or one entry only.
type Entries = Mutex<HashMap<Identity, Known>>;

static DIRECTORY: PerProcess<Entries> = PerProcess::new();

fn entries() -> MutexGuard<'static, HashMap<Identity, Known>> {
    let Ok(entries) = DIRECTORY.get(|| Ok::<_, Infallible>(Entries::default()));
    entries.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known of a server.
pub(super) fn known(server: &Identity) -> Option<Known> {
    entries().get(server).cloned()
}

/// Keeps what a server said just now.
pub(super) fn keep(server: &Identity, listing: Result<Listing, Error>) {
    entries().insert(*server, Arc::new(Said { at: Instant::now(), listing }));
}

/// Forgets what a server said: its domains have changed.
pub(super) fn forget(server: &Identity) {
    entries().remove(server);
}
