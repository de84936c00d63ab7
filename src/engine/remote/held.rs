//! What one process holds of an engine: its connections, its session, and what it learned of the server.

use reqwest::Proxy;

use super::absent::Absent;
use super::pool::Pool;
use super::session::Keeper;
use super::settings::RemoteSettings;
use crate::api::Error;

/// All of it.
pub(super) struct Held {
    pub(super) pool: Pool,
    pub(super) sessions: Keeper,
    pub(super) absent: Absent,
}

impl Held {
    /// That of a process. A child opens connections of its own, with TLS tickets of its own, and goes on with what
    /// else its parent had.
    pub(super) fn new(
        settings: &RemoteSettings,
        proxy: Option<Proxy>,
        parent: Option<&Self>,
    ) -> Result<Self, Error> {
        Ok(Self {
            pool: Pool::new(settings, proxy)?,
            sessions: parent.map(|parent| Keeper::of_child(&parent.sessions)).unwrap_or_default(),
            absent: parent.map(|parent| Absent::of_child(&parent.absent)).unwrap_or_default(),
        })
    }
}
