//! The folder in which a copied home grows, until it is renamed to the account's.
//!
//! It stands in the store's root under a name that is no account's, so nobody looks into it. Its lock
//! says that the import lives; what a killed one left behind has none and is removed by the next.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, RenameFlags};
use rustix::io::Errno;

use crate::api::{Error, ErrorKind};
use crate::base::files::Folder;
use crate::base::files::failure;
use crate::base::random;
use crate::store::Account;
use crate::store::home::account::{self, HOME_MODE};
use crate::store::home::home_store::HomeStore;
use crate::store::home::registry;

/// How the names of these folders begin.
const PREFIX: &str = ".import-";

/// Such a folder; removed when dropped before it is kept.
pub(super) struct Staging<'a> {
    root: Folder,
    name: String,
    /// Opened for reading; its lock is held as long.
    home: Option<Folder>,
    account: &'a Account,
    /// The topmost folder that was made for the store's root; none if it was there.
    made: Option<PathBuf>,
    kept: Cell<bool>,
}

impl<'a> Staging<'a> {
    /// Makes an empty one that belongs to the account.
    pub(super) fn create(store: &HomeStore, account: &'a Account) -> Result<Self, Error> {
        let made = store.root.ancestors().take_while(|place| !place.exists()).last().map(Path::to_owned);
        let root = account::create_root(&store.root)?;
        sweep(&root);
        let name = format!("{PREFIX}{:016x}", random::number()?);
        let mut staging = Self { root, name, home: None, account, made, kept: Cell::new(false) };
        if !staging.root.create(&staging.name, registry::PRIVATE_MODE)? {
            let sentence = format!("{} exists already; try again", staging.path().display());
            return Err(Error::new(ErrorKind::Busy, sentence));
        }
        account::hand_over(&staging.root, &staging.name, account)?;
        let home = Folder::home(&staging.path(), account.uid)?.readable()?;
        lock(&home).map_err(|e| failure::io("Locking", &staging.path(), e))?;
        staging.home = Some(home);
        Ok(staging)
    }

    /// The home while it is filled.
    pub(super) fn home(&self) -> Result<&Folder, Error> {
        self.home.as_ref().ok_or_else(|| failure::io("Opening", &self.path(), Errno::NOENT))
    }

    fn path(&self) -> PathBuf {
        self.root.path_of(&self.name)
    }

    /// Brings all of the copy to the disk, before anything names it.
    pub(super) fn flush(&self) -> Result<(), Error> {
        rustix::fs::syncfs(self.home()?).map_err(|e| failure::io("Flushing", &self.path(), e))
    }

    /// Renames it to the account's home; never over something else.
    pub(super) fn place(&self) -> Result<(), Error> {
        self.home()?.set_mode(HOME_MODE)?;
        self.rename(&self.name, self.account.name.as_str())?;
        self.root.sync()
    }

    /// Moves the home back to where it was staged.
    pub(super) fn take_back(&self) -> Result<(), Error> {
        match self.rename(self.account.name.as_str(), &self.name) {
            Err(_) if self.path().exists() => Ok(()),
            done => done,
        }
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), Error> {
        let done = rustix::fs::renameat_with(&self.root, from, &self.root, to, RenameFlags::NOREPLACE);
        let done = match done {
            // A file system that cannot look and rename at once; the registry's lock is held.
            Err(Errno::INVAL) => rustix::fs::renameat(&self.root, from, &self.root, to),
            done => done,
        };
        done.map_err(|e| failure::io("Creating", &self.root.path_of(to), e))
    }

    /// It is an account's home now.
    pub(super) fn keep(&self) {
        self.kept.set(true);
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        if self.kept.get() {
            return;
        }
        // What cannot go now, the next import sweeps.
        let _ = self.root.remove_tree(&self.name);
        let Some(made) = &self.made else { return };
        for place in self.root.path().ancestors() {
            if std::fs::remove_dir(place).is_err() || place == made {
                return;
            }
        }
    }
}

fn lock(folder: &Folder) -> Result<(), Errno> {
    rustix::fs::flock(folder, FlockOperation::NonBlockingLockExclusive)
}

/// Removes what imports left behind that were killed.
fn sweep(root: &Folder) {
    let Ok(names) = root.names() else { return };
    for (name, _) in names.iter().filter(|(name, _)| name.starts_with(PREFIX.as_bytes())) {
        // One that is locked belongs to a live import.
        if root.entry(name).is_ok_and(|folder| lock(&folder).is_ok()) {
            let _ = root.remove_tree(&String::from_utf8_lossy(name));
        }
    }
}
