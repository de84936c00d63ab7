//! The answer to a call in the form in which it was asked.

use super::call_request::{AnswerForm, CallRequest};
use super::{legacy, login, response};
use crate::server::auth::Identified;
use crate::server::dispatch::Dispatcher;
use crate::server::http::Reply;
use crate::server::origin::Origin;
use liveapi_core::api::{Call, Error, Family, Outcome, envelope};

impl CallRequest<'_> {
    /// Makes the call, if the caller may.
    pub(super) fn answer(mut self, dispatcher: &Dispatcher, caller: &Identified, origin: Origin) -> Reply {
        let allowed = match dispatcher.gate.may(caller, &self.call, self.user) {
            Ok(allowed) => allowed,
            Err(denied) => return login::denied(&dispatcher.context, origin, Some(&self.call), &denied),
        };
        allowed.bind(&mut self.call.args);
        let (result, outcome) = dispatcher.call(caller, &allowed, origin, &self.call);
        let strict = dispatcher.context.settings().strict_http_status;
        self.shaped(if strict { strict_status(outcome) } else { 200 }, &result)
    }

    fn shaped(&self, status: u16, result: &Result<Outcome, Error>) -> Reply {
        let Call { family, module, func, .. } = self.call;
        if self.form == AnswerForm::Bare
            && let Some(bare) = envelope::write_uapi_result(module, func, result)
        {
            return Reply::json(status, bare);
        }
        let json = envelope::write(family, module, func, result);
        match self.form {
            AnswerForm::Json if family == Family::Api2 => Reply::json(status, response::with_errors(json)),
            AnswerForm::Json => Reply::json(status, json),
            AnswerForm::Bare => Reply::json(status, response::bare(json)),
            AnswerForm::InWhm => Reply::json(status, response::in_whm(json)),
            AnswerForm::Xml => response::xml(status, &json, func),
            AnswerForm::Page => legacy::page(&self.call.args, result),
        }
    }
}

/// For clients that look at the status first. The usual 200 is what cPanel's servers send, and what their clients
/// need to read the reason at all.
fn strict_status(outcome: &str) -> u16 {
    match outcome {
        "done" => 200,
        "failed" => 503,
        _ => 422,
    }
}
