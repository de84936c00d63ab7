//! Who a request says that it is from, before that is checked.
//!
//! For the line in which the request waits for a thread: checking a password takes one. Nothing is counted here, and
//! nothing may be done by it. A password is taken for its owner's, which a guesser can make use of no more than of the
//! lock-outs; a token and a session are looked up, which is quick.

use super::authorization::{self, Authorization, Scheme};
use super::{Credentials, Gate, OwnerKind, Who};
use crate::server::origin::ServiceKind;
use liveapi_core::api::Error;
use liveapi_core::store::{AccountName, Address};

/// Whose line a request belongs into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// An account's, its mailboxes included.
    Account(AccountName),
    /// The owner of the server, who asks for many accounts.
    Root(String),
    Reseller(String),
    /// Nobody's who is known here.
    Nobody,
}

impl Claim {
    fn of(who: Who, user: String) -> Self {
        match who {
            Who::Root => Self::Root(user),
            Who::Reseller(_) => Self::Reseller(user),
            Who::Account(account) | Who::Mailbox(account, _) => Self::Account(account),
        }
    }
}

impl Gate {
    /// Who a request says that it is from.
    pub fn claim(&self, credentials: &Credentials<'_>) -> Claim {
        let claimed = match credentials.authorization.filter(|value| !value.trim().is_empty()) {
            None => Ok(self.of_session(credentials)),
            Some(value) => match authorization::read(value) {
                Ok(Authorization::Password(user, _)) => self.of_name(credentials.service, &user),
                Ok(Authorization::Token(scheme, user, secret)) => {
                    self.of_token(credentials.service, scheme, &user, &secret)
                }
                Err(_) => Ok(None),
            },
        };
        // What cannot be read is told where the request is answered.
        claimed.ok().flatten().unwrap_or(Claim::Nobody)
    }

    fn of_session(&self, credentials: &Credentials<'_>) -> Option<Claim> {
        let (who, user) = self.session_of(credentials)?;
        Some(Claim::of(who, user))
    }

    fn of_name(&self, service: ServiceKind, user: &str) -> Result<Option<Claim>, Error> {
        if let Ok(address) = Address::existing(user, None) {
            return Ok(self.passwords.owner_of(&address.domain)?.map(Claim::Account));
        }
        if service == ServiceKind::Whm
            && let Some(claim) = self.of_whm_user(user)?
        {
            return Ok(Some(claim));
        }
        let Some(account) = AccountName::existing(user) else { return Ok(None) };
        let standing = self.passwords.standing(&account)?;
        Ok(standing.filter(|standing| !standing.suspended).map(|_| Claim::Account(account)))
    }

    fn of_token(
        &self,
        service: ServiceKind,
        scheme: Scheme,
        user: &str,
        secret: &str,
    ) -> Result<Option<Claim>, Error> {
        let is_whm = service == ServiceKind::Whm && scheme == Scheme::Whm;
        let kinds = [OwnerKind::Whm, OwnerKind::Account];
        for token in self.tokens.matching(&kinds[usize::from(!is_whm)..], user, secret)? {
            if let Some(holder) = self.holder_of(&token)? {
                return Ok(Some(Claim::of(holder.who, user.to_owned())));
            }
        }
        Ok(None)
    }

    fn of_whm_user(&self, user: &str) -> Result<Option<Claim>, Error> {
        let known = self.users.get(user)?;
        Ok(known.map(|known| match known.accounts {
            None => Claim::Root(known.name),
            Some(_) => Claim::Reseller(known.name),
        }))
    }
}
