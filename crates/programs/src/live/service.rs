//! Who answers the requests of pages.

use std::sync::Arc;

use super::request_memory::{MemoryLimit, MemoryShare};
use super::turns::Turns;
use liveapi_core::engine::Client;
use liveapi_core::tags::{self, Form, Variables};

/// Answers requests; from any thread, several at a time.
pub trait Service: Send + Sync {
    /// Answers a request, a tag or a JSON object, with one line of JSON. May wait, for a disk or a server.
    /// `variables` are those of the connection, which `setvar` sets.
    fn answer(&self, request: &str, variables: &Variables) -> Vec<u8>;

    /// Answers a request if that is known to be quickly done, on the thread on which the other connections wait.
    fn answer_at_once(&self, _request: &str) -> Option<Vec<u8>> {
        None
    }

    /// What the requests of one more connection take of the memory that they share with others', and its limit.
    fn memory(&self) -> Option<(MemoryShare, MemoryLimit)> {
        None
    }

    /// The line in which requests wait for a thread, where they share them with others'.
    fn line(&self) -> Option<(Arc<Turns>, String)> {
        None
    }
}

/// A client, and the fields that the page's visitor sent.
pub struct ClientService {
    /// Answers calls; for one account.
    pub client: Client,
    /// For `$FORM{'name'}`.
    pub form: Form,
}

impl Service for ClientService {
    fn answer(&self, request: &str, variables: &Variables) -> Vec<u8> {
        tags::answer(&self.client, request, &self.form, variables)
    }
}
