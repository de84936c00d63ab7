//! Sessions: a cookie and a security token in the path, of which neither is worth anything without the other.
//!
//! In memory only: a restart of the daemon ends them all. Kept under the hash of the cookie's secret, so that
//! looking one up takes no time that tells how much of a guess was right.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Clock, LoginSettings, Who, cookie, random};
use crate::server::origin::ServiceKind;
use liveapi_core::api::Error;

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

/// A session that a request belongs to.
#[derive(Clone)]
pub(super) struct ActiveSession {
    pub(super) who: Who,
    pub(super) user: String,
    /// What the password was when the session began.
    pub(super) mark: Mark,
}

/// Tells one password of a user from the next, where the daemon knows it; nobody can read it back.
pub(super) type Mark = Option<[u8; 32]>;

struct StoredSession {
    service: ServiceKind,
    security_token: String,
    found: ActiveSession,
    begun: Duration,
    used: Duration,
}

/// Why a request is not of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// There is no such session, or it has ended.
    Session,
    /// The path does not begin with its security token.
    SecurityToken,
}

type Key = [u8; 32];

/// The sessions of one daemon; a restart ends them.
pub(super) struct Sessions {
    entries: Mutex<HashMap<Key, StoredSession>>,
    idle: Duration,
    end: Duration,
    per_user: usize,
    most: usize,
    clock: Clock,
}

impl Sessions {
    pub(super) fn new(settings: &LoginSettings, clock: Clock) -> Self {
        Self {
            entries: Mutex::default(),
            idle: settings.session_idle,
            end: settings.session_end,
            per_user: settings.sessions_per_user.max(1),
            most: settings.sessions.max(1),
            clock,
        }
    }

    /// Opens one; where there are too many, the oldest ends.
    pub(super) fn open(
        &self,
        service: ServiceKind,
        who: Who,
        user: &str,
        mark: Mark,
    ) -> Result<Session, Error> {
        let security_token = format!("cpsess{}", random::text(DIGITS, random::DIGITS)?);
        let secret = format!("{},{}", random::text(NAME, random::MIXED)?, random::text(HEX, random::HEX)?);
        let now = self.clock.steady();
        let found = ActiveSession { who: who.clone(), user: user.to_owned(), mark };
        let mut entries = self.entries();
        entries.retain(|_, entry| self.lives(entry, now));
        while end_oldest(&mut entries, self.per_user, |entry| entry.found.user == user) {}
        while end_oldest(&mut entries, self.most, |_| true) {}
        let session = Session {
            security_token: format!("/{security_token}"),
            cookie: cookie::name(service),
            value: cookie::value(user, &secret),
            who,
            user: user.to_owned(),
        };
        entries.insert(key(&secret), StoredSession { service, security_token, found, begun: now, used: now });
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
        let mut entries = self.entries();
        let mut missing = Missing::Session;
        for secret in cookie::secrets(line, cookie::name(service)) {
            let Some(entry) = entries.get_mut(&key(&secret)) else { continue };
            if entry.service != service || !self.lives(entry, now) {
                continue;
            }
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
        if self.find(service, line, security_token).is_err() {
            return false;
        }
        let mut entries = self.entries();
        let keys = cookie::secrets(line, cookie::name(service)).into_iter().map(|secret| key(&secret));
        keys.filter(|key| entries.remove(key).is_some()).count() > 0
    }

    fn lives(&self, entry: &StoredSession, now: Duration) -> bool {
        now.saturating_sub(entry.used) < self.idle && now.saturating_sub(entry.begun) < self.end
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Key, StoredSession>> {
        // The table is whole after every statement.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(secret: &str) -> Key {
    Sha256::digest(secret.as_bytes()).into()
}

/// Ends the oldest of those meant, if one more would be too many.
fn end_oldest(
    entries: &mut HashMap<Key, StoredSession>,
    most: usize,
    meant: impl Fn(&StoredSession) -> bool,
) -> bool {
    if entries.values().filter(|entry| meant(entry)).count() < most {
        return false;
    }
    let all = entries.iter().filter(|(_, entry)| meant(entry));
    let Some(oldest) = all.min_by_key(|(_, entry)| entry.begun).map(|(key, _)| *key) else { return false };
    entries.remove(&oldest).is_some()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn sessions(settings: &LoginSettings) -> (Sessions, Arc<AtomicU64>) {
        let seconds = Arc::new(AtomicU64::new(1000));
        (Sessions::new(settings, Clock::standing(&seconds)), seconds)
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
        let open = || sessions.open(ServiceKind::Whm, Who::Root, "root", None).unwrap();
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
        let open = || sessions.open(ServiceKind::Whm, Who::Root, "root", None).unwrap();
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
    fn the_oldest_ends() {
        let (sessions, clock) =
            sessions(&LoginSettings { sessions_per_user: 2, sessions: 3, ..LoginSettings::default() });
        let open = |user: &str| {
            clock.fetch_add(1, Ordering::Relaxed);
            sessions.open(ServiceKind::Whm, Who::Root, user, None).unwrap()
        };
        let opened = [open("a"), open("a"), open("a"), open("b"), open("c")];
        let live: Vec<_> = opened.iter().map(|session| find(&sessions, session)).collect();
        assert_eq!(live, [false, false, true, true, true]);
    }
}
