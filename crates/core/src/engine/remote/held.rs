//! What one process holds of an engine: its connections, its session, and what it learned of the server.

use std::sync::Arc;

use super::absent::Absent;
use super::pool::Pool;
use super::session::Keeper;

/// All of it.
pub(super) struct Held {
    /// Shared with clients like this one.
    pub(super) pool: Arc<Pool>,
    pub(super) sessions: Keeper,
    pub(super) absent: Absent,
}

impl Held {
    /// That of a process. A child opens connections of its own, with TLS tickets of its own, and goes on with what
    /// else its parent had.
    pub(super) fn new(pool: Arc<Pool>, parent: Option<&Self>) -> Self {
        Self {
            pool,
            sessions: parent.map(|parent| Keeper::of_child(&parent.sessions)).unwrap_or_default(),
            absent: parent.map(|parent| Absent::of_child(&parent.absent)).unwrap_or_default(),
        }
    }
}
