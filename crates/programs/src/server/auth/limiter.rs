//! Counts failed logins, by address and by user name, and says who is locked out.
//!
//! An attempt takes its place before the password is looked at and gives it back if it was no failure, so that
//! many guesses at once cannot pass the limit. Where all places are taken by attempts that may yet be right, the
//! next one waits for them: a client with ten connections is not locked out for that. The tables are bounded;
//! who is locked stands apart, so that a flood of other names does not push him out.

use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lru::LruCache;
use sha2::{Digest, Sha256};

use super::{Clock, LoginSettings};

/// How long an attempt waits for others to end. A check takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// The failures of one address or user name.
#[derive(Clone, Copy, Default)]
struct Count {
    /// When the first of them happened.
    start: Duration,
    failures: u32,
    /// Attempts whose end is not known yet.
    pending: u32,
}

struct Table<K: Hash + Eq> {
    counts: LruCache<K, Count>,
    /// Until when a key is locked.
    locked: LruCache<K, Duration>,
    most: u32,
    window: Duration,
    lock: Duration,
    remembered: usize,
}

impl<K: Hash + Eq + Copy> Table<K> {
    fn new(most: u32, lock: Duration, settings: &LoginSettings) -> Self {
        let (window, remembered) = (settings.failure_window, settings.remembered.max(1));
        Self {
            counts: LruCache::unbounded(),
            locked: LruCache::unbounded(),
            most: most.max(1),
            window,
            lock,
            remembered,
        }
    }

    /// How much longer it is locked.
    fn locked_for(&mut self, key: K, now: Duration) -> Option<Duration> {
        let until = *self.locked.peek(&key)?;
        if until > now {
            return Some(until.saturating_sub(now));
        }
        self.locked.pop(&key);
        None
    }

    fn count(&mut self, key: K, now: Duration) -> &mut Count {
        let window = self.window;
        let count = self.counts.get_or_insert_mut(key, Count::default);
        if count.failures == 0 || now.saturating_sub(count.start) >= window {
            count.failures = 0;
            count.start = now;
        }
        count
    }

    fn has_place(&mut self, key: K, now: Duration) -> bool {
        let most = self.most;
        let count = self.count(key, now);
        count.failures + count.pending < most
    }

    fn begin(&mut self, key: K, now: Duration) {
        self.count(key, now).pending += 1;
        if self.counts.len() > self.remembered {
            self.counts.pop_lru();
        }
    }

    fn end(&mut self, key: K, now: Duration, failed: bool) {
        let (most, lock) = (self.most, self.lock);
        let count = self.count(key, now);
        count.pending = count.pending.saturating_sub(1);
        if failed {
            count.failures += 1;
        }
        let count = *count;
        if count.failures >= most {
            self.locked.put(key, now + lock);
            if self.locked.len() > self.remembered {
                self.locked.pop_lru();
            }
        }
        if (count.failures == 0 && count.pending == 0) || count.failures >= most {
            self.counts.pop(&key);
        }
    }
}

/// An address as it is counted: who has one IPv6 address has a whole /64.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Source {
    V4(u32),
    V6(u64),
}

impl Source {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::V4(v4.to_bits()),
            IpAddr::V6(v6) => Self::V6((v6.to_bits() >> 64) as u64),
        }
    }
}

/// A user name as it is counted; of one size, however long the name is.
type Name = [u8; 32];

struct Failures {
    addresses: Table<Source>,
    names: Table<Name>,
}

/// Counts failed logins by user name and by address, and locks both out.
pub(super) struct Limiter {
    state: Mutex<Failures>,
    ended: Condvar,
    trusted: Vec<IpAddr>,
    clock: Clock,
}

/// Why an attempt may not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The address or the user name is locked for that long.
    Locked(Duration),
    /// Other attempts of the same user name or address did not end in time.
    Busy,
}

impl Limiter {
    pub(super) fn new(settings: &LoginSettings, clock: Clock) -> Self {
        let state = Failures {
            addresses: Table::new(settings.failures_per_address, settings.address_lock, settings),
            names: Table::new(settings.failures_per_user, settings.user_lock, settings),
        };
        let trusted = settings.trusted.iter().map(IpAddr::to_canonical).collect();
        Self { state: Mutex::new(state), ended: Condvar::new(), trusted, clock }
    }

    /// Takes a place for one attempt with a password; dropping it gives the place back.
    pub(super) fn attempt(&self, address: IpAddr, name: &str) -> Result<Attempt<'_>, Refused> {
        let source = self.source(address);
        let name: Name = Sha256::digest(name.to_ascii_lowercase().as_bytes()).into();
        let mut state = self.state();
        loop {
            let now = self.clock.steady();
            let locks = [
                source.and_then(|source| state.addresses.locked_for(source, now)),
                state.names.locked_for(name, now),
            ];
            if let Some(longest) = locks.into_iter().flatten().max() {
                return Err(Refused::Locked(longest));
            }
            let place = source.is_none_or(|source| state.addresses.has_place(source, now));
            if place && state.names.has_place(name, now) {
                if let Some(source) = source {
                    state.addresses.begin(source, now);
                }
                state.names.begin(name, now);
                return Ok(Attempt { limiter: self, source, name, failed: false });
            }
            let (waited, timeout) =
                self.ended.wait_timeout(state, PATIENCE).unwrap_or_else(PoisonError::into_inner);
            state = waited;
            if timeout.timed_out() {
                return Err(Refused::Busy);
            }
        }
    }

    /// Counts a failure that says nothing about a user's password, as a wrong token: against the address alone.
    /// The lock, if the address has one.
    pub(super) fn count_address(&self, address: IpAddr) -> Option<Duration> {
        let source = self.source(address)?;
        let now = self.clock.steady();
        let mut state = self.state();
        let locked = state.addresses.locked_for(source, now);
        if locked.is_none() {
            state.addresses.begin(source, now);
            state.addresses.end(source, now, true);
        }
        locked
    }

    fn source(&self, address: IpAddr) -> Option<Source> {
        (!self.trusted.contains(&address.to_canonical())).then(|| Source::of(address))
    }

    fn state(&self) -> MutexGuard<'_, Failures> {
        // Counts are whole after every statement.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One attempt on its way.
#[must_use]
pub(super) struct Attempt<'l> {
    limiter: &'l Limiter,
    source: Option<Source>,
    name: Name,
    failed: bool,
}

impl Attempt<'_> {
    /// Says that the password or the code was wrong.
    pub(super) fn fail(mut self) {
        self.failed = true;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let now = self.limiter.clock.steady();
        let mut state = self.limiter.state();
        if let Some(source) = self.source {
            state.addresses.end(source, now, self.failed);
        }
        state.names.end(self.name, now, self.failed);
        drop(state);
        self.limiter.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

    use super::*;

    fn limiter(settings: LoginSettings) -> (Limiter, Arc<AtomicU64>) {
        let seconds = Arc::new(AtomicU64::new(1000));
        (Limiter::new(&settings, Clock::standing(&seconds)), seconds)
    }

    fn v4(number: u32) -> IpAddr {
        Ipv4Addr::from_bits(number).into()
    }

    fn fail(limiter: &Limiter, address: IpAddr, name: &str) -> bool {
        limiter.attempt(address, name).map(Attempt::fail).is_ok()
    }

    #[test]
    fn five_failures_lock_a_name_from_everywhere_and_not_for_ever() {
        let (limiter, clock) = limiter(LoginSettings::default());
        for n in 0..5 {
            assert!(fail(&limiter, v4(n), "bob"), "{n}");
        }
        let refused = limiter.attempt(v4(9), "BOB").err();
        assert_eq!(refused, Some(Refused::Locked(Duration::from_secs(300))));
        assert!(limiter.attempt(v4(9), "alice").is_ok());
        clock.fetch_add(299, Ordering::Relaxed);
        assert_eq!(limiter.attempt(v4(9), "bob").err(), Some(Refused::Locked(Duration::from_secs(1))));
        clock.fetch_add(1, Ordering::Relaxed);
        assert!(fail(&limiter, v4(9), "bob"));
        assert!(limiter.attempt(v4(9), "bob").is_ok(), "counting began anew");
    }

    #[test]
    fn failures_are_forgotten_after_a_while_and_successes_do_not_count() {
        let (limiter, clock) = limiter(LoginSettings::default());
        for _ in 0..20 {
            for _ in 0..4 {
                assert!(fail(&limiter, v4(1), "bob"));
            }
            for _ in 0..50 {
                drop(limiter.attempt(v4(1), "bob").unwrap());
            }
            clock.fetch_add(301, Ordering::Relaxed);
        }
    }

    #[test]
    fn twenty_failures_lock_an_address_and_its_whole_network() {
        let (limiter, _) = limiter(LoginSettings { trusted: vec![v4(7)], ..LoginSettings::default() });
        let v6 = |low: u128| IpAddr::from(Ipv6Addr::from_bits((0x2001_0db8_u128 << 96) + low));
        for n in 0..20 {
            assert!(fail(&limiter, v4(1), &format!("user{n}")), "{n}");
            assert!(fail(&limiter, v6(n), &format!("other{n}")), "{n}");
            assert!(fail(&limiter, v4(7), &format!("third{n}")), "{n}");
        }
        let quarter = Some(Refused::Locked(Duration::from_secs(900)));
        assert_eq!(limiter.attempt(v4(1), "new").err(), quarter);
        assert_eq!(limiter.attempt("::ffff:0.0.0.1".parse().unwrap(), "new").err(), quarter);
        assert_eq!(limiter.attempt(v6(999), "new").err(), quarter);
        assert!(limiter.attempt(v6(1 << 64), "new").is_ok());
        assert!(limiter.attempt(v4(7), "new").is_ok(), "trusted");
    }

    #[test]
    fn wrong_tokens_lock_the_address_alone() {
        let (limiter, _) = limiter(LoginSettings::default());
        for _ in 0..20 {
            assert_eq!(limiter.count_address(v4(1)), None);
        }
        assert_eq!(limiter.count_address(v4(1)), Some(Duration::from_secs(900)));
        assert!(limiter.attempt(v4(2), "bob").is_ok());
    }

    #[test]
    fn parallel_guesses_do_not_pass_the_limit_and_right_ones_wait_for_each_other() {
        let (limiter, _) = limiter(LoginSettings::default());
        let (looked, at_once, most) = (AtomicU32::new(0), AtomicU32::new(0), AtomicU32::new(0));
        let try_it = |name: &str, right: bool| {
            let Ok(attempt) = limiter.attempt(v4(1), name) else { return };
            most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(5));
            looked.fetch_add(1, Ordering::SeqCst);
            at_once.fetch_sub(1, Ordering::SeqCst);
            if right {
                drop(attempt);
            } else {
                attempt.fail();
            }
        };
        for (name, right, expected) in [("right", true, 40), ("bob", false, 5)] {
            looked.store(0, Ordering::SeqCst);
            std::thread::scope(|scope| {
                for _ in 0..40 {
                    scope.spawn(|| try_it(name, right));
                }
            });
            assert_eq!(looked.load(Ordering::SeqCst), expected, "{name}");
        }
        assert!(most.load(Ordering::SeqCst) <= 5);
    }

    #[test]
    fn a_flood_neither_fills_the_memory_nor_frees_who_is_locked() {
        let (limiter, _) = limiter(LoginSettings { remembered: 100, ..LoginSettings::default() });
        for n in 0..5 {
            assert!(fail(&limiter, v4(n), "bob"));
        }
        for n in 0..10_000 {
            assert!(fail(&limiter, v4(100 + n), &format!("u{n}")));
        }
        let mut state = limiter.state();
        assert!(state.names.counts.len() <= 100 && state.addresses.counts.len() <= 100);
        assert!(state.names.locked_for(Sha256::digest(b"bob").into(), Duration::from_secs(1000)).is_some());
    }
}
