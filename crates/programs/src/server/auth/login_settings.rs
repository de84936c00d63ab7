//! What the configuration decides about logins.

use std::net::IpAddr;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// Settings of logins; the defaults are close to cPanel's.
#[derive(Clone, Debug)]
pub struct LoginSettings {
    /// Whether access hashes (`WHM user:hash`) are accepted. Off, as on cPanel since version 72.
    pub allow_access_hash: bool,
    /// After how long without a request a session ends.
    pub session_idle: Duration,
    /// After how long a session ends whatever is done with it.
    pub session_end: Duration,
    /// Most sessions of one user; a further one ends the oldest.
    pub sessions_per_user: usize,
    /// Most sessions of an account with its mailboxes; a further one ends the oldest of theirs.
    pub sessions_per_owner: usize,
    /// Most sessions in all, for the memory's sake; a further one ends the oldest of the owner that has most.
    pub sessions: usize,
    /// How many failures within `failure_window` lock a user name.
    pub failures_per_user: u32,
    /// How many failures within `failure_window` lock an address (of IPv6, a /64).
    pub failures_per_address: u32,
    /// How long a failure is remembered.
    pub failure_window: Duration,
    /// How long a user name stays locked.
    pub user_lock: Duration,
    /// How long an address stays locked.
    pub address_lock: Duration,
    /// Addresses that are never locked: a webmail server logs in for all of its users.
    pub trusted: Vec<IpAddr>,
    /// Most user names, and most addresses, whose failures are remembered.
    pub remembered: usize,
}

impl Default for LoginSettings {
    fn default() -> Self {
        Self {
            allow_access_hash: false,
            session_idle: 15 * MINUTE,
            session_end: 24 * 60 * MINUTE,
            sessions_per_user: 20,
            sessions_per_owner: 2000,
            sessions: 200_000,
            failures_per_user: 5,
            failures_per_address: 20,
            failure_window: 5 * MINUTE,
            user_lock: 5 * MINUTE,
            address_lock: 15 * MINUTE,
            trusted: Vec::new(),
            remembered: 65_536,
        }
    }
}
