//! A signal that the library's own work may raise, held back from the thread that does it.
//!
//! Its disposition, and every other thread, stay the host's: the signal is blocked for this thread, what came of it
//! meanwhile is taken away, and the mask is set back.

use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Takes a signal away where it waits for the thread that asks. Safe code has no other way that costs one system call.
#[derive(Debug)]
pub struct SignalTaker {
    signal: Signal,
    descriptor: SignalFd,
}

impl SignalTaker {
    /// One for that signal.
    pub fn new(signal: Signal) -> nix::Result<Self> {
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        let descriptor = SignalFd::with_flags(&signal.into(), flags)?;
        Ok(Self { signal, descriptor })
    }

    /// Of one signal only one waits, so this takes all.
    fn take(&self) {
        let _ = self.descriptor.read_signal();
    }
}

/// Holds the signal back from this thread until it is dropped.
pub struct HeldSignal<'t> {
    before: Option<SigSet>,
    /// Whether one was waiting already; that one is the host's.
    was_pending: bool,
    taker: &'t SignalTaker,
}

impl<'t> HeldSignal<'t> {
    /// Begins now.
    pub fn new(taker: &'t SignalTaker) -> Self {
        let before = SigSet::from(taker.signal).thread_swap_mask(SigmaskHow::SIG_BLOCK).ok();
        let was_blocked = before.is_some_and(|before| before.contains(taker.signal));
        Self { before, was_pending: was_blocked && is_pending(taker.signal), taker }
    }
}

impl Drop for HeldSignal<'_> {
    fn drop(&mut self) {
        let Some(before) = self.before else { return };
        // Blocked signals wait even where they are ignored.
        if !self.was_pending {
            self.taker.take();
        }
        let _ = before.thread_set_mask();
    }
}

/// Whether one waits for this thread; asked only where the host holds it back itself.
fn is_pending(signal: Signal) -> bool {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let pending = status.lines().find_map(|line| line.strip_prefix("SigPnd:"));
    let pending = pending.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    pending & (1 << (signal as u32 - 1)) != 0
}

#[cfg(test)]
mod tests {
    use nix::sys::signal::raise;

    use super::*;

    /// Tests ignore the first of them, and C programs die of both.
    const RAISED: [Signal; 2] = [Signal::SIGPIPE, Signal::SIGXFSZ];

    #[test]
    fn a_signal_of_ours_is_taken_away_and_the_mask_is_as_before() {
        for signal in RAISED {
            let (taker, set) = (SignalTaker::new(signal).unwrap(), SigSet::from(signal));
            // Held back by the host too: an ignored signal that was let through would vanish by itself.
            for is_held in [true, false] {
                if is_held { set.thread_block() } else { set.thread_unblock() }.unwrap();
                {
                    let _held = HeldSignal::new(&taker);
                    raise(signal).unwrap();
                    assert!(is_pending(signal));
                }
                assert!(!is_pending(signal));
                assert_eq!(SigSet::thread_get_mask().unwrap().contains(signal), is_held);
            }
        }
    }

    #[test]
    fn a_signal_that_waited_for_the_host_goes_on_waiting() {
        for signal in RAISED {
            let (taker, set) = (SignalTaker::new(signal).unwrap(), SigSet::from(signal));
            set.thread_block().unwrap();
            raise(signal).unwrap();
            drop(HeldSignal::new(&taker));
            assert!(is_pending(signal));
            set.wait().unwrap();
            drop(HeldSignal::new(&taker));
            assert!(!is_pending(signal));
            set.thread_unblock().unwrap();
        }
    }
}
