//! An engine over an engine: the daemon's own functions first, and all others from the one behind it.

use super::{server_info, tokens};
use crate::server::auth::{Gate, Identified};
use liveapi_core::api::{Call, Error, Outcome};
use liveapi_core::engine::Engine;

/// Who answers the calls of one caller, which [`Gate::may`] allowed. Whose tokens a call is about depends on who
/// makes it, so there is one for each caller; making one costs nothing.
pub struct OwnEngine<'e> {
    pub gate: &'e Gate,
    /// Answers what is not the daemon's own.
    pub behind: &'e dyn Engine,
    pub caller: &'e Identified,
}

impl Engine for OwnEngine<'_> {
    fn call(&self, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error> {
        tokens::answer(self.gate, self.caller, user, call)
            .or_else(|| server_info::answer(call))
            .unwrap_or_else(|| self.behind.call(user, call))
    }
}
