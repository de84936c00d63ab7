//! The store below one folder, and what every change of it asks first.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::queue::Queue;
use super::registry;
use crate::api::{Error, ErrorKind, NotDone, Refusal};
use crate::base::files::{Folder, Lock};
use crate::store::hash::SharedHashes;
use crate::store::{Account, Domain};

/// The store below one folder. Holds no descriptor and no lock between calls, so a fork at any time
/// and any number of threads are fine.
pub struct HomeStore {
    pub(super) root: PathBuf,
    pub(super) virtual_user: String,
    /// How many of them make hashes at a time; beyond one, threads are started for that.
    pub(super) processors: NonZeroUsize,
    /// Where changes of many threads meet. A child that was forked meanwhile must not use it.
    pub(super) queue: Option<Queue>,
    /// Where passwords of many threads meet to be hashed side by side; in the same programs.
    pub(super) shared_hashes: Option<SharedHashes>,
}

impl HomeStore {
    /// The store below `root`, an absolute path; nothing is created before the first account is.
    /// `virtual_user` is the system user that owns an account's files when root creates an account
    /// without a system user of its name.
    pub fn at(root: &Path, virtual_user: &str) -> Result<Self, Error> {
        let text = root.to_str().unwrap_or_default();
        // The path becomes a field of passwd lines.
        if !root.is_absolute() || text.contains([':', '%']) || text.contains(|c: char| c.is_control()) {
            let sentence = format!(
                "The mail store's folder {:?} must be an absolute path in UTF-8 without colon, per cent sign and control characters",
                root.display()
            );
            return Err(Error::new(ErrorKind::Config, sentence));
        }
        let (root, virtual_user) = (root.to_owned(), virtual_user.to_owned());
        Ok(Self { root, virtual_user, processors: NonZeroUsize::MIN, queue: None, shared_hashes: None })
    }

    /// A store in a program of ours: all processors make hashes.
    pub fn on_all_processors(mut self) -> Self {
        self.processors = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self
    }

    /// A store in a program that never forks: passwords that threads change at the same time are hashed side by side,
    /// and their changes become one step. To be called after `on_all_processors`.
    pub fn queued(mut self) -> Self {
        self.queue = Some(Queue::default());
        self.shared_hashes = Some(SharedHashes::on(self.processors));
        self
    }

    /// The folder `etc/DOMAIN` of an account, if it is there. To be called with the account's identity.
    pub(super) fn domain_folder(&self, account: &Account, domain: &Domain) -> Result<Option<Folder>, Error> {
        self.home(account)?.beneath(&format!("etc/{domain}"))
    }

    pub(super) fn home(&self, account: &Account) -> Result<Folder, Error> {
        Folder::home(Path::new(&account.home), account.uid)
    }

    /// Refuses what is not the account's, or not to be changed now.
    pub(super) fn require_changeable(&self, account: &Account, domain: &Domain) -> Result<(), NotDone> {
        self.require_domain(account, domain)?;
        self.require_active(account)
    }

    pub(super) fn require_active(&self, account: &Account) -> Result<(), NotDone> {
        if account.suspended {
            return Err(Refusal::AccountSuspended(account.name.to_string()).into());
        }
        Ok(())
    }

    pub(super) fn require_domain(&self, account: &Account, domain: &Domain) -> Result<(), NotDone> {
        match registry::owner_of(&self.root, domain)? {
            Some(owner) if owner == account.name.as_str() => Ok(()),
            _ => Err(Refusal::ForeignDomain(domain.to_string()).into()),
        }
    }

    pub(super) fn lock(&self, domain: &Domain) -> Result<Lock, Error> {
        Lock::take(&registry::folder(&self.root)?, domain.as_str())
    }
}
