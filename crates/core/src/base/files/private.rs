//! Files that only their owner may read, in a folder of their own: secrets of programs beside the store.
//!
//! Written as everything here is: one writer at a time, temporary file, flush, rename, flush of the folder.
//! Another process may write them at any time, so a reader compares [`Stamp`]s before it believes what it
//! read earlier.

use std::fs::DirBuilder;
use std::os::fd::AsFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Gid, Mode, OFlags, Uid};
use rustix::io::Errno;

use super::failure;
use super::folder::Folder;
use super::lock::Lock;
use super::splice::Splice;
use super::stamp::Stamp;
use crate::base::Error;

/// Modes of such a folder and its files.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// Bits that let others in.
const OTHERS: u32 = 0o077;

/// A folder of private files. Holds no descriptor and no lock between calls.
#[derive(Debug)]
pub struct PrivateFolder {
    path: PathBuf,
}

impl PrivateFolder {
    /// The folder of that path; created, with those above it, if it is not there.
    pub fn at(path: &Path) -> Result<Self, Error> {
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path).map_err(|cause| {
            failure::io("Creating", path, Errno::from_io_error(&cause).unwrap_or(Errno::IO))
        })?;
        let private = Self { path: path.to_owned() };
        private.open()?.ensure("locks", FOLDER_MODE)?;
        Ok(private)
    }

    fn open(&self) -> Result<Folder, Error> {
        let folder = Folder::ours_existing(&self.path)?;
        let stat = rustix::fs::fstat(&folder).map_err(|e| failure::io("Examining", &self.path, e))?;
        if stat.st_mode & OTHERS != 0 {
            return Err(failure::not_trusted(
                &self.path,
                "others may enter it, and it holds secrets; take that away with chmod go=",
            ));
        }
        Ok(folder)
    }

    /// Where a file is, for messages.
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The state of a file, without reading it; nothing if there is none. Whether it may be believed is checked
    /// where it is read: one system call must do here.
    pub fn stamp(&self, name: &str) -> Result<Option<Stamp>, Error> {
        let path = self.path_of(name);
        match rustix::fs::statat(CWD, &path, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(Stamp::of(&stat))),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(failure::io("Examining", &path, errno)),
        }
    }

    /// The bytes of a file and the state that they are of; nothing if there is none.
    pub fn read(&self, name: &str) -> Result<Option<(Vec<u8>, Stamp)>, Error> {
        let Some(file) = self.open()?.read(name)? else { return Ok(None) };
        if file.stat.st_mode & OTHERS != 0 {
            return Err(failure::not_trusted(
                &self.path_of(name),
                "others may read it; take that away with chmod go=",
            ));
        }
        Ok(Some((file.bytes, Stamp::of(&file.stat))))
    }

    /// Replaces a file by what `change` makes of its bytes (none if it is missing), under its lock; nothing
    /// made, nothing replaced. `change` runs again if somebody without the lock replaced the file meanwhile.
    pub fn edit<E: From<Error>>(
        &self,
        name: &str,
        mut change: impl FnMut(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<(), E> {
        let folder = self.open()?;
        let _lock = Lock::take(&folder, name)?;
        self.create(&folder, name)?;
        self.read(name)?;
        folder.edit(name, |old| {
            let whole = |insert| Splice { range: 0..old.len(), insert };
            Ok::<_, E>(change(old)?.map(whole).into_iter().collect())
        })?;
        folder.sweep();
        Ok(())
    }

    /// An empty file to begin with: what replaces it takes over its mode and owner. Root writes for whom the
    /// folder belongs to.
    fn create(&self, folder: &Folder, name: &str) -> Result<(), Error> {
        let fail = |attempt: &str, errno| failure::io(attempt, &self.path_of(name), errno);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(folder, name, flags, Mode::from_raw_mode(FILE_MODE)) {
            Ok(file) => file,
            Err(Errno::EXIST) => return Ok(()),
            Err(errno) => return Err(fail("Creating", errno)),
        };
        let stat = rustix::fs::fstat(folder).map_err(|e| fail("Examining the folder of", e))?;
        if rustix::process::geteuid().is_root() {
            let (uid, gid) = (Uid::from_raw(stat.st_uid), Gid::from_raw(stat.st_gid));
            rustix::fs::fchown(file.as_fd(), Some(uid), Some(gid)).map_err(|e| fail("Handing over", e))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;
    use crate::base::tests::scratch;

    fn append(folder: &PrivateFolder, byte: u8) {
        folder.edit("f", |old| Ok::<_, Error>(Some([old, &[byte]].concat()))).unwrap();
    }

    #[test]
    fn nobody_else_may_read_and_every_change_has_its_stamp() {
        let dir = scratch("private");
        let folder = PrivateFolder::at(&dir.join("a/b")).unwrap();
        assert_eq!(dir.join("a/b").metadata().unwrap().mode() & 0o777, 0o700);
        assert_eq!((folder.stamp("f").unwrap(), folder.read("f").unwrap()), (None, None));
        append(&folder, b'1');
        let path = dir.join("a/b/f");
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        let (bytes, first) = folder.read("f").unwrap().unwrap();
        assert_eq!((bytes.as_slice(), folder.stamp("f").unwrap()), (&b"1"[..], Some(first)));
        append(&folder, b'2');
        assert_ne!(folder.stamp("f").unwrap(), Some(first));
        assert_eq!(folder.read("f").unwrap().unwrap().0, b"12");
        folder.edit("f", |_| Ok::<_, Error>(None)).unwrap();
        assert_eq!(folder.read("f").unwrap().unwrap().0, b"12");
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn what_others_may_read_is_not_believed() {
        let dir = scratch("private-modes");
        let folder = PrivateFolder::at(&dir.join("p")).unwrap();
        append(&folder, b'1');
        let chmod = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        chmod(&dir.join("p/f"), 0o640);
        assert!(folder.read("f").unwrap_err().to_string().contains("chmod go="));
        assert!(folder.edit("f", |_| Ok::<_, Error>(Some(Vec::new()))).is_err());
        chmod(&dir.join("p/f"), 0o600);
        chmod(&dir.join("p"), 0o750);
        assert!(folder.read("f").unwrap_err().to_string().contains("chmod go="));
        std::fs::remove_dir_all(dir).unwrap();
    }
}
