//! Sessions: a cookie and a security token in the path, of which neither is worth anything without the other.
//!
//! In memory only: a restart of the daemon ends them all. Kept under the hash of the cookie's secret, so that
//! looking one up takes no time that tells how much of a guess was right. Each owner has a table of its own, so that
//! nobody's logins end another's sessions ([`session_table`](super::session_table)).

use std::sync::{Mutex, MutexGuard, PoisonError};

use subtle::ConstantTimeEq;

use super::session_table::{ActiveSession, SessionTable, StoredSession};
use super::{Clock, LoginMark, LoginSettings, SessionKey, Who, cookie, random};
use crate::server::origin::ServiceKind;
use liveapi_core::api::Error;
use liveapi_core::store::AccountName;

/// Digits of a security token.
const DIGITS: usize = 10;
/// Letters and digits of the cookie's first part: 95 bits.
const NAME: usize = 16;
/// Hexadecimal digits of its second: 128 bits.
const HEX: usize = 32;

/// A session that was opened, for the answer to the login.
#[derive(Clone)]
pub struct Session {
    /// What every path begins with: `/cpsess` and ten digits.
    pub security_token: String,
    pub cookie: &'static str,
    pub value: String,
    pub who: Who,
    /// The name that was logged in with.
    pub user: String,
}

/// Why a request is not of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// There is no such session, or it has ended.
    Session,
    /// The path does not begin with its security token.
    SecurityToken,
}

/// The sessions of one daemon; a restart ends them.
pub(super) struct Sessions {
    table: Mutex<SessionTable>,
    clock: Clock,
}

impl Sessions {
    pub(super) fn new(settings: &LoginSettings, clock: Clock) -> Self {
        Self { table: Mutex::new(SessionTable::new(settings)), clock }
    }

    /// Opens one; where its user or its owner has too many, the oldest of theirs ends.
    pub(super) fn open(
        &self,
        service: ServiceKind,
        who: Who,
        user: &str,
        mark: LoginMark,
    ) -> Result<Session, Error> {
        let security_token = format!("cpsess{}", random::text(DIGITS, random::DIGITS)?);
        self.open_as(service, who, user, mark, &security_token)
    }

    /// The same with a security token that was told before.
    pub(super) fn open_as(
        &self,
        service: ServiceKind,
        who: Who,
        user: &str,
        mark: LoginMark,
        security_token: &str,
    ) -> Result<Session, Error> {
        let security_token = security_token.to_owned();
        let secret = format!("{},{}", random::text(NAME, random::MIXED)?, random::text(HEX, random::HEX)?);
        let now = self.clock.steady();
        let session = Session {
            security_token: format!("/{security_token}"),
            cookie: cookie::name(service),
            value: cookie::value(user, &secret),
            who: who.clone(),
            user: user.to_owned(),
        };
        let found = ActiveSession { key: SessionKey::of(&secret), who, user: user.to_owned(), mark };
        self.table().add(StoredSession { service, security_token, found, begun: now, used: now });
        Ok(session)
    }

    /// The session of a cookie line and a security token.
    pub(super) fn find(
        &self,
        service: ServiceKind,
        line: &str,
        security_token: Option<&str>,
    ) -> Result<ActiveSession, Missing> {
        let now = self.clock.steady();
        let mut table = self.table();
        let mut missing = Missing::Session;
        for secret in cookie::secrets(line, cookie::name(service)) {
            let Some(entry) =
                table.get(SessionKey::of(&secret), now).filter(|entry| entry.service == service)
            else {
                continue;
            };
            let shown = security_token.unwrap_or_default().trim_matches('/');
            if !bool::from(shown.as_bytes().ct_eq(entry.security_token.as_bytes())) {
                missing = Missing::SecurityToken;
                continue;
            }
            entry.used = now;
            return Ok(entry.found.clone());
        }
        Err(missing)
    }

    /// Ends the session of a cookie line and a security token; `false` if there is none.
    pub(super) fn close(&self, service: ServiceKind, line: &str, security_token: Option<&str>) -> bool {
        let found = self.find(service, line, security_token);
        found.is_ok_and(|found| self.table().remove(found.key))
    }

    /// Binds a session to what its login is bound to now.
    pub(super) fn bind(&self, key: SessionKey, mark: LoginMark) {
        let now = self.clock.steady();
        if let Some(entry) = self.table().get(key, now) {
            entry.found.mark = mark;
        }
    }

    /// Those of an account and its mailboxes.
    pub(super) fn of_account(&self, account: &AccountName) -> Vec<ActiveSession> {
        self.table().of_account(account)
    }

    /// Ends one.
    pub(super) fn end(&self, key: SessionKey) {
        self.table().remove(key);
    }

    /// Ends those of an account and its mailboxes.
    pub(super) fn end_all(&self, account: &AccountName) {
        self.table().remove_all(account);
    }

    fn table(&self) -> MutexGuard<'_, SessionTable> {
        // The table is whole after every statement.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use liveapi_core::store::Address;

    fn sessions(settings: &LoginSettings) -> (Sessions, Arc<AtomicU64>) {
        let seconds = Arc::new(AtomicU64::new(1000));
        (Sessions::new(settings, Clock::standing(&seconds)), seconds)
    }

    fn mark() -> LoginMark {
        LoginMark::of_whm_user("", "")
    }

    fn line(session: &Session) -> String {
        format!("{}={}", session.cookie, session.value)
    }

    fn find(sessions: &Sessions, session: &Session) -> bool {
        sessions.find(ServiceKind::Whm, &line(session), Some(&session.security_token)).is_ok()
    }

    #[test]
    fn cookie_and_token_belong_together_and_to_the_service() {
        let (sessions, _) = sessions(&LoginSettings::default());
        let open = || sessions.open(ServiceKind::Whm, Who::Root, "root", mark()).unwrap();
        let (one, two) = (open(), open());
        assert!(one.security_token.strip_prefix("/cpsess").is_some_and(|digits| digits.len() == 10));
        assert_eq!(one.cookie, "whostmgrsession");
        assert!(find(&sessions, &one) && find(&sessions, &two));
        let find = |service, session: &Session, token: Option<&str>| {
            sessions.find(service, &line(session), token).err()
        };
        assert_eq!(find(ServiceKind::Whm, &one, Some(&two.security_token)), Some(Missing::SecurityToken));
        assert_eq!(find(ServiceKind::Whm, &one, None), Some(Missing::SecurityToken));
        assert_eq!(find(ServiceKind::Cpanel, &one, Some(&one.security_token)), Some(Missing::Session));
        let renamed = line(&one).replace("whostmgrsession", "cpsession");
        let other_port = sessions.find(ServiceKind::Cpanel, &renamed, Some(&one.security_token)).err();
        assert_eq!(other_port, Some(Missing::Session));
        assert!(!sessions.close(ServiceKind::Whm, &line(&one), Some(&two.security_token)));
        assert!(sessions.close(ServiceKind::Whm, &line(&one), Some(&one.security_token)));
        assert_eq!(find(ServiceKind::Whm, &one, Some(&one.security_token)), Some(Missing::Session));
        assert_eq!(find(ServiceKind::Whm, &two, Some(&two.security_token)), None);
    }

    #[test]
    fn sessions_end_idle_and_absolutely() {
        let (sessions, clock) = sessions(&LoginSettings::default());
        let open = || sessions.open(ServiceKind::Whm, Who::Root, "root", mark()).unwrap();
        let idle = open();
        clock.fetch_add(899, Ordering::Relaxed);
        assert!(find(&sessions, &idle));
        clock.fetch_add(900, Ordering::Relaxed);
        assert!(!find(&sessions, &idle));
        let busy = open();
        for _ in 0..95 {
            clock.fetch_add(899, Ordering::Relaxed);
            assert!(find(&sessions, &busy));
        }
        clock.fetch_add(899, Ordering::Relaxed);
        assert!(find(&sessions, &busy), "a second less than a day and a quarter of an hour");
        clock.fetch_add(899, Ordering::Relaxed);
        assert!(!find(&sessions, &busy));
    }

    #[test]
    fn an_owner_ends_its_own_sessions_and_nobody_elses() {
        let (sessions, clock) =
            sessions(&LoginSettings { sessions_per_owner: 50, ..LoginSettings::default() });
        let account = |name: &str| AccountName::existing(name).unwrap();
        let open = |who: Who, user: &str| {
            clock.fetch_add(1, Ordering::Relaxed);
            sessions.open(ServiceKind::Whm, who, user, mark()).unwrap()
        };
        let mailbox = |n: usize| {
            let address = Address::existing(&format!("u{n}@example.com"), None).unwrap();
            open(Who::Mailbox(account("bob"), address.clone()), &address.to_string())
        };
        let others = [
            open(Who::Root, "root"),
            open(Who::Reseller(account("bob")), "bob"),
            open(Who::Account(account("alice")), "alice"),
        ];
        let own = open(Who::Account(account("bob")), "bob");
        let neighbour = mailbox(0);
        for _ in 0..60 {
            mailbox(1);
        }
        assert!(find(&sessions, &own) && find(&sessions, &neighbour), "one user ends its own alone");
        let many: Vec<_> = (2..400).map(mailbox).collect();
        assert!(!find(&sessions, &own) && !find(&sessions, &neighbour), "the oldest of the same owner");
        assert_eq!(many.iter().filter(|session| find(&sessions, session)).count(), 50);
        assert!(others.iter().all(|session| find(&sessions, session)), "nobody else's");
        sessions.end_all(&account("bob"));
        assert!(!many.iter().any(|session| find(&sessions, session)));
        assert!(others.iter().all(|session| find(&sessions, session)));
    }

    #[test]
    fn where_all_together_are_too_many_who_has_most_loses_one() {
        let (sessions, clock) = sessions(&LoginSettings { sessions: 20, ..LoginSettings::default() });
        let open = |user: &str| {
            clock.fetch_add(1, Ordering::Relaxed);
            sessions.open(ServiceKind::Whm, Who::Root, user, mark()).unwrap()
        };
        let few = [open("a"), open("b"), open("b")];
        let flood: Vec<_> = (0..19).map(|_| open("c")).collect();
        assert!(few.iter().all(|session| find(&sessions, session)));
        assert_eq!(flood.iter().filter(|session| find(&sessions, session)).count(), 17);
        clock.fetch_add(900, Ordering::Relaxed);
        let new = [open("d"), open("e")];
        assert!(new.iter().all(|session| find(&sessions, session)));
        assert_eq!(sessions.table().len(), 2, "those that have ended take no room");
    }

    #[test]
    fn the_oldest_ends() {
        let (sessions, clock) =
            sessions(&LoginSettings { sessions_per_user: 2, sessions: 3, ..LoginSettings::default() });
        let open = |user: &str| {
            clock.fetch_add(1, Ordering::Relaxed);
            sessions.open(ServiceKind::Whm, Who::Root, user, mark()).unwrap()
        };
        let opened = [open("a"), open("a"), open("a"), open("b"), open("c")];
        let live: Vec<_> = opened.iter().map(|session| find(&sessions, session)).collect();
        assert_eq!(live, [false, false, true, true, true]);
    }
}
