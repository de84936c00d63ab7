//! Folders as open descriptors.
//!
//! A path is looked up once, without following any link, and everything below is reached relative to
//! the descriptor: whoever owns the folders above can rename them, but cannot send us elsewhere.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, RawDir, ResolveFlags, SeekFrom};
use rustix::io::Errno;

use super::failure;
use crate::base::Error;
use crate::base::ration::{self, LOOK};

/// What a name counts for beside its letters: each is looked at once more.
const NAME: usize = 64;
/// Room for names that are read at once, in bytes.
const NAMES_AT_ONCE: usize = 16 * 1024;

/// An open folder, and its path for messages.
#[derive(Debug)]
pub struct Folder {
    fd: OwnedFd,
    path: PathBuf,
    /// Whose files are believed in here, besides root's.
    owner: u32,
}

const OPEN: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

impl Folder {
    /// Opens an account's home as a place to start from; it must belong to the account. A place cannot
    /// be read or flushed: [`Folder::readable`] opens it for that.
    pub fn home(path: &Path, owner: u32) -> Result<Self, Error> {
        let fail = |errno| failure::io("Opening", path, errno);
        // Without the right to read, so that a foreign owner is named rather than denied.
        let fd = rustix::fs::open(path, OPEN | OFlags::PATH, Mode::empty()).map_err(fail)?;
        let stat = rustix::fs::fstat(&fd).map_err(fail)?;
        if stat.st_uid != owner {
            let why = format!("it belongs to uid {}, the account's is {owner}", stat.st_uid);
            return Err(failure::not_trusted(path, &why));
        }
        Ok(Self { fd, path: path.to_owned(), owner })
    }

    /// Opens a folder that an administrator named; what its owner put there is believed like an account's.
    pub fn named(path: &Path) -> Result<Self, Error> {
        let fail = |errno| failure::io("Opening", path, errno);
        let fd = rustix::fs::open(path, OPEN, Mode::empty()).map_err(fail)?;
        let owner = rustix::fs::fstat(&fd).map_err(fail)?.st_uid;
        Ok(Self { fd, path: path.to_owned(), owner })
    }

    /// The same folder, opened for reading its names and for flushing it.
    pub fn readable(&self) -> Result<Self, Error> {
        let fd = rustix::fs::openat(&self.fd, ".", OPEN, Mode::empty())
            .map_err(|e| failure::io("Opening", &self.path, e))?;
        Ok(Self { fd, path: self.path.clone(), owner: self.owner })
    }

    /// Opens a folder of ours: it must belong to root or to this process's user, and nobody else may
    /// write into it. `None` if it is not there.
    pub fn ours(path: &Path) -> Result<Option<Self>, Error> {
        let me = rustix::process::geteuid().as_raw();
        let fd = match rustix::fs::open(path, OPEN, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(failure::io("Opening", path, errno)),
        };
        let stat = rustix::fs::fstat(&fd).map_err(|e| failure::io("Examining", path, e))?;
        if stat.st_uid != me && stat.st_uid != 0 {
            return Err(failure::not_trusted(
                path,
                "it belongs to neither root nor the user of this process",
            ));
        }
        if stat.st_mode & 0o022 != 0 {
            return Err(failure::not_trusted(
                path,
                "others may write into it; take that away with chmod go-w",
            ));
        }
        Ok(Some(Self { fd, path: path.to_owned(), owner: me }))
    }

    /// Opens a folder of ours that must be there.
    pub fn ours_existing(path: &Path) -> Result<Self, Error> {
        Self::ours(path)?.ok_or_else(|| failure::io("Opening", path, Errno::NOENT))
    }

    /// Opens a folder below this one, following no link and leaving no mount; `None` if it is not there.
    pub fn beneath(&self, relative: &str) -> Result<Option<Self>, Error> {
        ration::take(LOOK)?;
        let path = self.path.join(relative);
        let resolve = ResolveFlags::BENEATH
            | ResolveFlags::NO_SYMLINKS
            | ResolveFlags::NO_MAGICLINKS
            | ResolveFlags::NO_XDEV;
        let opened = match rustix::fs::openat2(&self.fd, relative, OPEN, Mode::empty(), resolve) {
            // An old kernel, or a container whose filter does not know the call.
            Err(Errno::NOSYS | Errno::PERM) => self.beneath_step_by_step(relative),
            other => other,
        };
        match opened {
            Ok(fd) => Ok(Some(Self { fd, path, owner: self.owner })),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(failure::io("Opening", &path, errno)),
        }
    }

    fn beneath_step_by_step(&self, relative: &str) -> Result<OwnedFd, Errno> {
        let mut fd = rustix::fs::openat(&self.fd, ".", OPEN, Mode::empty())?;
        for step in relative.split('/') {
            if step.is_empty() || step == "." || step == ".." {
                return Err(Errno::XDEV);
            }
            fd = rustix::fs::openat(&fd, step, OPEN, Mode::empty())?;
        }
        Ok(fd)
    }

    /// Opens a folder below this one step by step, creating the last step with that mode if need be.
    pub fn ensure(&self, name: &str, mode: u32) -> Result<Self, Error> {
        self.create(name, mode)?;
        let path = self.path.join(name);
        self.beneath(name)?.ok_or_else(|| failure::io("Opening", &path, Errno::NOENT))
    }

    /// Creates a folder with exactly that mode; `false` if something of that name exists already.
    pub fn create(&self, name: &str, mode: u32) -> Result<bool, Error> {
        let path = self.path.join(name);
        match rustix::fs::mkdirat(&self.fd, name, Mode::from_raw_mode(mode)) {
            Err(Errno::EXIST) => return Ok(false),
            other => other.map_err(|e| failure::io("Creating", &path, e))?,
        }
        // The host's umask must not decide whether the mail server can read.
        if let Some(folder) = self.beneath(name)? {
            folder.set_mode(mode)?;
        }
        Ok(true)
    }

    /// Sets the mode of the folder itself.
    pub fn set_mode(&self, mode: u32) -> Result<(), Error> {
        rustix::fs::fchmod(&self.fd, Mode::from_raw_mode(mode))
            .map_err(|e| failure::io("Setting the mode of", &self.path, e))
    }

    /// Opens a folder that is an entry of this one, by its raw name; links and mounts are refused.
    pub fn entry(&self, name: &[u8]) -> Result<Self, Errno> {
        ration::take(LOOK).map_err(|_| Errno::AGAIN)?;
        let fd = rustix::fs::openat(&self.fd, name, OPEN, Mode::empty())?;
        let (mine, its) = (rustix::fs::fstat(&self.fd)?, rustix::fs::fstat(&fd)?);
        if mine.st_dev != its.st_dev {
            return Err(Errno::XDEV);
        }
        let path = self.path.join(String::from_utf8_lossy(name).as_ref());
        Ok(Self { fd, path, owner: self.owner })
    }

    /// Gives the folder to a group that the caller is in.
    pub fn give_to_group(&self, gid: u32) -> Result<(), Error> {
        rustix::fs::fchown(&self.fd, None, Some(rustix::fs::Gid::from_raw(gid)))
            .map_err(|e| failure::io("Setting the group of", &self.path, e))
    }

    /// When names in here last changed, in seconds since 1970.
    pub fn changed(&self) -> Result<i64, Error> {
        rustix::fs::fstat(&self.fd)
            .map(|stat| stat.st_mtime)
            .map_err(|e| failure::io("Examining", &self.path, e))
    }

    /// Makes names created or removed in here durable.
    pub fn sync(&self) -> Result<(), Error> {
        rustix::fs::fsync(&self.fd).map_err(|e| failure::io("Flushing", &self.path, e))
    }

    /// Makes everything on the folder's file system durable: for many names in many folders.
    pub fn sync_all(&self) -> Result<(), Error> {
        rustix::fs::syncfs(&self.fd).map_err(|e| failure::io("Flushing the file system of", &self.path, e))
    }

    /// Names in here, without `.` and `..`.
    pub fn names(&self) -> Result<Vec<(Vec<u8>, FileType)>, Error> {
        let fail = |errno| failure::io("Reading", &self.path, errno);
        // They may have been read before.
        rustix::fs::seek(&self.fd, SeekFrom::Start(0)).map_err(fail)?;
        let mut buffer = [MaybeUninit::uninit(); NAMES_AT_ONCE];
        let mut entries = RawDir::new(&self.fd, &mut buffer);
        let mut names = Vec::new();
        while let Some(entry) = entries.next() {
            let entry = entry.map_err(fail)?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                ration::take(NAME + name.len())?;
                names.push((name.to_vec(), entry.file_type()));
            }
        }
        Ok(names)
    }

    /// The path of something in here, for messages.
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Its path, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whose files are believed in here, besides root's.
    pub fn owner(&self) -> u32 {
        self.owner
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::Folder;
    use crate::base::ErrorKind;
    use crate::base::tests::scratch;

    #[test]
    fn no_link_is_followed_and_no_parent_is_reached() {
        let dir = scratch("folder");
        std::fs::create_dir_all(dir.join("home/etc/example.com")).unwrap();
        std::fs::create_dir_all(dir.join("outside/example.com")).unwrap();
        symlink(dir.join("outside"), dir.join("home/link")).unwrap();
        symlink("example.com", dir.join("home/etc/inner")).unwrap();
        // Within the home too: what is below it can change while we look.
        symlink("etc", dir.join("home/inside")).unwrap();
        let me = rustix::process::geteuid().as_raw();
        let home = Folder::home(&dir.join("home"), me).unwrap();
        assert!(home.beneath("etc/example.com").unwrap().is_some());
        assert!(home.beneath("etc/nosuch").unwrap().is_none());
        for evil in ["link/example.com", "etc/inner", "../outside", "link", "inside/example.com"] {
            assert_eq!(home.beneath(evil).unwrap_err().kind(), ErrorKind::Unsafe, "{evil}");
            assert!(home.beneath_step_by_step(evil).is_err(), "{evil}");
        }
        assert!(home.beneath_step_by_step("etc/example.com").is_ok());
        assert_eq!(Folder::home(&dir.join("home"), me + 1).unwrap_err().kind(), ErrorKind::Unsafe);
        std::fs::remove_dir_all(dir).unwrap();
    }
}
