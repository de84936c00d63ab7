//! A temporary file on its way to replace another one.

use std::cell::Cell;
use std::fs::File;
use std::os::fd::AsFd;

use rustix::fs::{AtFlags, Mode, OFlags, Stat, Timespec, Timestamps, XattrFlags};
use rustix::io::Errno;

use super::failure;
use super::folder::Folder;
use super::snapshot::Snapshot;
use super::written::write_all;
use crate::base::{Error, clock, random};

/// Names of our temporary files. Not `shadow.…`: cPanel's support tools take that for a break-in.
const PREFIX: &str = ".liveapi-";
const SUFFIX: &str = ".tmp";

/// Permissions of a file that replaces none: owner writes, the mail server's group reads, as password files on a
/// cPanel server.
pub const NEW_FILE_MODE: u32 = 0o640;

/// Attributes that come along with a file's owner and mode.
const KEPT_ATTRIBUTES: [&str; 2] = ["security.selinux", "system.posix_acl_access"];

/// Whether a name is one of ours.
pub(super) fn is_temporary(name: &[u8]) -> bool {
    name.starts_with(PREFIX.as_bytes()) && name.ends_with(SUFFIX.as_bytes())
}

/// A temporary file; removed when dropped before its rename.
pub(super) struct Temporary<'a> {
    folder: &'a Folder,
    name: String,
    file: File,
    renamed: Cell<bool>,
}

impl<'a> Temporary<'a> {
    pub(super) fn create(folder: &'a Folder) -> Result<Self, Error> {
        let name = format!("{PREFIX}{:016x}{SUFFIX}", random::number()?);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(folder, &name, flags, Mode::RUSR | Mode::WUSR)
            .map_err(|e| failure::io("Creating a temporary file in", folder.path(), e))?;
        Ok(Self { folder, name, file: File::from(fd), renamed: Cell::new(false) })
    }

    fn fail(&self, attempt: &str, errno: Errno) -> Error {
        failure::io(attempt, &self.folder.path_of(&self.name), errno)
    }

    pub(super) fn write(&self, content: &[&[u8]]) -> Result<(), Error> {
        for piece in content {
            write_all(&self.file, piece).map_err(|errno| self.fail("Writing", errno))?;
        }
        Ok(())
    }

    /// Owner, group, attributes and mode of the old file; of a new file, the group of its folder.
    pub(super) fn adopt(&self, old: Option<&Snapshot>) -> Result<(), Error> {
        let now = rustix::fs::fstat(&self.file).map_err(|e| self.fail("Examining", e))?;
        let (uid, gid) = match old {
            Some(old) => (old.stat.st_uid, old.stat.st_gid),
            None => {
                let folder =
                    rustix::fs::fstat(self.folder).map_err(|e| self.fail("Examining the folder of", e))?;
                (now.st_uid, folder.st_gid)
            }
        };
        if (now.st_uid, now.st_gid) != (uid, gid) {
            let (uid, gid) = (rustix::fs::Uid::from_raw(uid), rustix::fs::Gid::from_raw(gid));
            rustix::fs::fchown(&self.file, Some(uid), Some(gid))
                .map_err(|e| self.fail("Keeping owner and group on", e))?;
        }
        if let Some(old) = old {
            copy_attributes(&old.file, &self.file).map_err(|e| self.fail("Keeping the attributes on", e))?;
        }
        let mode = old.map_or(NEW_FILE_MODE, |old| old.stat.st_mode & 0o777);
        rustix::fs::fchmod(&self.file, Mode::from_raw_mode(mode))
            .map_err(|e| self.fail("Setting the mode of", e))
    }

    pub(super) fn set_time(&self, old: Option<&Stat>) -> Result<(), Error> {
        let time = later_than(old.map(|old| old.st_mtime));
        let times = Timestamps { last_access: time, last_modification: time };
        rustix::fs::futimens(&self.file, &times).map_err(|e| self.fail("Setting the time of", e))
    }

    pub(super) fn flush(&self) -> Result<(), Error> {
        rustix::fs::fsync(&self.file).map_err(|e| self.fail("Flushing", e))
    }

    pub(super) fn rename_to(&self, name: &str) -> Result<(), Error> {
        rustix::fs::renameat(self.folder, &self.name, self.folder, name)
            .map_err(|e| failure::io("Replacing", &self.folder.path_of(name), e))?;
        self.renamed.set(true);
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.renamed.get() {
            // If this fails too, `sweep` finds it later.
            let _ = rustix::fs::unlinkat(self.folder, &self.name, AtFlags::empty());
        }
    }
}

/// Now, but at least one whole second after the old file's time.
fn later_than(old: Option<i64>) -> Timespec {
    let now = clock::now();
    let seconds = now.as_secs().cast_signed();
    match old {
        Some(old) if old >= seconds => Timespec { tv_sec: old.saturating_add(1), tv_nsec: 0 },
        _ => Timespec { tv_sec: seconds, tv_nsec: now.subsec_nanos().into() },
    }
}

fn copy_attributes(from: impl AsFd, to: impl AsFd) -> Result<(), Errno> {
    for name in KEPT_ATTRIBUTES {
        let mut value = [0u8; 4096];
        match rustix::fs::fgetxattr(&from, name, &mut value[..]) {
            Ok(length) => rustix::fs::fsetxattr(&to, name, &value[..length], XattrFlags::empty())?,
            // None set, or a file system without them.
            Err(Errno::NODATA | Errno::OPNOTSUPP) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}
