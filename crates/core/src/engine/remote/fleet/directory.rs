//! What servers said of their domains, for the whole process: clients come and go with each page of a php-fpm
//! worker, and fifty servers are not to be asked for each.
//!
//! A forked child begins with nothing: the lock of its parent's may be held by a thread that it does not have.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::api::Error;
use crate::base::process::PerProcess;
use crate::engine::remote::fleet::listing::Listing;

/// What a server said, or why it said nothing, and when.
pub(crate) struct Said {
    pub(crate) at: Instant,
    pub(crate) listing: Result<Listing, Error>,
}

/// The same, as it is handed around.
pub(crate) type KnownListing = Arc<Said>;

/// What tells a server, a login and the trust in it from others.
pub(crate) type Identity = [u8; 32];

/// By the servers' identities. The lock is held for one look or one entry only.
type Entries = Mutex<HashMap<Identity, KnownListing>>;

static DIRECTORY: PerProcess<Entries> = PerProcess::new();

fn entries() -> MutexGuard<'static, HashMap<Identity, KnownListing>> {
    let Ok(entries) = DIRECTORY.get(|| Ok::<_, Infallible>(Entries::default()));
    entries.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known of a server.
pub(crate) fn known(server: &Identity) -> Option<KnownListing> {
    entries().get(server).cloned()
}

/// Keeps what a server said just now.
pub(crate) fn keep(server: &Identity, listing: Result<Listing, Error>) {
    entries().insert(*server, Arc::new(Said { at: Instant::now(), listing }));
}

/// Forgets what a server said: its domains have changed.
pub(crate) fn forget(server: &Identity) {
    entries().remove(server);
}
