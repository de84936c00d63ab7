//! Who knows the passwords of accounts and mailboxes.

use super::{LoginMark, Standing};
use liveapi_core::api::{Error, NotDone, Refusal};
use liveapi_core::store::{Account, AccountName, Address, Domain, MailStore, Password, SecretMark};

/// What a password turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is right; with the account that it belongs to, and what a session is to be bound to.
    Right(AccountName, LoginMark),
    /// It is right, but the account is suspended.
    Suspended,
    /// It was compared and is wrong.
    Wrong,
    /// Nothing was compared: there is no such account or mailbox here.
    NotHere,
    /// The stored hash cannot be compared; why.
    Unreadable(String),
}

/// The passwords of accounts and mailboxes.
pub trait Passwords: Send + Sync {
    /// Checks an account's own password.
    fn account(&self, name: &AccountName, password: &Password<'_>) -> Result<Checked, Error>;

    /// Checks a mailbox's password; the account that it belongs to comes with the answer.
    fn mailbox(&self, address: &Address, password: &Password<'_>) -> Result<Checked, Error>;

    /// The account as it stands now, be it suspended or not; nothing if there is none.
    fn standing(&self, account: &AccountName) -> Result<Option<Standing>, Error>;

    /// What a login of the account is bound to now; nothing if it is suspended or not there.
    fn account_mark(&self, name: &AccountName) -> Result<Option<LoginMark>, Error>;

    /// What a login of the account's mailbox is bound to now; nothing if nobody can log in to it.
    fn mailbox_mark(&self, name: &AccountName, address: &Address) -> Result<Option<LoginMark>, Error>;

    /// The account that owns a domain, if that is known here.
    fn owner_of(&self, _: &Domain) -> Result<Option<AccountName>, Error> {
        Ok(None)
    }
}

/// Those of an embedded mail store.
pub struct StorePasswords<S: MailStore>(pub S);

impl<S: MailStore> StorePasswords<S> {
    fn mark_of_mailbox(&self, account: &Account, address: &Address) -> Result<Option<LoginMark>, Error> {
        let mark = known(self.0.mailbox_secret_mark(account, address))?;
        Ok(mark.map(|secret| LoginMark::of_mailbox(account, address, secret)))
    }

    fn mark_of_account(&self, account: &Account) -> Result<Option<LoginMark>, Error> {
        let secret = known(self.0.account_secret_mark(&account.name))?;
        Ok(Some(LoginMark::of_account(account, secret)))
    }

    fn active(&self, name: &AccountName) -> Result<Option<Account>, Error> {
        Ok(self.0.account(name)?.filter(|account| !account.suspended))
    }
}

impl<S: MailStore> Passwords for StorePasswords<S> {
    fn account(&self, name: &AccountName, password: &Password<'_>) -> Result<Checked, Error> {
        let Some(account) = self.0.account(name)? else { return Ok(Checked::NotHere) };
        // Before the password is compared: if it changes in between, the mark is of the old one, and dead.
        let mark = self.mark_of_account(&account)?;
        checked(self.0.verify_account_password(name, password), &account, mark)
    }

    fn mailbox(&self, address: &Address, password: &Password<'_>) -> Result<Checked, Error> {
        let Some(owner) = self.0.owner_of(&address.domain)? else { return Ok(Checked::NotHere) };
        let Some(account) = self.0.account(&owner)? else { return Ok(Checked::NotHere) };
        let mark = self.mark_of_mailbox(&account, address)?;
        checked(self.0.verify_password(&account, address, password), &account, mark)
    }

    fn standing(&self, account: &AccountName) -> Result<Option<Standing>, Error> {
        Ok(self.0.account(account)?.map(|account| Standing {
            id: account.id,
            since: account.created,
            suspended: account.suspended,
            by_name: false,
        }))
    }

    fn account_mark(&self, name: &AccountName) -> Result<Option<LoginMark>, Error> {
        self.active(name)?.map_or(Ok(None), |account| self.mark_of_account(&account))
    }

    fn mailbox_mark(&self, name: &AccountName, address: &Address) -> Result<Option<LoginMark>, Error> {
        self.active(name)?.map_or(Ok(None), |account| self.mark_of_mailbox(&account, address))
    }

    fn owner_of(&self, domain: &Domain) -> Result<Option<AccountName>, Error> {
        self.0.owner_of(domain)
    }
}

fn checked(
    verified: Result<bool, NotDone>,
    account: &Account,
    mark: Option<LoginMark>,
) -> Result<Checked, Error> {
    match (verified, mark) {
        (Ok(true), _) if account.suspended => Ok(Checked::Suspended),
        (Ok(true), Some(mark)) => Ok(Checked::Right(account.name.clone(), mark)),
        (Ok(_), _) => Ok(Checked::Wrong),
        (Err(NotDone::Refused(refusal @ Refusal::UnknownScheme(_))), _) => {
            Ok(Checked::Unreadable(refusal.to_string()))
        }
        (Err(NotDone::Refused(_)), _) => Ok(Checked::NotHere),
        (Err(NotDone::Failed(error)), _) => Err(error),
    }
}

/// A mark; none where the store refuses because there is no such account, domain or mailbox.
fn known(mark: Result<Option<SecretMark>, NotDone>) -> Result<Option<SecretMark>, Error> {
    match mark {
        Ok(mark) => Ok(mark),
        Err(NotDone::Refused(_)) => Ok(None),
        Err(NotDone::Failed(error)) => Err(error),
    }
}

/// Those of a gateway, whose server keeps them for itself: accounts log in with tokens of the daemon only.
pub struct NoPasswords;

impl Passwords for NoPasswords {
    fn account(&self, _: &AccountName, _: &Password<'_>) -> Result<Checked, Error> {
        Ok(Checked::NotHere)
    }

    fn mailbox(&self, _: &Address, _: &Password<'_>) -> Result<Checked, Error> {
        Ok(Checked::NotHere)
    }

    /// The server decides whether it exists, when it is called.
    fn standing(&self, _: &AccountName) -> Result<Option<Standing>, Error> {
        Ok(Some(Standing { by_name: true, ..Standing::default() }))
    }

    fn account_mark(&self, _: &AccountName) -> Result<Option<LoginMark>, Error> {
        Ok(None)
    }

    fn mailbox_mark(&self, _: &AccountName, _: &Address) -> Result<Option<LoginMark>, Error> {
        Ok(None)
    }
}
