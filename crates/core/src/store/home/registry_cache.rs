//! The registry's files as they were read last.
//!
//! Every call needs some of them, and they seldom change. Another process may change them at any time, so the
//! bytes are believed only while the file's [`Stamp`] is the same: one system call in the place of eight. They
//! hold no secret.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustix::fs::{AtFlags, CWD};

use super::bounded_cache::BoundedCache;
use crate::api::Error;
use crate::base::clock;
use crate::base::files::Snapshot;
use crate::base::files::Stamp;

/// Most bytes that are kept.
const MAX_BYTES: usize = 4 * 1024 * 1024;

static CACHE: Mutex<BoundedCache<(Stamp, Arc<[u8]>)>> = BoundedCache::new(MAX_BYTES, MAX_BYTES);

/// The bytes of a file, by `read` if they are not known; nothing if there is no such file. All checks of `read`
/// were made of a file with this stamp: whoever changes its owner, its mode or its names changes the stamp.
pub(super) fn read(
    path: &Path,
    read: impl FnOnce() -> Result<Option<Snapshot>, Error>,
) -> Result<Option<Arc<[u8]>>, Error> {
    let user = rustix::process::geteuid().as_raw();
    let key = path.as_os_str().as_bytes();
    if let Some(bytes) = cached(key, path, user) {
        return Ok(Some(bytes));
    }
    let begun = clock::now();
    let Some(Snapshot { bytes, stat, .. }) = read()? else { return Ok(None) };
    let (bytes, stamp): (Arc<[u8]>, _) = (bytes.into(), Stamp::of(&stat));
    if stamp.was_settled(begun) {
        BoundedCache::keep(&CACHE, key, user, (stamp, Arc::clone(&bytes)), bytes.len());
    }
    Ok(Some(bytes))
}

fn cached(key: &[u8], path: &Path, user: u32) -> Option<Arc<[u8]>> {
    let (stamp, bytes) = BoundedCache::find(&CACHE, key, user)?;
    let now = Stamp::of(&rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW).ok()?);
    (now == stamp).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::base::files::Folder;
    use crate::base::tests::scratch;

    #[test]
    fn a_settled_file_is_read_once_until_it_changes_or_is_gone() {
        let dir = scratch("registry-cache");
        let path = dir.join("f");
        let folder = Folder::ours_existing(&dir).unwrap();
        let mut reads = 0;
        let mut bytes = || {
            let bytes = read(&path, || {
                reads += 1;
                folder.read("f")
            });
            (bytes.unwrap().map(|bytes| bytes.to_vec()), reads)
        };
        std::fs::write(&path, "1").unwrap();
        // Young: the next change might not show.
        assert_eq!((bytes(), bytes()), ((Some(b"1".to_vec()), 1), (Some(b"1".to_vec()), 2)));
        std::thread::sleep(Duration::from_millis(1100));
        assert_eq!((bytes().1, bytes()), (3, (Some(b"1".to_vec()), 3)));
        std::fs::write(&path, "2").unwrap();
        assert_eq!(bytes(), (Some(b"2".to_vec()), 4));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(bytes(), (None, 5));
        std::fs::remove_dir_all(dir).unwrap();
    }
}
