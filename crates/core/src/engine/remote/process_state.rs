//! What one process keeps of a server between two calls: connections, the session, and what it learned of API 2 there.

use std::sync::Arc;

use crate::engine::remote::api2_support::KnownMissing;
use crate::engine::remote::session::keeper::SessionKeeper;
use crate::engine::remote::transport::pool::Pool;

/// A forked child makes its own of its parent's.
pub(crate) struct ProcessState {
    /// Shared with clients like this one.
    pub(crate) pool: Arc<Pool>,
    pub(crate) sessions: SessionKeeper,
    pub(crate) missing: KnownMissing,
}

impl ProcessState {
    /// The state of a process. A child opens connections of its own, with TLS tickets of its own, and goes on with
    /// what else its parent had.
    pub(crate) fn new(pool: Arc<Pool>, parent: Option<&Self>) -> Self {
        Self {
            pool,
            sessions: parent.map(|parent| SessionKeeper::of_child(&parent.sessions)).unwrap_or_default(),
            missing: parent.map(|parent| KnownMissing::of_child(&parent.missing)).unwrap_or_default(),
        }
    }
}
