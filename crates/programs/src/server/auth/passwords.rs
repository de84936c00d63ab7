//! Who knows the passwords of accounts and mailboxes.

use liveapi_core::api::{Error, NotDone, Refusal};
use liveapi_core::store::{Account, AccountName, Address, MailStore, Password};

/// What a password turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is right; with the account that it belongs to.
    Right(AccountName),
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

    /// Since when the account exists, in seconds since 1970; nothing if there is none or it is suspended. Tokens
    /// from before belonged to another account of that name.
    fn since(&self, account: &AccountName) -> Result<Option<u64>, Error>;
}

/// Those of an embedded mail store.
pub struct StorePasswords<S: MailStore>(pub S);

impl<S: MailStore> Passwords for StorePasswords<S> {
    fn account(&self, name: &AccountName, password: &Password<'_>) -> Result<Checked, Error> {
        let Some(account) = self.0.account(name)? else { return Ok(Checked::NotHere) };
        let checked = checked(self.0.verify_account_password(name, password), name)?;
        Ok(unless_suspended(&account, checked))
    }

    fn mailbox(&self, address: &Address, password: &Password<'_>) -> Result<Checked, Error> {
        let Some(owner) = self.0.owner_of(&address.domain)? else { return Ok(Checked::NotHere) };
        match self.0.account(&owner)? {
            Some(account) => {
                let checked = checked(self.0.verify_password(&account, address, password), &owner)?;
                Ok(unless_suspended(&account, checked))
            }
            None => Ok(Checked::NotHere),
        }
    }

    fn since(&self, account: &AccountName) -> Result<Option<u64>, Error> {
        let account = self.0.account(account)?;
        Ok(account.filter(|account| !account.suspended).map(|account| account.created))
    }
}

/// The registry says whether an account is suspended; a mailbox's own files, which the customer can write, may lack
/// the mark.
fn unless_suspended(account: &Account, checked: Checked) -> Checked {
    match checked {
        Checked::Right(_) if account.suspended => Checked::Suspended,
        checked => checked,
    }
}

fn checked(verified: Result<bool, NotDone>, account: &AccountName) -> Result<Checked, Error> {
    match verified {
        Ok(true) => Ok(Checked::Right(account.clone())),
        Ok(false) => Ok(Checked::Wrong),
        Err(NotDone::Refused(refusal @ Refusal::UnknownScheme(_))) => {
            Ok(Checked::Unreadable(refusal.to_string()))
        }
        Err(NotDone::Refused(_)) => Ok(Checked::NotHere),
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
    fn since(&self, _: &AccountName) -> Result<Option<u64>, Error> {
        Ok(Some(0))
    }
}
