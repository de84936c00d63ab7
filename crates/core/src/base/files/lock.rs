//! One lock per domain among our processes and threads.
//!
//! The lock files stand in a folder of ours: one inside a home could be held by the customer for ever.
//! flock belongs to the open file, so two threads of one process exclude each other as well. A child
//! that the host forks meanwhile inherits the open file; unlocking explicitly releases the lock for
//! both, so the child cannot hold it on.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use super::failure;
use super::folder::Folder;
use super::lock_holder::LockHolder;
use crate::base::{Error, ErrorKind};

/// How long another writer is waited for. A change holds the lock for well under a millisecond.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two tries. Waiting inside flock could not be given up, and a stopped process would hang the host.
const PAUSE: Duration = Duration::from_micros(500);

/// Longest name of a file, in bytes.
const MAX_NAME: usize = 255;
const SUFFIX: &str = ".lock";

/// The file of a lock. A domain may be as long as a file's name, so a name that has no room for the suffix gets a
/// sign that no name of ours holds.
fn file_of(name: &str) -> String {
    if name.len() + SUFFIX.len() <= MAX_NAME {
        format!("locks/{name}{SUFFIX}")
    } else {
        format!("locks/{name}~")
    }
}

/// A held lock; dropping releases it.
pub struct Lock(OwnedFd);

impl Lock {
    /// Takes the lock of that name, in the folder of locks of `state`.
    pub fn take(state: &Folder, name: &str) -> Result<Self, Error> {
        Self::take_within(state, name, PATIENCE)
    }

    /// Whether somebody holds it at this moment.
    pub fn is_held(state: &Folder, name: &str) -> Result<bool, Error> {
        match Self::take_within(state, name, Duration::ZERO) {
            Ok(_) => Ok(false),
            Err(error) if error.kind() == ErrorKind::Busy => Ok(true),
            Err(error) => Err(error),
        }
    }

    fn take_within(state: &Folder, name: &str, patience: Duration) -> Result<Self, Error> {
        let file = file_of(name);
        let path = state.path_of(&file);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(state, &file, flags, Mode::RUSR | Mode::WUSR)
            .map_err(|e| failure::io("Opening the lock", &path, e))?;
        let start = Instant::now();
        loop {
            match rustix::fs::flock(&fd, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self(fd)),
                Err(Errno::WOULDBLOCK | Errno::INTR) if start.elapsed() < patience => {
                    std::thread::sleep(PAUSE)
                }
                Err(Errno::WOULDBLOCK | Errno::INTR) => {
                    let holder = LockHolder::of(&fd).map(|holder| format!(", {holder}")).unwrap_or_default();
                    let sentence = format!(
                        "Another process has held the lock {} for {} seconds{holder}; try again, and look for a stopped process if it stays",
                        path.display(),
                        patience.as_secs()
                    );
                    return Err(Error::new(ErrorKind::Busy, sentence));
                }
                Err(errno) => return Err(failure::io("Taking the lock", &path, errno)),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing would not be enough: a forked child may hold the same open file.
        let _ = rustix::fs::flock(&self.0, FlockOperation::Unlock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::scratch;

    #[test]
    fn one_at_a_time_and_not_for_ever() {
        let dir = scratch("lock");
        std::fs::create_dir(dir.join("locks")).unwrap();
        let state = Folder::ours_existing(&dir).unwrap();
        let held = Lock::take(&state, "example.com").unwrap();
        let other = Lock::take_within(&state, "example.com", Duration::from_millis(20));
        assert_eq!(other.map(|_| ()).unwrap_err().kind(), ErrorKind::Busy);
        Lock::take_within(&state, "example.org", Duration::ZERO).unwrap();
        drop(held);
        Lock::take_within(&state, "example.com", Duration::ZERO).unwrap();
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn the_longest_names_have_locks_of_their_own() {
        let dir = scratch("lock-long");
        std::fs::create_dir(dir.join("locks")).unwrap();
        let state = Folder::ours_existing(&dir).unwrap();
        for length in [249, 250, 251, 253, 254] {
            let name = "d".repeat(length);
            let _held = Lock::take(&state, &name).unwrap();
            assert!(Lock::take_within(&state, &name, Duration::ZERO).is_err(), "{length}");
            // What the shorter name and the suffix make up is another name.
            Lock::take_within(&state, &format!("{}.lock", "d".repeat(length - 5)), Duration::ZERO).unwrap();
        }
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_child_forked_meanwhile_does_not_hold_it_on() {
        let dir = scratch("lock-fork");
        std::fs::create_dir(dir.join("locks")).unwrap();
        let state = Folder::ours_existing(&dir).unwrap();
        let held = Lock::take(&state, "example.com").unwrap();
        // What a fork does to every descriptor: one more for the same open file.
        let inherited = held.0.try_clone().unwrap();
        drop(held);
        Lock::take_within(&state, "example.com", Duration::ZERO).unwrap();
        drop(inherited);
        std::fs::remove_dir_all(dir).unwrap();
    }
}
