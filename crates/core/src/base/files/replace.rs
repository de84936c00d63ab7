//! Replacing a file durably: temporary file, flush, rename, flush of the folder.
//!
//! At any moment, also one of a crash, the name leads to the whole old or the whole new file. Exactly
//! two flushes. The new file has the old one's owner, group, mode, ACL and SELinux label, and a
//! modification time at least one whole second later: Dovecot reads a file again only when its size
//! or its time in whole seconds changed, and all our hashes have the same length.

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::failure;
use super::folder::Folder;
use super::snapshot::{MAX_BYTES, Snapshot};
use super::splice::{Splice, pieces};
use super::temporary::{Temporary, is_temporary};
use crate::base::{Error, ErrorKind, clock};

/// How often a file that somebody else (an editor, an importer) replaced meanwhile is read again.
const ATTEMPTS: usize = 5;

/// Age in seconds from which a temporary file is a leftover of a killed process.
const LEFTOVER_SECONDS: i64 = 3600;

/// Most temporary files that are looked at in one call.
const LEFTOVERS_PER_CALL: usize = 16;

impl Folder {
    /// Edits a file in here. `change` sees the bytes (none if the file is missing) and returns
    /// splices; no splice, no write. Call it with the domain's lock held: it then runs again only if
    /// somebody without the lock replaced the file.
    pub fn edit<E: From<Error>>(
        &self,
        name: &str,
        mut change: impl FnMut(&[u8]) -> Result<Vec<Splice>, E>,
    ) -> Result<(), E> {
        for _ in 0..ATTEMPTS {
            let old = self.read(name)?;
            let bytes = old.as_ref().map_or(&[][..], |old| &old.bytes);
            let splices = change(bytes)?;
            if splices.is_empty() || self.replace(name, old.as_ref(), &pieces(bytes, &splices))? {
                return Ok(());
            }
        }
        let path = self.path_of(name);
        let sentence =
            format!("{} was changed by another program again and again; try again later", path.display());
        Err(Error::new(ErrorKind::Busy, sentence).into())
    }

    /// One attempt; `false` if the file is no longer the one that was read.
    fn replace(&self, name: &str, old: Option<&Snapshot>, content: &[&[u8]]) -> Result<bool, Error> {
        let size = content.iter().map(|piece| piece.len() as u64).sum::<u64>();
        if size >= MAX_BYTES.unsigned_abs() {
            return Err(failure::too_large(&self.path_of(name)));
        }
        let temporary = Temporary::create(self)?;
        let stat = old.map(|old| &old.stat);
        temporary.write(content)?;
        temporary.adopt(old)?;
        temporary.set_time(stat)?;
        temporary.flush()?;
        if !self.is_still(name, stat)? {
            return Ok(false);
        }
        temporary.rename_to(name)?;
        let path = self.path_of(name);
        rustix::fs::fsync(self).map_err(|errno| {
            failure::state_unknown(&path, &format!("flushing its folder failed: {errno}"))
        })?;
        Ok(true)
    }

    /// Creates an empty file, as a new domain starts with; an existing one stays.
    pub fn create_empty(&self, name: &str) -> Result<(), Error> {
        if self.open_checked(name)?.is_none() {
            self.replace(name, None, &[])?;
        }
        Ok(())
    }

    /// Creates an empty file with exactly that mode; an existing one stays. What replaces it takes its mode over.
    pub fn create_file(&self, name: &str, mode: u32) -> Result<(), Error> {
        let fail = |errno| failure::io("Creating", &self.path_of(name), errno);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match rustix::fs::openat(self, name, flags, Mode::from_raw_mode(mode)) {
            // The host's umask must not decide who can read.
            Ok(file) => rustix::fs::fchmod(&file, Mode::from_raw_mode(mode)).map_err(fail),
            Err(Errno::EXIST) => Ok(()),
            Err(errno) => Err(fail(errno)),
        }
    }

    /// Moves an entry into another folder, durably and never over something else; `false` if there is none.
    pub fn move_entry(&self, name: &str, to: &Self) -> Result<bool, Error> {
        let moved = match rustix::fs::renameat_with(self, name, to, name, RenameFlags::NOREPLACE) {
            // A file system that cannot look and rename at once; a lock is held.
            Err(Errno::INVAL) => match rustix::fs::statat(to, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(_) => Err(Errno::EXIST),
                Err(_) => rustix::fs::renameat(self, name, to, name),
            },
            done => done,
        };
        match moved {
            Ok(()) => to.sync().and_then(|()| self.sync()).map(|()| true),
            Err(Errno::NOENT) => Ok(false),
            Err(errno) => Err(failure::io("Moving something to", &to.path_of(name), errno)),
        }
    }

    /// Removes temporary files that killed processes left behind.
    pub fn sweep(&self) {
        let Ok(names) = self.names() else { return };
        for (name, _) in names.iter().filter(|(name, _)| is_temporary(name)).take(LEFTOVERS_PER_CALL) {
            let Ok(stat) = rustix::fs::statat(self, name.as_slice(), AtFlags::SYMLINK_NOFOLLOW) else {
                continue;
            };
            if clock::now().as_secs().cast_signed() - stat.st_mtime > LEFTOVER_SECONDS {
                // Not ours to worry about if it cannot go: it harms nobody.
                let _ = rustix::fs::unlinkat(self, name.as_slice(), AtFlags::empty());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use std::time::SystemTime;

    use super::*;
    use crate::base::tests::scratch;

    fn folder(dir: &std::path::Path) -> Folder {
        Folder::home(dir, rustix::process::geteuid().as_raw()).unwrap().readable().unwrap()
    }

    fn added(file: &[u8], line: &str) -> Vec<Splice> {
        vec![Splice { range: file.len()..file.len(), insert: format!("{line}\n").into_bytes() }]
    }

    fn append(folder: &Folder, name: &str, line: &str) -> Result<(), Error> {
        folder.edit(name, |file| Ok(added(file, line)))
    }

    #[test]
    fn mode_stays_and_the_time_moves_a_whole_second_each_time() {
        let dir = scratch("rewrite");
        let folder = folder(&dir);
        append(&folder, "f", "a:1").unwrap();
        assert_eq!(dir.join("f").metadata().unwrap().mode() & 0o7777, 0o640);
        std::fs::set_permissions(dir.join("f"), std::fs::Permissions::from_mode(0o604)).unwrap();
        let mut last = dir.join("f").metadata().unwrap().mtime();
        for _ in 0..3 {
            append(&folder, "f", "b:2").unwrap();
            let stat = dir.join("f").metadata().unwrap();
            assert!(stat.mtime() > last, "{} after {last}", stat.mtime());
            assert_eq!(stat.mode() & 0o7777, 0o604);
            last = stat.mtime();
        }
        assert_eq!(std::fs::read(dir.join("f")).unwrap(), b"a:1\nb:2\nb:2\nb:2\n");
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 1, "no temporary file stays");
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_file_replaced_meanwhile_is_read_again() {
        let dir = scratch("meanwhile");
        let folder = folder(&dir);
        std::fs::write(dir.join("f"), "a:1\n").unwrap();
        let mut rounds = 0;
        folder
            .edit("f", |file| {
                rounds += 1;
                if rounds == 1 {
                    std::fs::write(dir.join("g"), "by:hand\n").unwrap();
                    std::fs::rename(dir.join("g"), dir.join("f")).unwrap();
                }
                Ok::<_, Error>(added(file, "b:2"))
            })
            .unwrap();
        assert_eq!((rounds, std::fs::read(dir.join("f")).unwrap()), (2, b"by:hand\nb:2\n".to_vec()));
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_file_that_never_rests_is_given_up() {
        let dir = scratch("restless");
        let folder = folder(&dir);
        let mut n = 0;
        let result = folder.edit("f", |file| {
            n += 1;
            std::fs::write(dir.join("g"), format!("{n}\n")).unwrap();
            std::fs::rename(dir.join("g"), dir.join("f")).unwrap();
            Ok::<_, Error>(added(file, "b:2"))
        });
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Busy);
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 1, "no temporary file stays");
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn only_old_leftovers_of_ours_are_swept() {
        let dir = scratch("sweep");
        let folder = folder(&dir);
        let old = SystemTime::now() - std::time::Duration::from_secs(2 * 3600);
        for name in [".liveapi-1.tmp", ".liveapi-2.tmp", ".liveapi-x", "shadow"] {
            let file = std::fs::File::create(dir.join(name)).unwrap();
            if name != ".liveapi-2.tmp" {
                file.set_modified(old).unwrap();
            }
        }
        folder.sweep();
        assert!(!dir.join(".liveapi-1.tmp").exists());
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 3, "a fresh one may belong to a live process");
        std::fs::remove_dir_all(dir).unwrap();
    }
}
