//! What was made of a folder of a home, believed while the stamps of all that was read for it are the same.

use std::os::unix::ffi::OsStrExt;
use std::sync::{Arc, Mutex};

use super::bounded_cache::BoundedCache;
use crate::api::Error;
use crate::base::files::{Folder, Proof};

/// Such things, by the paths of their folders.
pub(super) type ProvenCache<T> = BoundedCache<(Arc<Proof>, T)>;

/// The thing that is made of a folder, by `read` if it is not known or no longer true. `read` takes everything that it
/// looks at into the proof before it does; `size` tells what the thing takes of memory.
pub(super) fn read<T: Clone, E: From<Error>>(
    cache: &Mutex<ProvenCache<T>>,
    folder: &Folder,
    size: impl FnOnce(&T) -> usize,
    read: impl FnOnce(&mut Proof) -> Result<T, E>,
) -> Result<T, E> {
    // The thread has the ids of the folder's owner.
    let (path, user) = (folder.path().as_os_str().as_bytes(), folder.owner());
    if let Some((proof, thing)) = BoundedCache::find(cache, path, user)
        && proof.holds(folder)?
    {
        return Ok(thing);
    }
    let mut proof = Proof::begin(folder);
    let thing = read(&mut proof)?;
    if proof.is_sound() {
        let bytes = proof.size() + size(&thing);
        BoundedCache::keep(cache, path, user, (Arc::new(proof), thing.clone()), bytes);
    }
    Ok(thing)
}
