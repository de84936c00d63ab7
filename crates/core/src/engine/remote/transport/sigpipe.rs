//! Writing to a connection that the server has closed must not end the host.
//!
//! rustls writes in a way that has no place for MSG_NOSIGNAL, so such a write sends SIGPIPE to this thread, and
//! C and Perl programs die of it. During a call the thread therefore holds the signal back, and takes away
//! what came meanwhile. Its disposition, and every other thread, stay the host's.

use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Takes SIGPIPE away where it waits for the thread that asks. Safe code has no other way that costs one system call.
pub(crate) struct SigpipeTaker(SignalFd);

impl SigpipeTaker {
    pub(crate) fn new() -> nix::Result<Self> {
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        SignalFd::with_flags(&pipe(), flags).map(Self)
    }

    /// Of one signal only one waits, so this takes all.
    fn take(&self) {
        let _ = self.0.read_signal();
    }
}

/// Holds SIGPIPE back from this thread until it is dropped.
pub(crate) struct SigpipeGuard<'t> {
    before: Option<SigSet>,
    /// Whether one was waiting already; that one is the host's.
    was_pending: bool,
    taker: &'t SigpipeTaker,
}

impl<'t> SigpipeGuard<'t> {
    pub(crate) fn new(taker: &'t SigpipeTaker) -> Self {
        let before = pipe().thread_swap_mask(SigmaskHow::SIG_BLOCK).ok();
        let was_blocked = before.is_some_and(|before| before.contains(Signal::SIGPIPE));
        Self { before, was_pending: was_blocked && is_pending(), taker }
    }
}

impl Drop for SigpipeGuard<'_> {
    fn drop(&mut self) {
        let Some(before) = self.before else { return };
        // Blocked signals wait even where they are ignored.
        if !self.was_pending {
            self.taker.take();
        }
        let _ = before.thread_set_mask();
    }
}

fn pipe() -> SigSet {
    Signal::SIGPIPE.into()
}

/// Whether one waits for this thread; asked only where the host holds it back itself.
fn is_pending() -> bool {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let pending = status.lines().find_map(|line| line.strip_prefix("SigPnd:"));
    let pending = pending.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    pending & (1 << (Signal::SIGPIPE as u32 - 1)) != 0
}

#[cfg(test)]
mod tests {
    use nix::sys::signal::raise;

    use super::*;

    #[test]
    fn a_signal_of_ours_is_taken_away_and_the_mask_is_as_before() {
        let taker = SigpipeTaker::new().unwrap();
        // ProcessState back by the host too: tests ignore this signal, so let through it would vanish by itself.
        for is_held in [true, false] {
            if is_held { pipe().thread_block() } else { pipe().thread_unblock() }.unwrap();
            {
                let _guard = SigpipeGuard::new(&taker);
                raise(Signal::SIGPIPE).unwrap();
                assert!(is_pending());
            }
            assert!(!is_pending());
            assert_eq!(SigSet::thread_get_mask().unwrap().contains(Signal::SIGPIPE), is_held);
        }
    }

    #[test]
    fn a_signal_that_waited_for_the_host_goes_on_waiting() {
        let taker = SigpipeTaker::new().unwrap();
        pipe().thread_block().unwrap();
        raise(Signal::SIGPIPE).unwrap();
        drop(SigpipeGuard::new(&taker));
        assert!(is_pending());
        pipe().wait().unwrap();
        drop(SigpipeGuard::new(&taker));
        assert!(!is_pending());
        pipe().thread_unblock().unwrap();
    }
}
