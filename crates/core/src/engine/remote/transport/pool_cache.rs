//! The pools of this process, which outlive the clients that call through them.
//!
//! A page of PHP makes its object anew and drops it at its end. Connections that ended with it would cost every
//! page a handshake, which is a hundred times the call; so a client takes the pool that an earlier one with the
//! same server, login and settings has left. Sessions and what else was learned stay each client's own.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Proxy;

use crate::api::Error;
use crate::base::files::Stamp;
use crate::base::process::PerProcess;
use crate::engine::config::{RemoteSettings, Trust};
use crate::engine::remote::transport::pool::Pool;

/// Most pools that are kept for clients to come; a client that lives has its own hold on the one it uses.
const MOST: usize = 16;

/// A child of a fork has its own, so it never waits for a lock that another thread held.
static KEPT: PerProcess<Mutex<Shelf<Pool>>> = PerProcess::new();

/// Things by what their clients have in common; the last one used stands last.
struct Shelf<T>(Vec<(PoolKey, Arc<T>)>);

/// What clients must have in common.
#[derive(PartialEq, Eq)]
struct PoolKey {
    /// Tells server, login and secret from others.
    identity: [u8; 32],
    settings: RemoteSettings,
    /// The state of the file of authorities. Without it a corrected file would help only after the worker's end.
    authorities: Option<Stamp>,
}

/// The pool for clients of that identity with those settings.
pub(crate) fn shared_pool(
    identity: [u8; 32],
    settings: &RemoteSettings,
    proxy: Option<Proxy>,
) -> Result<Arc<Pool>, Error> {
    let key = PoolKey { identity, settings: settings.clone(), authorities: stamp(&settings.trust) };
    let kept = KEPT.get(|| Ok::<_, Error>(Mutex::new(Shelf(Vec::new()))))?;
    kept.lock().unwrap_or_else(PoisonError::into_inner).take(key, || Pool::new(settings, proxy))
}

impl<T> Shelf<T> {
    fn take(&mut self, key: PoolKey, make: impl FnOnce() -> Result<T, Error>) -> Result<Arc<T>, Error> {
        let thing = match self.0.iter().position(|(known, _)| *known == key) {
            Some(at) => self.0.remove(at).1,
            None => Arc::new(make()?),
        };
        // A file that was written just now may be written again without a trace; nobody else takes its pool.
        if key.authorities.is_some_and(|stamp| !stamp.is_settled()) {
            return Ok(thing);
        }
        self.0.push((key, Arc::clone(&thing)));
        if self.0.len() > MOST {
            self.0.remove(0);
        }
        Ok(thing)
    }
}

fn stamp(trust: &Trust) -> Option<Stamp> {
    let Trust::File(path) = trust else { return None };
    rustix::fs::stat(path).ok().as_ref().map(Stamp::of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::config::RemoteOptions;

    fn taken(shelf: &mut Shelf<()>, identity: u8, options: &RemoteOptions) -> Arc<()> {
        let settings = options.clone().resolve().unwrap();
        let authorities = stamp(&settings.trust);
        shelf.take(PoolKey { identity: [identity; 32], settings, authorities }, || Ok(())).unwrap()
    }

    #[test]
    fn clients_with_everything_in_common_share() {
        let mut shelf = Shelf(Vec::new());
        let (plain, slow) =
            (RemoteOptions::default(), RemoteOptions { timeout: Some(5), ..RemoteOptions::default() });
        let first = taken(&mut shelf, 1, &plain);
        assert!(Arc::ptr_eq(&first, &taken(&mut shelf, 1, &plain)));
        assert!(!Arc::ptr_eq(&first, &taken(&mut shelf, 2, &plain)));
        assert!(!Arc::ptr_eq(&first, &taken(&mut shelf, 1, &slow)));
    }

    #[test]
    fn a_changed_file_of_authorities_counts_at_once() {
        let mut shelf = Shelf(Vec::new());
        let path = std::env::temp_dir().join(format!("la-kept-{}", std::process::id()));
        let options = RemoteOptions { ca_file: Some(path.display().to_string()), ..RemoteOptions::default() };
        std::fs::write(&path, "one").unwrap();
        let unsettled = taken(&mut shelf, 1, &options);
        assert!(!Arc::ptr_eq(&unsettled, &taken(&mut shelf, 1, &options)), "it may be written again unseen");
        std::thread::sleep(std::time::Duration::from_millis(1100));
        let first = taken(&mut shelf, 1, &options);
        assert!(Arc::ptr_eq(&first, &taken(&mut shelf, 1, &options)));
        std::fs::write(&path, "two").unwrap();
        assert!(!Arc::ptr_eq(&first, &taken(&mut shelf, 1, &options)));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn what_was_used_last_is_kept() {
        let mut shelf = Shelf(Vec::new());
        let mut numbered = |number| taken(&mut shelf, number, &RemoteOptions::default());
        let (first, second) = (numbered(0), numbered(1));
        (2..16).for_each(|number| drop(numbered(number)));
        assert!(Arc::ptr_eq(&first, &numbered(0)));
        drop(numbered(100));
        assert!(Arc::ptr_eq(&first, &numbered(0)) && !Arc::ptr_eq(&second, &numbered(1)));
        assert_eq!((Arc::strong_count(&second), shelf.0.len()), (1, MOST));
    }
}
