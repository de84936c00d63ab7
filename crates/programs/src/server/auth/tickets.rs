//! Tickets: links that log in once, made by WHM's `create_user_session`.
//!
//! They stand in a file, so that a program on the shell can make one for a running daemon and none is lost at a
//! restart. At rest stands the SHA-256 of what the link holds; like a token it has more random bits than anybody can
//! guess. A ticket is bound to what a session of its user would be bound to, and is worth nothing when that changed.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::json_file::JsonFile;
use super::{LoginMark, random};
use crate::server::origin::ServiceKind;
use liveapi_core::api::{Error, NotDone};

const FILE: &str = "tickets.json";
/// Letters and digits of the first part of what a link holds: 380 bits.
const NAME: usize = 64;
/// Hexadecimal digits of its second.
const HEX: usize = 64;
/// Digits of a security token.
const DIGITS: usize = 10;
/// Most tickets of one user; further ones take the place of the oldest.
const PER_USER: usize = 20;
/// Most tickets in all, likewise.
const MOST: usize = 10_000;

/// What is kept of a ticket.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct StoredTicket {
    sha256: String,
    service: String,
    /// The name that is logged in with: an account, a mailbox's address, a WHM user.
    user: String,
    /// What the login is bound to.
    mark: String,
    security_token: String,
    /// From when it no longer works, in seconds since 1970.
    expires: u64,
}

/// A ticket that was made, for the answer to whoever asked for it.
pub struct Ticket {
    /// What the link holds; shown this once.
    pub secret: String,
    /// What every path of the session will begin with: `/cpsess` and ten digits.
    pub security_token: String,
    /// From when it no longer works, in seconds since 1970.
    pub expires: u64,
}

/// A ticket that was shown and is used up.
pub(super) struct UsedTicket {
    pub(super) user: String,
    mark: String,
}

impl UsedTicket {
    /// Whether its user's login still is what it was.
    pub(super) fn is_of(&self, mark: LoginMark) -> bool {
        self.mark == mark.text()
    }
}

/// The tickets of one state folder.
pub(super) struct Tickets(JsonFile<StoredTicket>);

impl Tickets {
    pub(super) fn open(folder: &Path) -> Result<Self, Error> {
        JsonFile::open(folder, FILE).map(Self)
    }

    /// Makes one.
    pub(super) fn create(
        &self,
        service: ServiceKind,
        user: &str,
        mark: LoginMark,
        now: u64,
        expires: u64,
    ) -> Result<Ticket, NotDone> {
        let (name, hex) = (random::text(NAME, random::MIXED)?, random::text(HEX, random::HEX)?);
        let secret = format!("{user}:{name}:create_user_session,{hex}");
        let security_token = format!("cpsess{}", random::text(DIGITS, random::DIGITS)?);
        let ticket = StoredTicket {
            sha256: digest(&secret),
            service: word(service).to_owned(),
            user: user.to_owned(),
            mark: mark.text(),
            security_token: security_token.clone(),
            expires,
        };
        self.0.edit(|tickets| {
            tickets.retain(|known| known.expires > now);
            while tickets.iter().filter(|known| known.user == user).count() >= PER_USER {
                let oldest = tickets.iter().position(|known| known.user == user);
                oldest.map(|oldest| tickets.remove(oldest));
            }
            if tickets.len() >= MOST {
                tickets.drain(..=tickets.len() - MOST);
            }
            tickets.push(ticket.clone());
            Ok(())
        })?;
        Ok(Ticket { secret, security_token: format!("/{security_token}"), expires })
    }

    /// Takes one out for good, if that one is there and still works. The token is without its slash. Two who show it at once get it once.
    pub(super) fn take(
        &self,
        service: ServiceKind,
        secret: &str,
        security_token: &str,
        now: u64,
    ) -> Result<Option<UsedTicket>, NotDone> {
        let shown = digest(secret);
        let is_it = |ticket: &StoredTicket| {
            let same = ticket.sha256.as_bytes().ct_eq(shown.as_bytes())
                & ticket.security_token.as_bytes().ct_eq(security_token.as_bytes());
            bool::from(same) && ticket.service == word(service) && ticket.expires > now
        };
        // Whoever guesses makes nobody write.
        if !self.0.records()?.iter().any(is_it) {
            return Ok(None);
        }
        self.0.edit(|tickets| {
            tickets.retain(|known| known.expires > now);
            let found = tickets.iter().position(is_it).map(|at| tickets.remove(at));
            Ok(found.map(|ticket| UsedTicket { user: ticket.user, mark: ticket.mark }))
        })
    }

    /// Removes those of users that are gone. The file is left alone if there is none of theirs.
    pub(super) fn forget(&self, gone: impl Fn(&str) -> bool) -> Result<(), NotDone> {
        if !self.0.records()?.iter().any(|ticket| gone(&ticket.user)) {
            return Ok(());
        }
        self.0.edit(|tickets| {
            tickets.retain(|ticket| !gone(&ticket.user));
            Ok(())
        })
    }
}

/// How cPanel calls a service here.
fn word(service: ServiceKind) -> &'static str {
    match service {
        ServiceKind::Whm => "whostmgrd",
        ServiceKind::Cpanel => "cpaneld",
        ServiceKind::Webmail => "webmaild",
    }
}

fn digest(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::gate::tests::scratch;
    use super::*;

    fn mark() -> LoginMark {
        LoginMark::of_whm_user("id", "hash")
    }

    #[test]
    fn a_ticket_works_once_in_its_time_at_its_service_with_its_token() {
        let dir = scratch("tickets");
        let tickets = Tickets::open(&dir.join("auth")).unwrap();
        let make = || tickets.create(ServiceKind::Cpanel, "bob", mark(), 100, 200).unwrap();
        let take = |ticket: &Ticket, service, now| {
            tickets
                .take(service, &ticket.secret, ticket.security_token.trim_matches('/'), now)
                .unwrap()
                .is_some()
        };
        let ticket = make();
        assert!(ticket.secret.starts_with("bob:") && ticket.secret.contains(":create_user_session,"));
        assert!(!take(&ticket, ServiceKind::Webmail, 150) && !take(&ticket, ServiceKind::Cpanel, 200));
        let wrong = tickets.take(ServiceKind::Cpanel, &ticket.secret, "cpsess0000000000", 150).unwrap();
        assert!(wrong.is_none());
        assert!(take(&ticket, ServiceKind::Cpanel, 199) && !take(&ticket, ServiceKind::Cpanel, 199));
        let kept = std::fs::read_to_string(dir.join("auth").join(FILE)).unwrap();
        assert!(!kept.contains("bob"), "{kept}");
        let other = make();
        assert!(!std::fs::read_to_string(dir.join("auth").join(FILE)).unwrap().contains(&other.secret));
        let used = tickets
            .take(ServiceKind::Cpanel, &other.secret, other.security_token.trim_matches('/'), 150)
            .unwrap()
            .unwrap();
        assert!(used.is_of(mark()) && !used.is_of(LoginMark::of_whm_user("id", "another")));
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn the_oldest_give_way_and_those_of_others_stay() {
        let dir = scratch("tickets-many");
        let tickets = Tickets::open(&dir.join("auth")).unwrap();
        let make = |user| tickets.create(ServiceKind::Cpanel, user, mark(), 100, 200).unwrap();
        let (alice, first) = (make("alice"), make("bob"));
        let mut last = make("bob");
        for _ in 1..PER_USER {
            last = make("bob");
        }
        let works = |ticket: &Ticket| {
            tickets
                .take(ServiceKind::Cpanel, &ticket.secret, ticket.security_token.trim_matches('/'), 150)
                .unwrap()
                .is_some()
        };
        assert!(!works(&first) && works(&alice) && works(&last));
        tickets.forget(|user| user == "bob").unwrap();
        assert_eq!(std::fs::read_to_string(dir.join("auth").join(FILE)).unwrap().trim(), "[]");
        std::fs::remove_dir_all(dir).unwrap();
    }
}
