//! Links that log in once: who may have one made for whom, and what happens when it is followed.

use std::net::IpAddr;

use super::tickets::Ticket;
use super::{Denied, Gate, Identified, LoginMark, Session, Who};
use crate::server::origin::ServiceKind;
use liveapi_core::api::{Error, ErrorKind, NotDone, Refusal};
use liveapi_core::store::{AccountName, Address};

impl Gate {
    /// Makes a link's secret for a user, who need not show a password: whoever calls could change that as well.
    pub fn grant(&self, caller: &Identified, service: ServiceKind, user: &str) -> Result<Ticket, NotDone> {
        let unknown = || Refusal::NoAccount(user.escape_debug().to_string());
        let (who, user) = self.named(service, user)?.ok_or_else(unknown)?;
        self.require_right(caller, &who)?;
        let mark = self.mark_of(&who, &user)?.ok_or_else(|| closed(&who, &user))?;
        let now = self.clock.seconds();
        self.tickets.create(service, &user, mark, now, now + self.idle.as_secs())
    }

    /// Opens the session that a link is for. The link is used up, whatever comes of it.
    pub fn follow_link(
        &self,
        service: ServiceKind,
        peer: IpAddr,
        secret: &str,
        security_token: Option<&str>,
    ) -> Result<Session, Denied> {
        let security_token = security_token.unwrap_or_default().trim_matches('/');
        let taken = self.tickets.take(service, secret, security_token, self.clock.seconds());
        let Some(ticket) = taken.map_err(failure)? else {
            if let Some(rest) = self.limiter.count_address(peer) {
                return Err(Denied::locked_out(rest));
            }
            return Err(Denied::login(
                "the link was followed before, or its time is over; ask for a new one",
            ));
        };
        let named = self.named(service, &ticket.user)?;
        let holds = |who: &Who, user: &str| -> Result<Option<LoginMark>, Error> {
            Ok(self.mark_of(who, user)?.filter(|mark| ticket.is_of(*mark)))
        };
        if let Some((who, user)) = named
            && let Some(mark) = holds(&who, &user)?
        {
            return Ok(self.sessions.open_as(service, who, &user, mark, security_token)?);
        }
        Err(Denied::login("the link has ended because its user or the password changed; ask for a new one"))
    }

    /// Who logs in to a service under a name.
    fn named(&self, service: ServiceKind, user: &str) -> Result<Option<(Who, String)>, Error> {
        if service == ServiceKind::Whm
            && let Some(known) = self.users.get(user)?
        {
            return Ok(known.who().map(|who| (who, known.name)));
        }
        if let Ok(address) = Address::existing(user, None) {
            if service == ServiceKind::Whm {
                return Ok(None);
            }
            let owner = self.passwords.owner_of(&address.domain)?;
            return Ok(owner.map(|account| (Who::Mailbox(account, address.clone()), address.to_string())));
        }
        // New accounts get their names in small letters, however they are written.
        let Some(account) = AccountName::existing(&user.to_ascii_lowercase()) else { return Ok(None) };
        let is_there = self.passwords.standing(&account)?.is_some();
        Ok(is_there.then(|| (Who::Account(account.clone()), account.to_string())))
    }

    /// An administrator may for everybody; a reseller for itself, its accounts and their mailboxes.
    fn require_right(&self, caller: &Identified, who: &Who) -> Result<(), Refusal> {
        let own = |account: &AccountName| {
            self.accounts_of(&caller.user).is_ok_and(|accounts| accounts.contains(account))
        };
        let right = match (&caller.who, who) {
            (Who::Root, _) => true,
            (Who::Reseller(_), Who::Account(account) | Who::Mailbox(account, _)) => own(account),
            (Who::Reseller(_), Who::Reseller(_)) => caller.who == *who,
            _ => false,
        };
        if right { Ok(()) } else { Err(refused("it is not one of yours")) }
    }
}

fn closed(who: &Who, user: &str) -> Refusal {
    refused(&match who {
        Who::Account(_) => format!("the account “{user}” is suspended"),
        Who::Mailbox(..) => format!("there is no mailbox “{user}”, or its login or its account is suspended"),
        Who::Root | Who::Reseller(_) => format!("“{user}” has no login"),
    })
}

fn refused(why: &str) -> Refusal {
    Refusal::BadValue { param: "user", why: why.to_owned() }
}

fn failure(not_done: NotDone) -> Error {
    match not_done {
        NotDone::Failed(error) => error,
        NotDone::Refused(refusal) => Error::new(ErrorKind::Internal, refusal.to_string()),
    }
}
