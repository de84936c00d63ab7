//! What a function works with: the store, the settings, and the account of the call.

use crate::api::{Error, ErrorKind, NotDone, Refusal};
use crate::store::{Account, AccountName, Domain, MailStore, Password, Quota, strength};

/// The surroundings of one call.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) store: &'a dyn MailStore,
    /// The account that was named, by the door or the configuration.
    pub(super) user: Option<&'a str>,
    /// The strength that a new mailbox password must reach.
    pub(super) required_strength: u8,
    /// The quota of a new mailbox where the call gives none.
    pub(super) default_quota: Quota,
}

impl Context<'_> {
    /// The account that the call is for: the one named, else the one with the running user's name.
    pub(super) fn account(&self) -> Result<Account, Error> {
        let name = match self.user {
            Some(name) => name.to_owned(),
            None => running_user()?,
        };
        let known = AccountName::existing(&name).map(|name| self.store.account(&name)).transpose()?.flatten();
        known.ok_or_else(|| {
            let sentence = format!(
                "There is no account “{}” in the mail store. Name another one (--user, LIVEAPI_USER or the option user), or create it: whmapi1 createacct username={} domain=example.com",
                name.escape_debug(),
                name.escape_debug()
            );
            Error::new(ErrorKind::UnknownAccount, sentence)
        })
    }

    /// That domain, or all domains of the account; whether it is the account's is for the store to say.
    pub(super) fn domains_or_one(
        &self,
        account: &Account,
        one: Option<&Domain>,
    ) -> Result<Vec<Domain>, Error> {
        match one {
            Some(domain) => Ok(vec![domain.clone()]),
            None => Ok(self.store.domains(account)?.into_iter().map(|domain| domain.name).collect()),
        }
    }

    /// A password that may be set: usable at login, and strong enough.
    pub(super) fn new_password<'t>(&self, text: &'t str) -> Result<Password<'t>, NotDone> {
        let password = Password::to_be_stored(text)?;
        if strength::strength(password.bytes()) < self.required_strength {
            return Err(Refusal::WeakPassword { required: self.required_strength }.into());
        }
        Ok(password)
    }
}

fn running_user() -> Result<String, Error> {
    let uid = rustix::process::geteuid();
    if uid.is_root() {
        let sentence =
            "As root a call must say for which account it is: --user, LIVEAPI_USER or the option user";
        return Err(Error::new(ErrorKind::UnknownAccount, sentence));
    }
    let user = nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(uid.as_raw())).ok().flatten();
    user.map(|user| user.name).ok_or_else(|| {
        let sentence = format!(
            "The running user (uid {}) has no name; say for which account the call is: --user, LIVEAPI_USER or the option user",
            uid.as_raw()
        );
        Error::new(ErrorKind::UnknownAccount, sentence)
    })
}
