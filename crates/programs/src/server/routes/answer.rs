//! The answer to a call in the form in which it was asked.

use super::call_request::{AnswerForm, CallRequest};
use super::{legacy, login, response};
use crate::server::auth::{Identified, Who};
use crate::server::dispatch::{Dispatcher, Room};
use crate::server::http::Reply;
use crate::server::origin::Origin;
use liveapi_core::api::envelope::{self, Pieces};
use liveapi_core::api::{Arg, Call, Error, Family, Outcome};

impl CallRequest<'_> {
    /// Makes the call, if the caller may.
    pub(super) fn answer(mut self, dispatcher: &Dispatcher, caller: &Identified, origin: Origin) -> Reply {
        let allowed = match dispatcher.gate.may(caller, &self.call, self.user) {
            Ok(allowed) => allowed,
            Err(denied) => return login::denied(&dispatcher.context, origin, Some(&self.call), &denied),
        };
        allowed.bind(&mut self.call.args);
        let room = if self.form == AnswerForm::Xml { Room::Whole } else { Room::Pieces };
        let (mut result, outcome) = dispatcher.call(caller, &allowed, origin, &self.call, room);
        self.tell_whose(caller, &mut result);
        let strict = dispatcher.context.settings().strict_http_status;
        let status = if strict { strict_status(outcome) } else { 200 };
        match self.in_pieces(&mut result) {
            Some(pieces) => Reply::json_in_pieces(status, pieces),
            None => self.shaped(status, &result),
        }
    }

    /// Tells an account that its call was its own, where it names another one: an account's login acts for itself
    /// whatever that parameter says, and nobody shall believe that it was for somebody else.
    fn tell_whose(&self, caller: &Identified, result: &mut Result<Outcome, Error>) {
        let (Who::Account(account), Some(named), Ok(Outcome::Done(done))) = (&caller.who, self.user, result)
        else {
            return;
        };
        // Functions have a parameter of that name, too.
        let is_parameter = matches!(self.call.args.get("user"), Some(Arg::Text(text)) if text == named);
        if !named.is_empty() && !named.eq_ignore_ascii_case(account.as_str()) && !is_parameter {
            done.warnings.push(format!(
                "The account “{}” was not used: the call is for “{account}”, who is logged in.",
                named.escape_debug()
            ));
        }
    }

    /// A long list in the form that was asked for, taken out of the result.
    fn in_pieces(&self, result: &mut Result<Outcome, Error>) -> Option<Pieces> {
        let Call { family, module, func, .. } = self.call;
        match self.form {
            AnswerForm::Json => envelope::write_in_pieces(family, module, func, result),
            AnswerForm::Bare => envelope::write_uapi_result_in_pieces(module, func, result),
            AnswerForm::InWhm => {
                let [before, behind] = response::IN_WHM;
                let pieces = envelope::write_uapi_result_in_pieces(module, func, result)?;
                Some(pieces.within(before, behind))
            }
            AnswerForm::Xml | AnswerForm::Page => None,
        }
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
            // Documented: an answer of WHM API 1 is a “result”, one of API 0 is named by its function.
            AnswerForm::Xml if family == Family::Whm => response::xml(status, &json, "result"),
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
