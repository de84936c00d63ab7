//! Removing names and whole trees by descriptors.
//!
//! A tree below a home may hold links placed by its owner, be as deep as he likes, and change while it is removed; so
//! no path is ever looked up again: folders are opened without following links, and names are unlinked relative to
//! them. What appears meanwhile goes in the next round, and what is nested too deeply moves up and goes then.

use std::ops::ControlFlow;

use rustix::fs::{AtFlags, Gid, Mode, Uid};
use rustix::io::Errno;

use super::failure;
use super::folder::Folder;
use crate::base::{Error, random};

/// How deep folders are entered; the limit bounds open descriptors.
const MAX_DEPTH: usize = 64;

/// How often a folder that is not empty yet is emptied again.
const ROUNDS: usize = 10_000;

/// Mode of a folder that is being removed.
const MODE: Mode = Mode::RWXU;

impl Folder {
    /// Removes a file's name; a missing one is fine.
    pub fn unlink(&self, name: &str) -> Result<(), Error> {
        match rustix::fs::unlinkat(self, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => self.sync(),
            Err(errno) => Err(failure::io("Removing", &self.path_of(name), errno)),
        }
    }

    /// Removes a folder with all that it holds; a link is removed, not followed; a missing one is fine. What cannot
    /// be removed stays, all else goes.
    pub fn remove_tree(&self, name: &str) -> Result<(), Error> {
        self.remove_tree_unflushed(name)?;
        self.sync()
    }

    /// As [`Folder::remove_tree`], for many of which the last is followed by [`Folder::sync`].
    pub fn remove_tree_unflushed(&self, name: &str) -> Result<(), Error> {
        let name = name.as_bytes();
        if self.remove_name(name)?.is_break() {
            return Ok(());
        }
        let top = self.enter(name).map_err(|errno| self.not_removed(name, errno))?;
        for _ in 0..ROUNDS {
            top.empty(&top, MAX_DEPTH)?;
            if self.remove_folder(name)?.is_break() {
                return Ok(());
            }
        }
        Err(never_empty(&top))
    }

    /// Removes all that the folder holds, as [`Folder::remove_tree`].
    pub fn clear(&self) -> Result<(), Error> {
        for _ in 0..ROUNDS {
            self.empty(self, MAX_DEPTH)?;
            if self.names()?.is_empty() {
                return Ok(());
            }
        }
        Err(never_empty(self))
    }

    /// One round over all entries, to the end whatever fails; the first failure.
    fn empty(&self, top: &Self, depth: usize) -> Result<(), Error> {
        let mut first = Ok(());
        for (name, _) in self.names()? {
            first = first.and(self.remove_entry(&name, top, depth));
        }
        first
    }

    fn remove_entry(&self, name: &[u8], top: &Self, depth: usize) -> Result<(), Error> {
        if self.remove_name(name)?.is_break() {
            return Ok(());
        }
        if depth == 0 {
            let up = format!(".liveapi-{:016x}.removed", random::number()?);
            return match rustix::fs::renameat(self, name, top, up) {
                Ok(()) | Err(Errno::NOENT) => Ok(()),
                Err(errno) => Err(self.not_removed(name, errno)),
            };
        }
        match self.enter(name) {
            Ok(inner) => inner.empty(top, depth - 1)?,
            // Moved or exchanged for something else meanwhile; the next round sees what.
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(()),
            Err(errno) => return Err(self.not_removed(name, errno)),
        }
        self.remove_folder(name).map(|_| ())
    }

    /// Removes what is no folder; goes on where it is one.
    fn remove_name(&self, name: &[u8]) -> Result<ControlFlow<()>, Error> {
        match rustix::fs::unlinkat(self, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(ControlFlow::Break(())),
            Err(Errno::ISDIR | Errno::PERM) => Ok(ControlFlow::Continue(())),
            Err(errno) => Err(self.not_removed(name, errno)),
        }
    }

    /// Removes an empty folder; goes on where something appeared in it, or in its place.
    fn remove_folder(&self, name: &[u8]) -> Result<ControlFlow<()>, Error> {
        match rustix::fs::unlinkat(self, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT) => Ok(ControlFlow::Break(())),
            Err(Errno::NOTEMPTY | Errno::EXIST | Errno::NOTDIR) => Ok(ControlFlow::Continue(())),
            Err(errno) => Err(self.not_removed(name, errno)),
        }
    }

    /// Opens a folder that is to be removed, and takes from its owner what would keep us out. Root becomes the owner,
    /// so that programs that have it open can put nothing more into it.
    fn enter(&self, name: &[u8]) -> Result<Self, Errno> {
        let is_root = rustix::process::geteuid().is_root();
        let inner = match self.entry(name) {
            // The account may change only what is its own, also where a link was put there meanwhile.
            Err(Errno::ACCESS) if !is_root => {
                let _ = rustix::fs::chmodat(self, name, MODE, AtFlags::empty());
                self.entry(name)
            }
            other => other,
        };
        let inner = inner?;
        // If these fail, removing fails and says so.
        let _ = rustix::fs::fchmod(&inner, MODE);
        if is_root {
            let _ = rustix::fs::fchown(&inner, Some(Uid::ROOT), Some(Gid::ROOT));
        }
        Ok(inner)
    }

    fn not_removed(&self, name: &[u8], errno: Errno) -> Error {
        failure::io("Removing", &self.path_of(&String::from_utf8_lossy(name)), errno)
    }
}

fn never_empty(folder: &Folder) -> Error {
    failure::not_trusted(
        folder.path(),
        "it is to be removed, but files appear in it as fast as they go; end the programs that write there",
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::Folder;
    use crate::base::tests::scratch;

    #[test]
    fn links_are_removed_not_followed() {
        let dir = scratch("remove");
        std::fs::create_dir_all(dir.join("home/box/cur/deep")).unwrap();
        std::fs::create_dir_all(dir.join("precious")).unwrap();
        std::fs::write(dir.join("precious/file"), "x").unwrap();
        std::fs::write(dir.join("home/box/cur/1"), "x").unwrap();
        symlink(dir.join("precious"), dir.join("home/box/cur/deep/link")).unwrap();
        symlink(dir.join("precious"), dir.join("home/linked")).unwrap();
        let home =
            Folder::home(&dir.join("home"), rustix::process::geteuid().as_raw()).unwrap().readable().unwrap();
        for name in ["box", "linked", "nosuch"] {
            home.remove_tree(name).unwrap();
        }
        assert_eq!(std::fs::read_dir(dir.join("home")).unwrap().count(), 0);
        assert!(dir.join("precious/file").exists());
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn depth_and_modes_keep_nothing() {
        let dir = scratch("remove-deep");
        let home = dir.join("home");
        std::fs::create_dir(&home).unwrap();
        // Deeper than any path: made by descriptors.
        let mut folder = Folder::ours_existing(&home).unwrap();
        for _ in 0..3_000 {
            folder = folder.ensure("deep", 0o700).unwrap();
        }
        std::fs::create_dir_all(home.join("closed/inner")).unwrap();
        for (path, mode) in [("closed/inner", 0o000), ("closed", 0o100)] {
            std::fs::set_permissions(home.join(path), std::fs::Permissions::from_mode(mode)).unwrap();
        }
        Folder::ours_existing(&dir).unwrap().remove_tree("home").unwrap();
        assert!(!home.exists());
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn who_writes_meanwhile_delays_it_only() {
        let dir = scratch("remove-race");
        let home = dir.join("home");
        std::fs::create_dir_all(home.join("a/b")).unwrap();
        let writer = std::thread::spawn({
            let home = home.clone();
            move || {
                for n in 0..2_000 {
                    let _ = std::fs::create_dir(home.join(format!("n{n}")));
                    let _ = std::fs::write(home.join(format!("n{n}/f")), "x");
                    let _ = std::fs::rename(home.join(format!("n{n}")), home.join(format!("a/b/{n}")));
                }
            }
        });
        Folder::ours_existing(&dir).unwrap().remove_tree("home").unwrap();
        assert!(!home.exists());
        writer.join().unwrap();
        std::fs::remove_dir_all(dir).unwrap();
    }
}
