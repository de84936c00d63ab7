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
use crate::base::{Error, ErrorKind};

/// How long another writer is waited for. A change holds the lock for well under a millisecond.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two tries. Waiting inside flock could not be given up, and a stopped process would hang the host.
const PAUSE: Duration = Duration::from_micros(500);

/// A held lock; dropping releases it.
pub struct Lock(OwnedFd);

impl Lock {
    /// Takes the lock of that name, in the folder of locks of `state`.
    pub fn take(state: &Folder, name: &str) -> Result<Self, Error> {
        Self::take_within(state, name, PATIENCE)
    }

    fn take_within(state: &Folder, name: &str, patience: Duration) -> Result<Self, Error> {
        let file = format!("locks/{name}.lock");
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
                    let sentence = format!(
                        "Another process has held the lock {} for {} seconds; try again, and look for a stopped process if it stays",
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
