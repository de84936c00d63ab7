//! The engine of one server.

use crate::api::{Call, Error, Outcome};
use crate::engine::batch::Run;
use crate::engine::contract::Engine;
use crate::engine::remote::call::answer::call;
use crate::engine::remote::routing::{CallTarget, SingleServer};
use crate::engine::remote::scheduler::Scheduler;
use crate::engine::remote::server_link::ServerLink;

/// Sends every call to one server.
pub struct RemoteEngine {
    link: ServerLink,
}

impl RemoteEngine {
    /// An engine for that server. Nothing is opened before the first call.
    pub fn new(link: ServerLink) -> Self {
        Self { link }
    }
}

impl Engine for RemoteEngine {
    fn call(&self, user: Option<&str>, wanted: &Call<'_>) -> Result<Outcome, Error> {
        call(&self.link, user, wanted)
    }

    fn batch(&self, user: Option<&str>, run: &mut Run<'_, '_>) -> Result<(), Error> {
        let targets = vec![CallTarget { name: None, link: &self.link }];
        Scheduler::run(targets, &SingleServer, user, run)
    }
}
