//! The servers of a table.

use std::time::Duration;

use crate::engine::remote::fleet::directory::{self, Identity, KnownListing};
use crate::engine::remote::server_link::ServerLink;

/// A server of the table.
pub struct Member {
    pub(crate) name: String,
    pub(crate) link: ServerLink,
    /// What it says of its domains is kept by this.
    pub(crate) identity: Identity,
}

impl Member {
    /// The server of that name there, and the way to it.
    pub fn new(name: String, link: ServerLink) -> Self {
        let identity = link.identity();
        Self { name, link, identity }
    }
}

/// All servers of a table.
pub(crate) struct FleetMembers {
    pub(crate) all: Vec<Member>,
    /// How long is believed what a server said of its domains.
    pub(crate) keep: Duration,
}

impl FleetMembers {
    /// What is known of a server's domains.
    pub(crate) fn known(&self, number: usize) -> Option<KnownListing> {
        directory::known(&self.all[number].identity)
    }
}
