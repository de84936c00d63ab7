//! What a mail store is: accounts that own domains, domains that hold mailboxes, mailboxes that have
//! a password and a quota. Also the names, passwords and hashes that every store shares.
//!
//! [`home`] keeps all of it in cPanel-style home directories that Dovecot reads.

mod account_name;
mod address;
mod destination;
mod domain;
pub mod hash;
pub mod home;
mod hosted_domain;
mod limits;
mod local_part;
mod password;
mod quota;
mod routing;
mod secret;
pub mod strength;

pub use account_name::AccountName;
pub use address::Address;
pub use destination::Destination;
pub use domain::Domain;
pub use hosted_domain::{DomainKind, HostedDomain};
pub use limits::Limits;
pub use local_part::LocalPart;
pub use password::Password;
pub use quota::Quota;
pub use routing::{Forwarder, MailRouting, Outgoing};
pub use secret::Secret;

use crate::api::{Error, NotDone};

/// A cPanel account: the user that owns domains and mailboxes.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its name, e.g. `bob`.
    pub name: AccountName,
    /// Its main domain.
    pub domain: Domain,
    /// Its home directory, as text.
    pub home: String,
    /// The system user that owns its files.
    pub uid: u32,
    /// The group of that user.
    pub gid: u32,
    /// The group that the mail server reads password files with.
    pub mail_gid: u32,
    /// A suspended account's mailboxes neither log in nor change.
    pub suspended: bool,
    /// Since when, in seconds since 1970, UTC; 0 if not known.
    pub suspended_since: u64,
    /// When it was created, in seconds since 1970, UTC.
    pub created: u64,
    /// What its mail may have.
    pub limits: Limits,
}

/// An account to be created.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// Its name.
    pub name: AccountName,
    /// Its main domain.
    pub domain: Domain,
    /// What its mail may have.
    pub limits: Limits,
    /// What opens its own mailbox; without it nothing does.
    pub secret: Option<Secret<'a>>,
}

/// One mailbox, as lists show it.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Its address.
    pub address: Address,
    /// Whether login is suspended (`!`, `!!` or `*LOCKED*` before the hash).
    pub login_suspended: bool,
    /// Whether mail for it is refused.
    pub incoming_suspended: bool,
    /// Its limit.
    pub quota: Quota,
}

/// What a mailbox takes up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiskUse {
    /// Bytes of its mail.
    pub bytes: u64,
    /// When its folder last changed, in seconds since 1970, UTC; 0 if it has none.
    pub changed: i64,
}

/// What stands in a folder below an account's mail.
#[derive(Clone, Debug)]
pub struct FolderEntry {
    /// Its name.
    pub name: String,
    /// Whether it is a folder; links are neither followed nor shown.
    pub is_folder: bool,
    /// Whether it is a mailbox, a Maildir.
    pub is_mailbox: bool,
    /// Whether it has no folders of its own, besides those that every Maildir has.
    pub is_leaf: bool,
    /// When it last changed, in seconds since 1970, UTC.
    pub changed: i64,
}

/// What an account's whole home takes up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HomeUse {
    /// Bytes in its files.
    pub bytes: u64,
    /// Its files and folders.
    pub entries: u64,
}

/// What a change of password found on its way; the change itself is done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Changed {
    /// Login of the mailbox is suspended and stays so.
    pub still_suspended: bool,
    /// The file names the mailbox more than once; the first line counts, and was changed.
    pub duplicates: bool,
}

/// A place where accounts, domains and mailboxes live. Safe to call from any thread and after a fork:
/// an implementation keeps no thread, no lock and no connection between two calls.
pub trait MailStore: MailRouting + Send + Sync {
    /// All accounts, by name.
    fn accounts(&self) -> Result<Vec<Account>, Error>;

    /// One account, if there is one of that name.
    fn account(&self, name: &AccountName) -> Result<Option<Account>, Error>;

    /// Creates an account with its main domain.
    fn create_account(&self, new: &NewAccount<'_>) -> Result<Account, NotDone>;

    /// Removes an account with its domains, mailboxes and mail. A home that was there before the store knew of
    /// it stays, and is named.
    fn remove_account(&self, name: &AccountName) -> Result<Option<String>, NotDone>;

    /// Suspends an account, with the logins of all its mailboxes, or takes that back. Passwords, mail and
    /// the marks of single mailboxes stay.
    fn suspend_account(&self, name: &AccountName, suspended: bool) -> Result<(), NotDone>;

    /// Changes what an account may have. What it has already stays.
    fn set_limits(&self, name: &AccountName, limits: Limits) -> Result<(), NotDone>;

    /// Changes the account's own password, which opens its own mailbox.
    fn set_account_password(&self, name: &AccountName, secret: &Secret<'_>) -> Result<(), NotDone>;

    /// Whether the password is the account's own, be the account suspended or not.
    fn verify_account_password(&self, name: &AccountName, password: &Password<'_>) -> Result<bool, NotDone>;

    /// The account that a domain belongs to.
    fn owner_of(&self, domain: &Domain) -> Result<Option<AccountName>, Error>;

    /// The domains of an account, the main one first.
    fn domains(&self, account: &Account) -> Result<Vec<HostedDomain>, Error>;

    /// Gives an account a further domain.
    fn add_domain(&self, account: &Account, domain: &HostedDomain) -> Result<(), NotDone>;

    /// Takes a domain from an account. Its mailboxes no longer work; their files and mail stay in the home.
    fn remove_domain(&self, account: &Account, domain: &Domain) -> Result<(), NotDone>;

    /// The mailboxes of all of an account's domains, in file order.
    fn mailboxes(&self, account: &Account) -> Result<Vec<Mailbox>, NotDone>;

    /// What mailboxes of the account take up, in the order asked for; one without a mail folder takes
    /// nothing.
    fn disk_use(&self, account: &Account, addresses: &[&Address]) -> Result<Vec<DiskUse>, NotDone>;

    /// What the account's own mailbox takes up.
    fn own_disk_use(&self, account: &Account) -> Result<DiskUse, NotDone>;

    /// What the account's home takes up.
    fn home_use(&self, account: &Account) -> Result<HomeUse, NotDone>;

    /// What is in a folder below the account's mail, by its path there; nothing if there is no such folder.
    fn browse(&self, account: &Account, folder: &str) -> Result<Option<Vec<FolderEntry>>, NotDone>;

    /// Creates a mailbox that the secret opens at once.
    fn create_mailbox(
        &self,
        account: &Account,
        address: &Address,
        secret: &Secret<'_>,
        quota: Quota,
    ) -> Result<(), NotDone>;

    /// Removes a mailbox; its mail too, unless it shall be kept.
    fn delete_mailbox(&self, account: &Account, address: &Address, keep_mail: bool) -> Result<(), NotDone>;

    /// Changes a password. Returns only when the change is durable, was read back, and is the hash
    /// of the very bytes given.
    fn set_password(
        &self,
        account: &Account,
        address: &Address,
        password: &Password<'_>,
    ) -> Result<Changed, NotDone>;

    /// Suspends the login of a mailbox, or takes that back; its password and mail stay.
    fn suspend_login(&self, account: &Account, address: &Address, suspended: bool) -> Result<(), NotDone>;

    /// The limit of a mailbox.
    fn quota(&self, account: &Account, address: &Address) -> Result<Quota, NotDone>;

    /// Changes a quota.
    fn set_quota(&self, account: &Account, address: &Address, quota: Quota) -> Result<(), NotDone>;

    /// Whether the password opens the mailbox.
    fn verify_password(
        &self,
        account: &Account,
        address: &Address,
        password: &Password<'_>,
    ) -> Result<bool, NotDone>;
}
