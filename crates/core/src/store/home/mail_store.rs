//! The store of homes as a [`MailStore`]: each function stands in the file of its noun.

use super::home_store::HomeStore;
use super::{account, browse, disk, domains, grouping, listing, password, queued, registry, suspension};
use crate::api::{Error, NotDone};
use crate::store::{
    Account, AccountName, Address, Changed, DiskUse, Domain, DomainKind, FolderEntry, HomeUse, HostedDomain,
    Limits, MailStore, Mailbox, MailboxChange, NewAccount, OnRefusal, Password, Quota, Secret, SecretMark,
    Terms, UnreadableAccount,
};

impl MailStore for HomeStore {
    fn accounts(&self) -> Result<Vec<Account>, Error> {
        registry::accounts(&self.root).map(|(accounts, _)| accounts)
    }

    fn unreadable_accounts(&self) -> Result<Vec<UnreadableAccount>, Error> {
        registry::accounts(&self.root).map(|(_, unreadable)| unreadable)
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

    fn suspend_account(
        &self,
        name: &AccountName,
        suspended: bool,
        reason: Option<&str>,
    ) -> Result<(), NotDone> {
        suspension::suspend(self, name, suspended, reason)
    }

    fn set_terms(&self, name: &AccountName, limits: Limits, terms: &Terms) -> Result<(), NotDone> {
        account::set_terms(self, name, limits, terms)
    }

    fn set_account_password(&self, name: &AccountName, secret: &Secret<'_>) -> Result<(), NotDone> {
        account::set_password(self, name, secret)
            .map_err(|e| e.unchanged(&format!("The password of the account “{name}”")))
    }

    fn verify_account_password(&self, name: &AccountName, password: &Password<'_>) -> Result<bool, NotDone> {
        account::verify_password(self, name, password)
    }

    fn account_secret_mark(&self, name: &AccountName) -> Result<Option<SecretMark>, NotDone> {
        account::secret_mark(self, name)
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

    fn change_mailboxes(
        &self,
        changes: &[MailboxChange<'_>],
        on_refusal: OnRefusal,
    ) -> Vec<Result<Changed, NotDone>> {
        match (&self.queue, changes) {
            (Some(queue), [change]) => vec![queued::make(self, queue, change)],
            _ => grouping::make(self, changes, on_refusal),
        }
    }

    fn quota(&self, account: &Account, address: &Address) -> Result<Quota, NotDone> {
        listing::quota(self, account, address)
    }

    fn verify_password(
        &self,
        account: &Account,
        address: &Address,
        password: &Password<'_>,
    ) -> Result<bool, NotDone> {
        password::verify(self, account, address, password)
    }

    fn mailbox_secret_mark(
        &self,
        account: &Account,
        address: &Address,
    ) -> Result<Option<SecretMark>, NotDone> {
        password::mailbox_mark(self, account, address)
    }
}
