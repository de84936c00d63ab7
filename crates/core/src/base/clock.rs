//! The time by the calendar.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time since 1970, UTC. A clock that stands before 1970 says 0.
pub fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// The seconds since 1970, UTC.
pub fn seconds() -> u64 {
    now().as_secs()
}

/// The day, counted from 1970: field 3 of a `shadow` line.
pub fn day() -> u64 {
    seconds() / 86_400
}
