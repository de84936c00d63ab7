//! The time, and one that tests can set.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use liveapi_core::base::clock;

/// Tells the time in two ways: the day's, for what outlives the daemon, and one that never jumps, for
/// lock-outs and sessions.
#[derive(Clone, Debug)]
pub struct Clock(ClockSource);

#[derive(Clone, Debug)]
enum ClockSource {
    System { start: Instant },
    Set { day: Arc<AtomicU64>, steady: Arc<AtomicU64> },
}

impl Clock {
    /// The machine's clock, from which the daemon's steady time begins.
    pub fn system() -> Self {
        Self(ClockSource::System { start: Instant::now() })
    }

    /// A clock that stands at that number of seconds since 1970 until it is set.
    pub fn standing(seconds: &Arc<AtomicU64>) -> Self {
        Self::apart(seconds, seconds)
    }

    /// The same with a day's time that is set by itself, as somebody sets the machine's clock.
    pub fn apart(steady: &Arc<AtomicU64>, day: &Arc<AtomicU64>) -> Self {
        Self(ClockSource::Set { day: Arc::clone(day), steady: Arc::clone(steady) })
    }

    /// Seconds since 1970, UTC.
    pub(crate) fn seconds(&self) -> u64 {
        match &self.0 {
            ClockSource::System { .. } => clock::seconds(),
            ClockSource::Set { day, .. } => day.load(Ordering::Relaxed),
        }
    }

    /// The time since some moment, whatever is done to the machine's clock.
    pub(super) fn steady(&self) -> Duration {
        match &self.0 {
            ClockSource::System { start } => start.elapsed(),
            ClockSource::Set { steady, .. } => Duration::from_secs(steady.load(Ordering::Relaxed)),
        }
    }
}
