//! Logins by user name and password, and a code where one is wanted.

use std::net::IpAddr;

use super::codes::Verdict;
use super::limiter::Refused;
use super::logged_in::LoggedIn;
use super::login_name::LoginName;
use super::{Checked, Denied, Gate, Reason, Who};
use crate::server::origin::ServiceKind;
use liveapi_core::api::Error;
use liveapi_core::store::{Password, hash};

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
        let name = LoginName::read(user);
        match (service, name.is_address()) {
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
        let attempt = self.limiter.attempt(peer, &name.counted()).map_err(|refused| match refused {
            Refused::Locked(rest) => Denied::locked_out(rest),
            Refused::Busy => Denied::busy(),
        })?;
        let logged_in = match self.check(service, &name, password)? {
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
        name: &LoginName,
        password: &str,
    ) -> Result<Result<LoggedIn, Denied>, Error> {
        // What no stored password can equal is refused at once: that tells about the guess, not about the user.
        let Some(password) = Password::to_be_checked(password) else {
            return Ok(Err(Denied::wrong_password()));
        };
        let user = name.counted();
        let whm = if service == ServiceKind::Whm { self.users.get(&user)? } else { None };
        if let Some(whm) = whm {
            let right = hash::verify(&password, &whm.hash) == hash::Verdict::Same;
            let who = whm.who().filter(|_| right).ok_or_else(Denied::wrong_password);
            return Ok(who.map(|who| LoggedIn { who, user, mark: whm.mark() }));
        }
        Ok(match self.check_stored(name, &password)? {
            Checked::Right(account, mark) => {
                let who = match name {
                    LoginName::Mailbox(address) => Who::Mailbox(account, address.clone()),
                    _ => Who::Account(account),
                };
                Ok(LoggedIn { who, user, mark })
            }
            Checked::Suspended => Err(Denied::permission("The account is suspended; ask its provider")),
            Checked::Unreadable(why) => Err(Denied::wrong_password().logged(&why)),
            Checked::Wrong | Checked::NotHere => Err(Denied::wrong_password()),
        })
    }

    fn check_stored(&self, name: &LoginName, password: &Password<'_>) -> Result<Checked, Error> {
        let checked = match name {
            LoginName::Mailbox(address) => self.passwords.mailbox(address, password)?,
            LoginName::Plain(account) => self.passwords.account(account, password)?,
            LoginName::Nobody(_) => Checked::NotHere,
        };
        if matches!(checked, Checked::NotHere | Checked::Unreadable(_)) {
            hash::verify(password, hash::OF_NOBODY);
        }
        Ok(checked)
    }

    fn check_code(&self, logged_in: &LoggedIn, code: Option<&str>) -> Result<Verdict, Error> {
        match (&logged_in.who, self.holder(&logged_in.who, &logged_in.user)?) {
            (Who::Mailbox(..), _) => Ok(Verdict::NotNeeded),
            (_, Some(holder)) => self.codes.check(&holder, code, self.clock.seconds()),
            // Removed since the password was compared.
            (_, None) => Ok(Verdict::Wrong),
        }
    }
}
