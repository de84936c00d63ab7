//! The contract that every mail store keeps.

use super::{
    Account, AccountName, Address, Changed, DiskUse, Domain, FolderEntry, HomeUse, HostedDomain, Limits,
    MailRouting, Mailbox, MailboxChange, NewAccount, OnRefusal, Packages, Password, Quota, Secret,
    SecretMark, Terms, UnreadableAccount,
};
use crate::api::{Error, ErrorKind, NotDone};

/// A place where accounts, domains and mailboxes live. Safe to call from any thread and after a
/// fork: what an implementation keeps between two calls stands in a [`PerProcess`](crate::base::process::PerProcess).
pub trait MailStore: MailRouting + Packages + Send + Sync {
    /// All accounts whose records can be read, in the order of their names.
    fn accounts(&self) -> Result<Vec<Account>, Error>;

    /// The accounts that [`MailStore::accounts`] leaves out.
    fn unreadable_accounts(&self) -> Result<Vec<UnreadableAccount>, Error>;

    /// One account, if there is one of that name.
    fn account(&self, name: &AccountName) -> Result<Option<Account>, Error>;

    /// Creates an account with its main domain.
    fn create_account(&self, new: &NewAccount<'_>) -> Result<Account, NotDone>;

    /// Removes an account with its domains, mailboxes and mail. A home that was there before the store knew of
    /// it stays, and is named.
    fn remove_account(&self, name: &AccountName) -> Result<Option<String>, NotDone>;

    /// Suspends an account, with the logins of all its mailboxes, or takes that back. Passwords, mail and
    /// the marks of single mailboxes stay.
    fn suspend_account(
        &self,
        name: &AccountName,
        suspended: bool,
        reason: Option<&str>,
    ) -> Result<(), NotDone>;

    /// Changes what an account may have, and what else is agreed about it, in one step. What it has already stays.
    fn set_terms(&self, name: &AccountName, limits: Limits, terms: &Terms) -> Result<(), NotDone>;

    /// Changes the account's own password, which opens its own mailbox.
    fn set_account_password(&self, name: &AccountName, secret: &Secret<'_>) -> Result<(), NotDone>;

    /// Whether the password is the account's own, be the account suspended or not.
    fn verify_account_password(&self, name: &AccountName, password: &Password<'_>) -> Result<bool, NotDone>;

    /// The mark of what opens the account's own mailbox, be the account suspended or not; nothing where nothing does.
    fn account_secret_mark(&self, name: &AccountName) -> Result<Option<SecretMark>, NotDone>;

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

    /// Makes changes of mailboxes, many of them in one step on the disk. The results stand in the order of the
    /// changes, and each is the one that the changes made one after the other would have had: a change that is refused
    /// spoils no other, and a step that fails fails exactly the changes that were in it. A change is told as done only
    /// when it is durable; a hash was read back then, and is that of the very bytes given. With [`OnRefusal::Stop`]
    /// the results may end behind the first change that is not done; what has no result was not begun.
    fn change_mailboxes(
        &self,
        changes: &[MailboxChange<'_>],
        on_refusal: OnRefusal,
    ) -> Vec<Result<Changed, NotDone>>;

    /// Makes one change of a mailbox.
    fn change_mailbox(&self, change: MailboxChange<'_>) -> Result<Changed, NotDone> {
        let result = self.change_mailboxes(&[change], OnRefusal::GoOn).pop();
        result.unwrap_or_else(|| {
            let sentence = format!("The store has no answer to a change of “{}”", change.address);
            Err(Error::new(ErrorKind::Internal, sentence).into())
        })
    }

    /// The most bytes that a mailbox may hold.
    fn quota(&self, account: &Account, address: &Address) -> Result<Quota, NotDone>;

    /// Whether the password opens the mailbox.
    fn verify_password(
        &self,
        account: &Account,
        address: &Address,
        password: &Password<'_>,
    ) -> Result<bool, NotDone>;

    /// The mark of what opens the mailbox; nothing where nothing does, as while its login is suspended.
    fn mailbox_secret_mark(
        &self,
        account: &Account,
        address: &Address,
    ) -> Result<Option<SecretMark>, NotDone>;
}
