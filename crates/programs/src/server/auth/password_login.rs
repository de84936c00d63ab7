//! Logins by user name and password, and a code where one is wanted.

use std::net::IpAddr;

use super::codes::Verdict;
use super::limiter::Refused;
use super::logged_in::{LoggedIn, mark};
use super::{Checked, Denied, Gate, Owner, Reason, Who};
use crate::server::origin::ServiceKind;
use liveapi_core::api::Error;
use liveapi_core::store::{AccountName, Address, Password, hash};

impl Gate {
    /// Who a user name and a password are, within the limits on failures.
    pub(super) fn by_password(
        &self,
        service: ServiceKind,
        peer: IpAddr,
        user: &str,
        password: &str,
        code: Option<&str>,
    ) -> Result<LoggedIn, Denied> {
        match (service, user.contains('@')) {
            (ServiceKind::Whm, true) => {
                return Err(Denied::login(
                    "mailboxes log in on the ports of webmail and cPanel, not on WHM's",
                ));
            }
            (ServiceKind::Webmail, false) => {
                return Err(Denied::login("webmail wants the full address of a mailbox as the user name"));
            }
            _ => {}
        }
        let attempt = self.limiter.attempt(peer, user).map_err(|refused| match refused {
            Refused::Locked(rest) => Denied::locked_out(rest),
            Refused::Busy => Denied::busy(),
        })?;
        let logged_in = match self.check(service, user, password)? {
            Ok(logged_in) => logged_in,
            Err(denied) => {
                // A suspended account's owner did not guess.
                if denied.reason == Reason::Login {
                    attempt.fail();
                }
                return Err(denied);
            }
        };
        match self.check_code(&logged_in, code)? {
            Verdict::NotNeeded | Verdict::Right => Ok(logged_in),
            Verdict::Missing => Err(Denied::needs_code()),
            Verdict::Wrong => {
                attempt.fail();
                Err(Denied::wrong_code())
            }
        }
    }

    /// Compares a password: once, and as long for a name that does not exist.
    fn check(
        &self,
        service: ServiceKind,
        user: &str,
        password: &str,
    ) -> Result<Result<LoggedIn, Denied>, Error> {
        // What no stored password can equal is refused at once: that tells about the guess, not about the user.
        let Some(password) = Password::to_be_checked(password) else {
            return Ok(Err(Denied::wrong_password()));
        };
        let whm = if service == ServiceKind::Whm { self.users.get(user)? } else { None };
        if let Some(whm) = whm {
            let right = hash::verify(&password, &whm.hash) == hash::Verdict::Same;
            let who = whm.who().filter(|_| right).ok_or_else(Denied::wrong_password);
            return Ok(who.map(|who| LoggedIn { who, user: user.to_owned(), mark: mark(&whm.hash) }));
        }
        Ok(match self.check_stored(user, &password)? {
            Checked::Right(account) => {
                let (who, user) = match Address::existing(user, None) {
                    Ok(address) => (Who::Mailbox(account, address.clone()), address.to_string()),
                    Err(_) => (Who::Account(account), user.to_owned()),
                };
                Ok(LoggedIn { who, user, mark: None })
            }
            Checked::Suspended => Err(Denied::permission("The account is suspended; ask its provider")),
            Checked::Unreadable(why) => Err(Denied::wrong_password().logged(&why)),
            Checked::Wrong | Checked::NotHere => Err(Denied::wrong_password()),
        })
    }

    fn check_stored(&self, user: &str, password: &Password<'_>) -> Result<Checked, Error> {
        let checked = match (user.contains('@'), AccountName::existing(user)) {
            (true, _) => match Address::existing(user, None) {
                Ok(address) => self.passwords.mailbox(&address, password)?,
                Err(_) => Checked::NotHere,
            },
            (false, Some(account)) => self.passwords.account(&account, password)?,
            (false, None) => Checked::NotHere,
        };
        if matches!(checked, Checked::NotHere | Checked::Unreadable(_)) {
            hash::verify(password, hash::OF_NOBODY);
        }
        Ok(checked)
    }

    fn check_code(&self, logged_in: &LoggedIn, code: Option<&str>) -> Result<Verdict, Error> {
        let (owner, since) = match &logged_in.who {
            Who::Root | Who::Reseller(_) => (Owner::Whm(logged_in.user.clone()), 0),
            Who::Account(account) => {
                (Owner::account(account), self.passwords.since(account)?.unwrap_or_default())
            }
            Who::Mailbox(..) => return Ok(Verdict::NotNeeded),
        };
        self.codes.check(&owner, since, code, self.clock.seconds())
    }
}
