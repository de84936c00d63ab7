//! Removing names and whole trees by descriptors.
//!
//! A tree below a home may hold links placed by its owner, or change while it is removed; so no path
//! is ever looked up again: folders are opened without following links, and names are unlinked
//! relative to them.

use rustix::fs::AtFlags;
use rustix::io::Errno;

use super::failure;
use super::folder::Folder;
use crate::base::Error;

/// Deeper trees are not a mailbox; the limit bounds open descriptors.
const MAX_DEPTH: usize = 64;

impl Folder {
    /// Removes a file's name; a missing one is fine.
    pub fn unlink(&self, name: &str) -> Result<(), Error> {
        match rustix::fs::unlinkat(self, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => self.sync(),
            Err(errno) => Err(failure::io("Removing", &self.path_of(name), errno)),
        }
    }

    /// Removes a folder with all that it holds; a link is removed, not followed; a missing one is fine.
    pub fn remove_tree(&self, name: &str) -> Result<(), Error> {
        self.remove_entry(name.as_bytes(), MAX_DEPTH)?;
        self.sync()
    }

    fn remove_entry(&self, name: &[u8], depth: usize) -> Result<(), Error> {
        let shown = self.path_of(&String::from_utf8_lossy(name));
        let fail = |errno| failure::io("Removing", &shown, errno);
        match rustix::fs::unlinkat(self, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => return Ok(()),
            Err(Errno::ISDIR | Errno::PERM) => {}
            Err(errno) => return Err(fail(errno)),
        }
        if depth == 0 {
            return Err(failure::not_trusted(&shown, "folders are nested too deeply; remove it by hand"));
        }
        let inner = self.entry(name).map_err(fail)?;
        for (entry, _) in inner.names()? {
            inner.remove_entry(&entry, depth - 1)?;
        }
        rustix::fs::unlinkat(self, name, AtFlags::REMOVEDIR).map_err(fail)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

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
}
