//! What a mail store is: accounts that own domains, domains that hold mailboxes, mailboxes that have
//! a password and a quota. Also the names, passwords and hashes that every store shares.
//!
//! [`home`] keeps all of it in cPanel-style home directories that Dovecot reads.

mod account_name;
mod address;
mod domain;
pub mod hash;
pub mod home;
mod local_part;
mod password;
mod quota;
mod secret;
pub mod strength;

pub use account_name::AccountName;
pub use address::Address;
pub use domain::Domain;
pub use local_part::LocalPart;
pub use password::Password;
pub use quota::Quota;
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
    /// When it was created, in seconds since 1970, UTC.
    pub created: u64,
}

/// One mailbox, as lists show it.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Its address.
    pub address: Address,
    /// Whether login is suspended (`!`, `!!` or `*LOCKED*` before the hash).
    pub login_suspended: bool,
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
pub trait MailStore: Send + Sync {
    /// All accounts, by name.
    fn accounts(&self) -> Result<Vec<Account>, Error>;

    /// One account, if there is one of that name.
    fn account(&self, name: &AccountName) -> Result<Option<Account>, Error>;

    /// Creates an account with its main domain.
    fn create_account(&self, name: &AccountName, domain: &Domain) -> Result<Account, NotDone>;

    /// Removes an account with its domains, mailboxes and mail.
    fn remove_account(&self, name: &AccountName) -> Result<(), NotDone>;

    /// Suspends an account, with the logins of all its mailboxes, or takes that back. Passwords, mail and
    /// the marks of single mailboxes stay.
    fn suspend_account(&self, name: &AccountName, suspended: bool) -> Result<(), NotDone>;

    /// The domains of an account, the main one first.
    fn domains(&self, account: &Account) -> Result<Vec<Domain>, Error>;

    /// The mailboxes of all of an account's domains, in file order.
    fn mailboxes(&self, account: &Account) -> Result<Vec<Mailbox>, NotDone>;

    /// What mailboxes of the account take up, in the order asked for; one without a mail folder takes
    /// nothing.
    fn disk_use(&self, account: &Account, addresses: &[&Address]) -> Result<Vec<DiskUse>, NotDone>;

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
