//! The table of sessions: found by key, counted by owner.

use std::collections::HashMap;
use std::time::Duration;

use super::{LoginMark, LoginSettings, SessionKey, Who};
use crate::server::origin::ServiceKind;
use liveapi_core::store::AccountName;

/// How often those that have ended are looked for, so that they take no room.
const SWEEP: Duration = Duration::from_secs(60);

/// A session that a request belongs to.
#[derive(Clone)]
pub(super) struct ActiveSession {
    pub(super) key: SessionKey,
    pub(super) who: Who,
    pub(super) user: String,
    /// What it is bound to.
    pub(super) mark: LoginMark,
}

/// A session as it is kept.
pub(super) struct StoredSession {
    pub(super) service: ServiceKind,
    pub(super) security_token: String,
    pub(super) found: ActiveSession,
    pub(super) begun: Duration,
    pub(super) used: Duration,
}

/// Whose sessions are counted together: those of an account with those of its mailboxes.
#[derive(Clone, PartialEq, Eq, Hash)]
enum SessionOwner {
    Whm(String),
    Account(AccountName),
}

impl SessionOwner {
    fn of(who: &Who, user: &str) -> Self {
        match who {
            Who::Root | Who::Reseller(_) => Self::Whm(user.to_owned()),
            Who::Account(account) | Who::Mailbox(account, _) => Self::Account(account.clone()),
        }
    }
}

/// The sessions of one daemon.
pub(super) struct SessionTable {
    entries: HashMap<SessionKey, StoredSession>,
    /// The keys of each owner's, in the order in which they began.
    owners: HashMap<SessionOwner, Vec<SessionKey>>,
    swept: Duration,
    idle: Duration,
    end: Duration,
    per_user: usize,
    per_owner: usize,
    most: usize,
}

impl SessionTable {
    pub(super) fn new(settings: &LoginSettings) -> Self {
        Self {
            entries: HashMap::new(),
            owners: HashMap::new(),
            swept: Duration::ZERO,
            idle: settings.session_idle,
            end: settings.session_end,
            per_user: settings.sessions_per_user.max(1),
            per_owner: settings.sessions_per_owner.max(1),
            most: settings.sessions.max(1),
        }
    }

    /// Adds one that begins now. Where it is one too many of its user or of its owner, the oldest of theirs ends.
    pub(super) fn add(&mut self, session: StoredSession) {
        let now = session.begun;
        if now.saturating_sub(self.swept) >= SWEEP || self.entries.len() >= self.most {
            self.sweep(now);
        }
        let user = session.found.user.clone();
        let owner = SessionOwner::of(&session.found.who, &user);
        self.sweep_owner(&owner, now);
        let theirs = |table: &Self, key: &SessionKey| {
            table.entries.get(key).is_some_and(|entry| entry.found.user == user)
        };
        while self.end_oldest(&owner, self.per_user, theirs) {}
        while self.end_oldest(&owner, self.per_owner, |_, _| true) {}
        while self.entries.len() >= self.most && self.end_of_heaviest() {}
        let key = session.found.key;
        self.owners.entry(owner).or_default().push(key);
        self.entries.insert(key, session);
    }

    /// The one of that key, unless it has ended.
    pub(super) fn get(&mut self, key: SessionKey, now: Duration) -> Option<&mut StoredSession> {
        let (idle, end) = (self.idle, self.end);
        self.entries.get_mut(&key).filter(|entry| lives(entry, now, (idle, end)))
    }

    /// Ends one; `false` if it is not there.
    pub(super) fn remove(&mut self, key: SessionKey) -> bool {
        let Some(entry) = self.entries.remove(&key) else { return false };
        let owner = SessionOwner::of(&entry.found.who, &entry.found.user);
        if let Some(keys) = self.owners.get_mut(&owner) {
            keys.retain(|known| *known != key);
            if keys.is_empty() {
                self.owners.remove(&owner);
            }
        }
        true
    }

    /// All of an account and its mailboxes.
    pub(super) fn of_account(&self, account: &AccountName) -> Vec<ActiveSession> {
        let keys = self.owners.get(&SessionOwner::Account(account.clone()));
        let entries = keys.into_iter().flatten().filter_map(|key| self.entries.get(key));
        entries.map(|entry| entry.found.clone()).collect()
    }

    /// Ends all of an account and its mailboxes.
    pub(super) fn remove_all(&mut self, account: &AccountName) {
        let keys = self.owners.remove(&SessionOwner::Account(account.clone())).unwrap_or_default();
        for key in keys {
            self.entries.remove(&key);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Those of an owner that have ended do not count.
    fn sweep_owner(&mut self, owner: &SessionOwner, now: Duration) {
        let (times, entries) = ((self.idle, self.end), &self.entries);
        let keys = self.owners.get(owner).into_iter().flatten();
        let lives = |key: &SessionKey| entries.get(key).is_some_and(|entry| lives(entry, now, times));
        let ended: Vec<_> = keys.filter(|key| !lives(key)).copied().collect();
        for key in ended {
            self.remove(key);
        }
    }

    fn sweep(&mut self, now: Duration) {
        self.swept = now;
        let times = (self.idle, self.end);
        self.entries.retain(|_, entry| lives(entry, now, times));
        let entries = &self.entries;
        self.owners.retain(|_, keys| {
            keys.retain(|key| entries.contains_key(key));
            !keys.is_empty()
        });
    }

    /// Ends the oldest of those of an owner that are meant, if one more would be too many.
    fn end_oldest(
        &mut self,
        owner: &SessionOwner,
        most: usize,
        meant: impl Fn(&Self, &SessionKey) -> bool,
    ) -> bool {
        let Some(keys) = self.owners.get(owner) else { return false };
        let mut theirs = keys.iter().filter(|key| meant(self, key));
        let oldest = theirs.next().copied();
        match oldest.filter(|_| theirs.count() + 1 >= most) {
            Some(oldest) => self.remove(oldest),
            None => false,
        }
    }

    /// Ends the oldest of whoever has most: many owners together were more than there is room for.
    fn end_of_heaviest(&mut self) -> bool {
        let heaviest = self.owners.values().max_by_key(|keys| keys.len());
        let oldest = heaviest.and_then(|keys| keys.first()).copied();
        oldest.is_some_and(|oldest| self.remove(oldest))
    }
}

fn lives(entry: &StoredSession, now: Duration, (idle, end): (Duration, Duration)) -> bool {
    now.saturating_sub(entry.used) < idle && now.saturating_sub(entry.begun) < end
}
