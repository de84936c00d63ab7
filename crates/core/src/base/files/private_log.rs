//! A log in a user's home: a file that is his alone, to which lines are added.
//!
//! Opened for every line and closed again, so that a forked child shares nothing with its parent; and looked at each
//! time as an account's files are, because whoever owns the folders above may have put something else there.

use std::fs::File;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::failure;
use super::folder::Folder;
use super::written::write_all;
use crate::base::Error;

/// Modes of the folder and the file.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: Mode = Mode::RUSR.union(Mode::WUSR);
/// Bits that let others write into a folder, and that let them in at all.
const OTHERS_WRITE: u32 = 0o022;
const OTHERS: u32 = 0o077;

/// Such a log.
#[derive(Debug)]
pub struct PrivateLog {
    home: PathBuf,
    folder: &'static str,
    name: String,
}

impl PrivateLog {
    /// Makes one of that name, in a folder of the home, which is made if it is missing.
    pub fn create(home: &Path, folder: &'static str, name: String) -> Result<Self, Error> {
        // A home may be a link to where it is; whose it is counts there.
        let home = home.canonicalize().map_err(|cause| {
            failure::io("Opening", home, Errno::from_io_error(&cause).unwrap_or(Errno::IO))
        })?;
        let log = Self { home, folder, name };
        own_home(&log.home)?.ensure(folder, FOLDER_MODE)?;
        log.open(OFlags::CREATE | OFlags::EXCL)?;
        Ok(log)
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.home.join(self.folder).join(&self.name)
    }

    /// Adds a line, in one write.
    pub fn append(&self, line: &[u8]) -> Result<(), Error> {
        let file = self.open(OFlags::empty())?;
        write_all(&file, line).map_err(|errno| failure::io("Writing", &self.path(), errno))
    }

    fn open(&self, how: OFlags) -> Result<File, Error> {
        let missing = || failure::io("Opening", &self.home.join(self.folder), Errno::NOENT);
        let folder = own_home(&self.home)?.beneath(self.folder)?.ok_or_else(missing)?;
        let found = examine(&folder, folder.path())?;
        require_own(&found, folder.path())?;
        if found.st_mode & OTHERS_WRITE != 0 {
            return Err(failure::not_trusted(
                folder.path(),
                "others may write into it; take that away with chmod go-w",
            ));
        }
        let path = self.path();
        // Non-blocking: opening a FIFO would wait for a reader for ever.
        let how =
            how | OFlags::WRONLY | OFlags::APPEND | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&folder, &self.name, how, FILE_MODE)
            .map_err(|errno| failure::io("Opening", &path, errno))?;
        let found = examine(&file, &path)?;
        require_own(&found, &path)?;
        if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
            return Err(failure::not_trusted(&path, "it is not a regular file"));
        }
        if found.st_nlink != 1 {
            return Err(failure::not_trusted(&path, "it has a second name (a hard link), or none any more"));
        }
        if found.st_mode & OTHERS != 0 {
            return Err(failure::not_trusted(
                &path,
                "others may read or write it; take that away with chmod go=",
            ));
        }
        Ok(File::from(file))
    }
}

/// The home, if it is this user's own: root writes into nobody else's.
fn own_home(home: &Path) -> Result<Folder, Error> {
    let folder = Folder::named(home)?;
    require_own(&examine(&folder, home)?, home)?;
    Ok(folder)
}

fn examine(file: impl std::os::fd::AsFd, path: &Path) -> Result<Stat, Error> {
    rustix::fs::fstat(file).map_err(|errno| failure::io("Examining", path, errno))
}

fn require_own(found: &Stat, path: &Path) -> Result<(), Error> {
    let me = rustix::process::geteuid().as_raw();
    if found.st_uid == me || found.st_uid == 0 {
        return Ok(());
    }
    Err(failure::not_trusted(path, "it belongs to neither root nor the user of this process"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;
    use crate::base::ErrorKind;
    use crate::base::tests::scratch;

    #[test]
    fn lines_are_added_for_the_owner_alone() {
        let dir = scratch("log");
        let log = PrivateLog::create(&dir, ".cpanel", "l".to_owned()).unwrap();
        log.append(b"1\n").unwrap();
        log.append(b"2\n").unwrap();
        assert_eq!(std::fs::read(log.path()).unwrap(), b"1\n2\n");
        let modes = [log.path(), dir.join(".cpanel")].map(|path| path.metadata().unwrap().mode() & 0o777);
        assert_eq!(modes, [0o600, 0o700]);
        assert!(
            PrivateLog::create(&dir, ".cpanel", "l".to_owned()).is_err(),
            "a file that is already there is not one of ours"
        );
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn what_somebody_put_in_its_place_is_left_alone() {
        let dir = scratch("log-evil");
        let log = PrivateLog::create(&dir, ".cpanel", "l".to_owned()).unwrap();
        let (path, other) = (log.path(), dir.join("other"));
        std::fs::write(&other, "").unwrap();
        std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o600)).unwrap();
        let attempts: [(&str, &dyn Fn()); 5] = [
            ("link", &|| symlink(&other, &path).unwrap()),
            ("hard link", &|| std::fs::hard_link(&other, &path).unwrap()),
            ("FIFO", &|| rustix::fs::mknodat(rustix::fs::CWD, &path, FileType::Fifo, FILE_MODE, 0).unwrap()),
            ("folder", &|| std::fs::create_dir(&path).unwrap()),
            ("open to others", &|| {
                std::fs::write(&path, "").unwrap();
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o620)).unwrap();
            }),
        ];
        for (what, put) in attempts {
            let _ = std::fs::remove_file(&path);
            let _ = std::fs::remove_dir(&path);
            put();
            assert!(log.append(b"line\n").is_err(), "{what}");
            assert_eq!(std::fs::read(&other).unwrap(), b"", "{what}");
        }
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_folder_that_is_a_link_or_open_to_others_has_no_log() {
        let dir = scratch("log-folder");
        std::fs::create_dir(dir.join("elsewhere")).unwrap();
        symlink("elsewhere", dir.join(".cpanel")).unwrap();
        let made = PrivateLog::create(&dir, ".cpanel", "l".to_owned());
        assert_eq!(made.unwrap_err().kind(), ErrorKind::Unsafe);
        std::fs::remove_file(dir.join(".cpanel")).unwrap();
        std::fs::create_dir(dir.join(".cpanel")).unwrap();
        std::fs::set_permissions(dir.join(".cpanel"), std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(PrivateLog::create(&dir, ".cpanel", "l".to_owned()).is_err());
        assert_eq!(std::fs::read_dir(dir.join("elsewhere")).unwrap().count(), 0);
        std::fs::remove_dir_all(dir).unwrap();
    }
}
