//! An engine over an engine: the daemon's own functions first, and all others from the one behind it.

use super::{catalogue, server_info, session_function, tokens};
use crate::server::auth::{Gate, Identified, LoginUrls};
use liveapi_core::api::catalogue::Answer;
use liveapi_core::api::{Call, Error, Family, NotDone, Outcome, Params};
use liveapi_core::engine::Engine;

/// Who answers the calls of one caller, which [`Gate::may`] allowed. Whose tokens a call is about depends on who
/// makes it, so there is one for each caller; making one costs nothing.
pub struct OwnEngine<'e> {
    pub gate: &'e Gate,
    /// Answers what is not the daemon's own.
    pub behind: &'e dyn Engine,
    pub caller: &'e Identified,
    /// Where the services are, which few calls need; none where the engine behind has services of its own, and makes
    /// links to them.
    pub urls: Option<&'e (dyn Fn() -> LoginUrls + Sync)>,
}

impl Engine for OwnEngine<'_> {
    fn call(&self, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error> {
        tokens::answer(self.gate, self.caller, user, call)
            .or_else(|| self.urls.and_then(|urls| self.of_the_server(urls, call)))
            .or_else(|| server_info::answer(call))
            .unwrap_or_else(|| self.behind.call(user, call))
    }
}

impl OwnEngine<'_> {
    /// What the server behind a gateway answers for itself.
    fn of_the_server(&self, urls: &dyn Fn() -> LoginUrls, call: &Call<'_>) -> Option<Result<Outcome, Error>> {
        if !matches!(call.family, Family::Whm | Family::Whm0) {
            return None;
        }
        match call.func {
            "applist" => Some(Ok(Outcome::Done(catalogue::applist()))),
            "create_user_session" => {
                let params = Params::new(&session_function::FUNCTION, &call.args);
                Some(match session_function::create(self.gate, &urls(), self.caller, &params) {
                    Ok(done) => Ok(Outcome::Done(done)),
                    Err(NotDone::Refused(refusal)) => Ok(Outcome::Refused(refusal, Answer::Single)),
                    Err(NotDone::Failed(error)) => Err(error),
                })
            }
            _ => None,
        }
    }
}
