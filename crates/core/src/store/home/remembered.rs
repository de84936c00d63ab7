//! The registry's files as they were read last.
//!
//! Every call needs some of them, and they seldom change. Another process may change them at any time, so the
//! bytes are believed only while the file's [`Stamp`] is the same: one system call in the place of eight. They
//! hold no secret. Nobody ever waits for the lock: whoever finds it taken reads the file, so a child that was
//! forked while another thread held it goes on.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustix::fs::{AtFlags, CWD};

use crate::api::Error;
use crate::base::files::Snapshot;
use crate::base::files::Stamp;

/// Most bytes that are kept; what is too much pushes all else out.
const MAX_BYTES: usize = 4 * 1024 * 1024;

static KNOWN: Mutex<Known> = Mutex::new(Known { files: BTreeMap::new(), bytes: 0 });

struct Known {
    /// By their paths.
    files: BTreeMap<Vec<u8>, File>,
    bytes: usize,
}

struct File {
    stamp: Stamp,
    /// For whom it was found good: with other rights it may not be.
    user: u32,
    bytes: Arc<[u8]>,
}

/// The bytes of a file, by `read` if they are not known; nothing if there is no such file. All checks of `read`
/// were made of a file with this stamp: whoever changes its owner, its mode or its names changes the stamp.
pub(super) fn read(
    path: &Path,
    read: impl FnOnce() -> Result<Option<Snapshot>, Error>,
) -> Result<Option<Arc<[u8]>>, Error> {
    let user = rustix::process::geteuid().as_raw();
    let key = path.as_os_str().as_bytes();
    if let Some(bytes) = known(key, path, user) {
        return Ok(Some(bytes));
    }
    let Some(Snapshot { bytes, stat, .. }) = read()? else { return Ok(None) };
    let (bytes, stamp): (Arc<[u8]>, _) = (bytes.into(), Stamp::of(&stat));
    if stamp.is_settled() {
        keep(key, File { stamp, user, bytes: Arc::clone(&bytes) });
    }
    Ok(Some(bytes))
}

fn known(key: &[u8], path: &Path, user: u32) -> Option<Arc<[u8]>> {
    let stamp = Stamp::of(&rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW).ok()?);
    let known = KNOWN.try_lock().ok()?;
    let file = known.files.get(key).filter(|file| file.user == user && file.stamp == stamp)?;
    Some(Arc::clone(&file.bytes))
}

fn keep(key: &[u8], file: File) {
    let Ok(mut known) = KNOWN.try_lock() else { return };
    let size = |key: &[u8], file: &File| key.len() + file.bytes.len() + size_of::<File>();
    if known.bytes + size(key, &file) > MAX_BYTES {
        *known = Known { files: BTreeMap::new(), bytes: 0 };
    }
    if size(key, &file) <= MAX_BYTES {
        known.bytes += size(key, &file);
        if let Some(old) = known.files.insert(key.to_vec(), file) {
            known.bytes -= size(key, &old);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::base::files::Folder;
    use crate::base::tests::scratch;

    #[test]
    fn a_settled_file_is_read_once_until_it_changes_or_is_gone() {
        let dir = scratch("remembered");
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
