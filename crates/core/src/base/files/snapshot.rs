//! A file as it was read: its bytes, and what tells whether it is still the same file.

use std::fs::File;
use std::os::fd::OwnedFd;

use rustix::buffer::spare_capacity;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::failure;
use super::folder::Folder;
use crate::base::Error;
use crate::base::ration::{self, LOOK};

/// Dovecot's auth process dies of a line of 64 MiB; 100,000 mailboxes take 13 MiB.
pub const MAX_BYTES: i64 = 16 * 1024 * 1024;

/// One file of an account, checked and read.
#[derive(Debug)]
pub struct Snapshot {
    pub bytes: Vec<u8>,
    /// Still open, for its extended attributes.
    pub file: File,
    /// What the kernel said of it before it was read.
    pub stat: Stat,
}

impl Folder {
    /// Reads a file in here; `None` if there is none. Believed is only a regular file of the account
    /// or of root with one name: a customer can put a link, a hard link to another's file, or a FIFO
    /// in its place.
    pub fn read(&self, name: &str) -> Result<Option<Snapshot>, Error> {
        let Some((fd, stat)) = self.open_checked(name)? else { return Ok(None) };
        ration::take(usize::try_from(stat.st_size).unwrap_or(usize::MAX))?;
        let fail = |errno| failure::io("Reading", &self.path_of(name), errno);
        let file = File::from(fd);
        // The size is known, and nobody writes into the file: it is only ever replaced.
        let length = usize::try_from(stat.st_size).unwrap_or(0);
        let mut bytes = Vec::new();
        // Customers choose the size: no memory for it is their failure, not the end of a daemon.
        bytes.try_reserve_exact(length).map_err(|_| fail(Errno::NOMEM))?;
        while bytes.len() < length {
            // Not zeroed before: that would take as long as reading.
            match rustix::io::read(&file, spare_capacity(&mut bytes)) {
                // It became shorter under us.
                Ok(0) => return Err(fail(Errno::IO)),
                Ok(_) | Err(Errno::INTR) => {}
                Err(errno) => return Err(fail(errno)),
            }
        }
        bytes.truncate(length);
        Ok(Some(Snapshot { bytes, file, stat }))
    }

    /// Opens a file in here for reading after the checks of [`Folder::read`].
    pub fn open_checked(&self, name: &str) -> Result<Option<(OwnedFd, Stat)>, Error> {
        let path = || self.path_of(name);
        ration::take(LOOK)?;
        // Non-blocking: opening a FIFO would otherwise wait for a writer for ever.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = match rustix::fs::openat(self, name, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(failure::io("Opening", &path(), errno)),
        };
        let stat = rustix::fs::fstat(&fd).map_err(|e| failure::io("Examining", &path(), e))?;
        let why = if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            "it is not a regular file"
        } else if stat.st_uid != self.owner() && stat.st_uid != 0 {
            "it belongs to neither the account nor root"
        } else if stat.st_nlink > 1 {
            // None at all is no fault: a writer replaced the file since it was opened, and it is still whole.
            "it has a second name (a hard link)"
        } else if stat.st_size >= MAX_BYTES {
            "it is larger than 16 MiB"
        } else {
            return Ok(Some((fd, stat)));
        };
        Err(failure::not_trusted(&path(), why))
    }

    /// Whether the name still leads to the file that was read, unchanged (or to nothing, if it did then).
    pub fn is_still(&self, name: &str, was: Option<&Stat>) -> Result<bool, Error> {
        let now = match rustix::fs::statat(self, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Some(stat),
            Err(Errno::NOENT) => None,
            Err(errno) => return Err(failure::io("Examining", &self.path_of(name), errno)),
        };
        Ok(match (was, &now) {
            (None, None) => true,
            (Some(was), Some(now)) => same(was, now),
            _ => false,
        })
    }
}

fn same(a: &Stat, b: &Stat) -> bool {
    (a.st_dev, a.st_ino, a.st_size, a.st_mtime, a.st_mtime_nsec, a.st_ctime, a.st_ctime_nsec)
        == (b.st_dev, b.st_ino, b.st_size, b.st_mtime, b.st_mtime_nsec, b.st_ctime, b.st_ctime_nsec)
}
