//! SIGXFSZ in programs of ours: whoever writes beyond the limit on the size of files shall be told, not killed.
//!
//! Held back for the whole process, because answers and logs go to files that somebody else opened. A script gets the
//! signal as every program does.

use nix::sys::signal::{SigSet, Signal};

/// Holds it back, from this thread and all that it starts.
pub fn hold_back_size_signal() {
    // Only a signal that does not exist cannot be held back.
    let _ = SigSet::from(Signal::SIGXFSZ).thread_block();
}

/// Lets it come again.
pub(super) fn let_size_signal_come() {
    let _ = SigSet::from(Signal::SIGXFSZ).thread_unblock();
}
