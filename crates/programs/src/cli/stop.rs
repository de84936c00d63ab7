//! Ctrl-C and the like as a wish that long work looks at, so that what was begun is brought to an end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

/// The wish, once it is there.
pub(super) struct Stop {
    wished: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

impl Stop {
    /// Watches the signals. A second one ends the process at once, with the status that `second` gives it.
    pub(super) fn watch(second: fn(i32) -> i32) -> Result<Self, String> {
        let stop = Self { wished: Arc::default(), signal: Arc::default() };
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            flag::register_conditional_shutdown(signal, second(signal), Arc::clone(&stop.wished))
                .and_then(|_| flag::register(signal, Arc::clone(&stop.wished)))
                .and_then(|_| {
                    let number = usize::try_from(signal).unwrap_or_default();
                    flag::register_usize(signal, Arc::clone(&stop.signal), number)
                })
                .map_err(|cause| format!("Signals cannot be watched: {cause}"))?;
        }
        Ok(stop)
    }

    /// The flag itself.
    pub(super) fn flag(&self) -> &AtomicBool {
        &self.wished
    }

    /// Whether a signal asked to stop.
    pub(super) fn is_wished(&self) -> bool {
        self.wished.load(Ordering::Relaxed)
    }

    /// The number of the signal that wished it; 0 if none did.
    pub(super) fn signal(&self) -> u8 {
        u8::try_from(self.signal.load(Ordering::Relaxed)).unwrap_or_default()
    }
}
