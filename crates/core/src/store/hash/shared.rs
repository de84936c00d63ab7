//! Hashes that many threads of a daemon want at the same time, made side by side in the lanes of the processor's
//! vectors: eight take about as long as one and a half.
//!
//! As many threads hash at a time as there are processors. A thread that comes while one of them is free hashes at
//! once, alone: no timer holds it up. Those that come meanwhile wait; when a processor is free, one of them leads and
//! hashes for as many of them as there are lanes. Accounts take turns, so the many calls of one do not delay another's.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::lanes::Width;
use super::many::{WORTH_LANES, new_hashes_in};
use crate::api::{Error, ErrorKind};
use crate::base::follower::{Follower, News};
use crate::base::waiting;
use crate::store::password::PasswordCopy;
use crate::store::{AccountName, Password};

/// Makes hashes of some passwords on the calling thread.
type Make<'m> = dyn Fn(&[&Password<'_>]) -> Result<Vec<String>, Error> + 'm;

/// Where a thread waits for its hash. Whoever is to lead gets the passwords of this pass, its own first.
type Place = Follower<Vec<Waiting>, Result<String, Error>>;

/// The processors, and who waits for one of them.
pub(in crate::store) struct SharedHashes {
    processors: usize,
    lanes: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How many threads hash now. Nobody waits while a processor is free.
    busy: usize,
    lines: HashMap<AccountName, VecDeque<Waiting>>,
    /// The accounts that have somebody waiting, the next one first.
    turns: VecDeque<AccountName>,
}

/// A password that waits for its hash.
struct Waiting {
    password: PasswordCopy,
    place: Arc<Place>,
}

impl SharedHashes {
    pub(in crate::store) fn on(processors: NonZeroUsize) -> Self {
        let lanes = Width::widest().lanes();
        Self { processors: processors.get(), lanes, state: Mutex::default() }
    }

    /// A new hash, made by this thread or another one that has a processor; `account` is the one whose turn it is.
    pub(in crate::store) fn new_hash(
        &self,
        account: &AccountName,
        password: &Password<'_>,
    ) -> Result<String, Error> {
        self.pass(account, password, &|of| new_hashes_in(Width::widest(), NonZeroUsize::MIN, of))
    }

    fn pass(&self, account: &AccountName, password: &Password<'_>, make: &Make<'_>) -> Result<String, Error> {
        let Some(place) = self.enter(account, password) else {
            let led = Led { shared: self, others: Vec::new() };
            return led.make(password, make);
        };
        waiting::begins();
        match place.wait() {
            News::Done(came) => came,
            News::Lead(mut others) => {
                others.remove(0);
                Led { shared: self, others }.make(password, make)
            }
        }
    }

    /// A place to wait at; nothing if a processor is free, which is taken then.
    fn enter(&self, account: &AccountName, password: &Password<'_>) -> Option<Arc<Place>> {
        let mut state = self.state();
        if state.busy < self.processors {
            state.busy += 1;
            return None;
        }
        let place = Arc::<Place>::default();
        state.add(account, Waiting { password: PasswordCopy::of(password), place: Arc::clone(&place) });
        Some(place)
    }

    /// Gives a processor on to those who wait, or back.
    fn leave(&self) {
        let mut state = self.state();
        let next = state.next(self.lanes);
        let Some(leads) = next.first().map(|first| Arc::clone(&first.place)) else {
            state.busy -= 1;
            return;
        };
        drop(state);
        leads.tell(News::Lead(next));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whole after every statement that could fail.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, account: &AccountName, waiting: Waiting) {
        let line = self.lines.entry(account.clone()).or_default();
        if line.is_empty() {
            self.turns.push_back(account.clone());
        }
        line.push_back(waiting);
    }

    /// Those whose hashes are made next: as many as there are lanes, or one where lanes are not worth it.
    fn next(&mut self, lanes: usize) -> Vec<Waiting> {
        let waiting: usize = self.lines.values().map(VecDeque::len).sum();
        let most = if waiting < WORTH_LANES { 1 } else { lanes };
        std::iter::from_fn(|| self.take_one()).take(most).collect()
    }

    fn take_one(&mut self) -> Option<Waiting> {
        let account = self.turns.pop_front()?;
        let line = self.lines.get_mut(&account)?;
        let waiting = line.pop_front();
        if line.is_empty() {
            self.lines.remove(&account);
        } else {
            self.turns.push_back(account);
        }
        waiting
    }
}

/// What a leader has taken on. Dropped, it gives the processor on, also by a leader that panicked; then the others of
/// its pass have no hash, and nothing of theirs was changed.
struct Led<'s> {
    shared: &'s SharedHashes,
    others: Vec<Waiting>,
}

impl Led<'_> {
    /// Makes the leader's own hash, and those of the others, who are told.
    fn make(mut self, own: &Password<'_>, make: &Make<'_>) -> Result<String, Error> {
        let others: Vec<_> = self.others.iter().map(|one| one.password.password()).collect();
        let passwords: Vec<_> = std::iter::once(own).chain(&others).collect();
        let made = make(&passwords);
        drop(passwords);
        drop(others);
        let mut hashes = match made {
            Ok(hashes) => hashes.into_iter(),
            Err(failed) => {
                self.others.drain(..).for_each(|one| one.place.tell(News::Done(Err(failed.clone()))));
                return Err(failed);
            }
        };
        let own = hashes.next();
        let told = hashes.len().min(self.others.len());
        for (one, hash) in self.others.drain(..told).zip(hashes) {
            one.place.tell(News::Done(Ok(hash)));
        }
        own.ok_or_else(lacks_hash)
    }
}

impl Drop for Led<'_> {
    fn drop(&mut self) {
        for one in self.others.drain(..) {
            one.place.tell(News::Done(Err(lacks_hash())));
        }
        self.shared.leave();
    }
}

fn lacks_hash() -> Error {
    Error::new(
        ErrorKind::Internal,
        "A password's hash was made together with others, and a defect ended them; nothing is changed. Repeat the call",
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread::{self, ScopedJoinHandle};

    use super::*;
    use crate::store::hash::{Verdict, verify};

    type Hashed = Result<String, Error>;
    type SyncMake<'m> = dyn Fn(&[&Password<'_>]) -> Result<Vec<String>, Error> + Sync + 'm;

    fn shared(processors: usize, lanes: usize) -> SharedHashes {
        SharedHashes { processors, lanes, state: Mutex::default() }
    }

    fn account(name: &str) -> AccountName {
        AccountName::existing(name).unwrap()
    }

    fn password(text: &str) -> Password<'_> {
        Password::to_be_stored(text).unwrap()
    }

    fn waiting(shared: &SharedHashes) -> usize {
        shared.state().lines.values().map(VecDeque::len).sum()
    }

    /// Instead of a hash the password, which shows whose it is.
    fn itself(of: &[&Password<'_>]) -> Result<Vec<String>, Error> {
        Ok(of.iter().map(|one| String::from_utf8(one.bytes().to_vec()).unwrap()).collect())
    }

    /// Lets one thread keep the only processor until all of these wait, in this order, then lets them go on.
    fn behind_one<'s>(
        scope: &'s thread::Scope<'s, '_>,
        shared: &'s SharedHashes,
        others: &'s [(&'s str, String)],
        make: &'s SyncMake<'s>,
    ) -> Vec<ScopedJoinHandle<'s, Hashed>> {
        let (begun, go_on) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        let first = scope.spawn({
            let (begun, go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
            move || {
                shared.pass(&account("first"), &password("first"), &|of| {
                    assert_eq!(of.len(), 1, "a processor that is free hashes at once");
                    begun.wait();
                    go_on.wait();
                    itself(of)
                })
            }
        });
        begun.wait();
        let mut threads = vec![first];
        for (at, (name, text)) in others.iter().enumerate() {
            threads.push(scope.spawn(move || shared.pass(&account(name), &password(text), make)));
            while waiting(shared) <= at {
                thread::yield_now();
            }
        }
        go_on.wait();
        threads
    }

    #[test]
    fn accounts_take_turns_and_each_gets_the_hash_of_its_own_password() {
        let (shared, passes) = (shared(1, 4), Mutex::new(Vec::new()));
        let make = |of: &[&Password<'_>]| {
            let texts = itself(of)?;
            passes.lock().unwrap().push(texts.join(" "));
            Ok(texts)
        };
        let many = (0..6).map(|at| ("alice", format!("a{at}")));
        let others: Vec<_> = many.chain([("bob", "b0".to_owned()), ("carol", "c0".to_owned())]).collect();
        thread::scope(|scope| {
            let mut threads = behind_one(scope, &shared, &others, &make).into_iter();
            assert_eq!(threads.next().unwrap().join().unwrap().unwrap(), "first");
            for ((_, text), thread) in others.iter().zip(threads) {
                assert_eq!(&thread.join().unwrap().unwrap(), text);
            }
        });
        assert_eq!(passes.into_inner().unwrap(), ["a0 b0 c0 a1", "a2 a3 a4 a5"]);
        let state = shared.state();
        assert!(state.busy == 0 && state.lines.is_empty() && state.turns.is_empty());
    }

    #[test]
    fn two_that_wait_are_hashed_one_after_the_other() {
        let (shared, most) = (shared(1, 8), AtomicUsize::new(0));
        let make = |of: &[&Password<'_>]| {
            most.fetch_max(of.len(), Ordering::Relaxed);
            itself(of)
        };
        let others = [("alice", "a0".to_owned()), ("bob", "b0".to_owned())];
        thread::scope(|scope| {
            for thread in behind_one(scope, &shared, &others, &make) {
                assert!(thread.join().unwrap().is_ok());
            }
        });
        assert_eq!(most.into_inner(), 1);
    }

    #[test]
    fn a_leader_that_panics_or_fails_leaves_nobody_waiting() {
        let others: Vec<_> = (0..8).map(|at| ("alice", format!("a{at}"))).collect();
        for panics in [true, false] {
            let (shared, passes) = (shared(1, 4), AtomicUsize::new(0));
            let make = |of: &[&Password<'_>]| {
                if passes.fetch_add(1, Ordering::Relaxed) > 0 {
                    return itself(of);
                }
                assert!(!panics, "on purpose");
                Err(Error::new(ErrorKind::Internal, "on purpose"))
            };
            thread::scope(|scope| {
                let results: Vec<_> = behind_one(scope, &shared, &others, &make)
                    .into_iter()
                    .map(ScopedJoinHandle::join)
                    .collect();
                let panicked = results.iter().filter(|result| result.is_err()).count();
                let failed = results.iter().flatten().filter(|hash| hash.is_err()).count();
                assert_eq!((panicked, failed), if panics { (1, 3) } else { (0, 4) });
                assert!(results[5..].iter().flatten().all(Result::is_ok), "the next pass goes on");
            });
            assert_eq!(shared.state().busy, 0);
        }
    }

    #[test]
    fn many_threads_get_hashes_that_open_for_their_passwords_only() {
        let shared = SharedHashes::on(NonZeroUsize::new(2).unwrap());
        thread::scope(|scope| {
            for number in 0..20 {
                let shared = &shared;
                scope.spawn(move || {
                    let (own, other) = (format!("own-{number}"), format!("own-{}", number + 1));
                    let name = account(if number % 2 == 0 { "alice" } else { "bob" });
                    let hash = shared.new_hash(&name, &password(&own)).unwrap();
                    assert_eq!(verify(&password(&own), &hash), Verdict::Same);
                    assert_eq!(verify(&password(&other), &hash), Verdict::Different);
                });
            }
        });
        assert_eq!(shared.state().busy, 0);
    }
}
