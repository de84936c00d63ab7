//! The mail store in cPanel-style home directories.
//!
//! ```text
//! ROOT/                               ours: 0700, or 0711 when root runs it for many accounts
//! ROOT/bob/etc/example.com/passwd     one line per mailbox, passwd(5) form; says which mailboxes exist
//! ROOT/bob/etc/example.com/shadow     one line per mailbox, shadow(5) form; holds the hash
//! ROOT/bob/etc/example.com/quota      user:bytes, only for mailboxes with a limit
//! ROOT/bob/etc/example.com/user/filter  holds a mark where the mailbox takes no mail
//! ROOT/bob/mail/example.com/user/     Maildir
//! ROOT/bob/mail/                      Maildir of the account itself
//! ROOT/.import-…/                     a home that is being imported, for nobody to look into
//! ROOT/.liveapi/userdomains           domain: account, as cPanel's /etc/userdomains
//! ROOT/.liveapi/users/bob             KEY=value, as cPanel's /var/cpanel/users/bob
//! ROOT/.liveapi/domains/example.com   link to bob's etc/example.com, for Dovecot's %d
//! ROOT/.liveapi/valiases/example.com  forwarders and the default address, as cPanel's /etc/valiases
//! ROOT/.liveapi/vdomainaliases/…      where all mail of a domain goes, as cPanel's /etc/vdomainaliases
//! ROOT/.liveapi/outgoing_mail_…_users who may not send, as cPanel's files of these names
//! ROOT/.liveapi/shadow                the accounts' own hashes
//! ROOT/.liveapi/locks/                one lock file per domain
//! ```
//!
//! What is below `ROOT/bob` belongs to the account, who may put anything there: links, hard links,
//! FIFOs, foreign lines. So every look-up goes through descriptors that follow no link ([`Folder`]),
//! every file is checked before it is believed ([`crate::base::files::Snapshot`]), every change is one durable rename
//! ([`Folder::edit`]), and only the bytes of the one line change ([`lines`]). Which account owns which
//! domain comes from `.liveapi`, where the account cannot write. As root, work below the home is done
//! with the account's ids ([`identity`]).

mod account;
mod browse;
mod disk;
mod domains;
mod examine;
mod identity;
pub mod import;
mod incoming;
mod lines;
mod listing;
mod mailbox;
mod outgoing;
mod password;
mod record;
mod registry;
mod remembered;
mod routes;
mod routing;
mod shadow;

use std::path::{Path, PathBuf};

use super::{
    Account, AccountName, Address, Changed, DiskUse, Domain, DomainKind, FolderEntry, HomeUse, HostedDomain,
    Limits, MailStore, Mailbox, NewAccount, Password, Quota, Secret,
};
use crate::api::{Error, ErrorKind, NotDone, Refusal};
use crate::base::files::{Folder, Lock};
pub use examine::{Examination, Remark, Weight};

/// The store below one folder. Holds no descriptor and no lock between calls, so a fork at any time
/// and any number of threads are fine.
pub struct HomeStore {
    root: PathBuf,
    virtual_user: String,
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
        Ok(Self { root: root.to_owned(), virtual_user: virtual_user.to_owned() })
    }

    /// The folder `etc/DOMAIN` of an account, if it is there. To be called with the account's identity.
    fn domain_folder(&self, account: &Account, domain: &Domain) -> Result<Option<Folder>, Error> {
        self.home(account)?.beneath(&format!("etc/{domain}"))
    }

    fn home(&self, account: &Account) -> Result<Folder, Error> {
        Folder::home(Path::new(&account.home), account.uid)
    }

    /// Refuses what is not the account's, or not to be changed now.
    fn require_changeable(&self, account: &Account, domain: &Domain) -> Result<(), NotDone> {
        self.require_domain(account, domain)?;
        self.require_active(account)
    }

    fn require_active(&self, account: &Account) -> Result<(), NotDone> {
        if account.suspended {
            return Err(Refusal::AccountSuspended(account.name.to_string()).into());
        }
        Ok(())
    }

    fn require_domain(&self, account: &Account, domain: &Domain) -> Result<(), NotDone> {
        match registry::owner_of(&self.root, domain)? {
            Some(owner) if owner == account.name.as_str() => Ok(()),
            _ => Err(Refusal::ForeignDomain(domain.to_string()).into()),
        }
    }

    fn lock(&self, domain: &Domain) -> Result<Lock, Error> {
        Lock::take(&registry::folder(&self.root)?, domain.as_str())
    }
}

impl MailStore for HomeStore {
    fn accounts(&self) -> Result<Vec<Account>, Error> {
        registry::accounts(&self.root)
    }

    fn account(&self, name: &AccountName) -> Result<Option<Account>, Error> {
        registry::account(&self.root, name)
    }

    fn create_account(&self, new: &NewAccount<'_>) -> Result<Account, NotDone> {
        account::create(self, new)
    }

    fn remove_account(&self, name: &AccountName) -> Result<Option<String>, NotDone> {
        account::remove(self, name)
    }

    fn suspend_account(&self, name: &AccountName, suspended: bool) -> Result<(), NotDone> {
        account::suspend(self, name, suspended)
    }

    fn set_limits(&self, name: &AccountName, limits: Limits) -> Result<(), NotDone> {
        account::set_limits(self, name, limits)
    }

    fn set_account_password(&self, name: &AccountName, secret: &Secret<'_>) -> Result<(), NotDone> {
        account::set_password(self, name, secret)
            .map_err(|e| e.unchanged(&format!("The password of the account “{name}”")))
    }

    fn verify_account_password(&self, name: &AccountName, password: &Password<'_>) -> Result<bool, NotDone> {
        account::verify_password(self, name, password)
    }

    fn owner_of(&self, domain: &Domain) -> Result<Option<AccountName>, Error> {
        Ok(registry::owner_of(&self.root, domain)?.and_then(|name| AccountName::existing(&name)))
    }

    fn domains(&self, account: &Account) -> Result<Vec<HostedDomain>, Error> {
        let mut domains = registry::hosted_domains(&self.root, account)?;
        domains.sort_by_key(|domain| domain.kind != DomainKind::Main);
        Ok(domains)
    }

    fn add_domain(&self, account: &Account, domain: &HostedDomain) -> Result<(), NotDone> {
        domains::add(self, account, domain)
    }

    fn remove_domain(&self, account: &Account, domain: &Domain) -> Result<(), NotDone> {
        domains::remove(self, account, domain)
    }

    fn mailboxes(&self, account: &Account) -> Result<Vec<Mailbox>, NotDone> {
        listing::list(self, account)
    }

    fn disk_use(&self, account: &Account, addresses: &[&Address]) -> Result<Vec<DiskUse>, NotDone> {
        disk::disk_use(self, account, addresses)
    }

    fn own_disk_use(&self, account: &Account) -> Result<DiskUse, NotDone> {
        disk::own(self, account)
    }

    fn home_use(&self, account: &Account) -> Result<HomeUse, NotDone> {
        disk::whole_home(self, account)
    }

    fn browse(&self, account: &Account, folder: &str) -> Result<Option<Vec<FolderEntry>>, NotDone> {
        browse::browse(self, account, folder)
    }

    fn create_mailbox(
        &self,
        account: &Account,
        address: &Address,
        secret: &Secret<'_>,
        quota: Quota,
    ) -> Result<(), NotDone> {
        mailbox::create(self, account, address, secret, quota)
            .map_err(|e| e.unchanged(&format!("The list of mailboxes of “{}”", address.domain)))
    }

    fn delete_mailbox(&self, account: &Account, address: &Address, keep_mail: bool) -> Result<(), NotDone> {
        mailbox::delete(self, account, address, keep_mail)
    }

    fn set_password(
        &self,
        account: &Account,
        address: &Address,
        password: &Password<'_>,
    ) -> Result<Changed, NotDone> {
        password::set(self, account, address, password)
            .map_err(|e| e.unchanged(&format!("The password of “{address}”")))
    }

    fn suspend_login(&self, account: &Account, address: &Address, suspended: bool) -> Result<(), NotDone> {
        mailbox::suspend_login(self, account, address, suspended)
            .map_err(|e| e.unchanged(&format!("The login of “{address}”")))
    }

    fn quota(&self, account: &Account, address: &Address) -> Result<Quota, NotDone> {
        listing::quota(self, account, address)
    }

    fn set_quota(&self, account: &Account, address: &Address, quota: Quota) -> Result<(), NotDone> {
        mailbox::set_quota(self, account, address, quota)
            .map_err(|e| e.unchanged(&format!("The quota of “{address}”")))
    }

    fn verify_password(
        &self,
        account: &Account,
        address: &Address,
        password: &Password<'_>,
    ) -> Result<bool, NotDone> {
        password::verify(self, account, address, password)
    }
}
