//! A call that a request asks for, and its answer in the shape in which it was asked.

use std::time::Instant;

use super::super::auth::{self, Allowed, Identified, functions};
use super::super::connection::From;
use super::super::http::Reply;
use super::super::log::Called;
use super::super::{Daemon, whm};
use super::{legacy, login, shape};
use liveapi_core::api::{Call, Error, Family, Outcome, envelope};
use liveapi_core::store::AccountName;

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The envelope of the family, as JSON.
    Json,
    /// The same as XML.
    Xml,
    /// UAPI's result alone.
    Bare,
    /// UAPI's result as WHM's function `uapi_cpanel` gives it.
    InWhm,
    /// The page that old scripts read.
    Page,
}

/// A call that a request asks for.
pub(super) struct Asked<'r> {
    pub(super) call: Call<'r>,
    /// The account that it names.
    pub(super) user: Option<&'r str>,
    pub(super) form: Form,
}

/// Does a call that its caller may make, and logs it. With what came of it in a word.
pub(in super::super) fn call(
    daemon: &Daemon,
    caller: &Identified,
    allowed: &Allowed,
    from: From,
    call: &Call<'_>,
) -> (Result<Outcome, Error>, &'static str) {
    let begun = Instant::now();
    let account = allowed.account.as_ref().map(AccountName::as_str);
    let result = functions::call(&daemon.gate, caller, allowed, call)
        .or_else(|| whm::call(call))
        .unwrap_or_else(|| daemon.client().call_for(account, call));
    let result = match &allowed.only {
        Some(accounts) => result.map(|outcome| auth::only(outcome, accounts)),
        None => result,
    };
    let Call { family, module, func, .. } = *call;
    let (outcome, why) = judged(family, &result);
    daemon.metrics.called(outcome);
    let called = Called {
        who: &caller.user,
        how: caller.how.word(),
        account,
        function: &format!("{family:?} {module}::{func}"),
        outcome,
        why: why.as_deref(),
        took: begun.elapsed(),
    };
    daemon.log.called(from, &called);
    (result, outcome)
}

impl Asked<'_> {
    /// Does it, if the caller may.
    pub(super) fn answer(mut self, daemon: &Daemon, caller: &Identified, from: From) -> Reply {
        let allowed = match daemon.gate.may(caller, &self.call, self.user) {
            Ok(allowed) => allowed,
            Err(denied) => return login::denied(daemon, from, Some(&self.call), &denied),
        };
        allowed.bind(&mut self.call.args);
        let (result, outcome) = call(daemon, caller, &allowed, from, &self.call);
        let strict = daemon.settings().strict_http_status;
        self.shaped(if strict { strict_status(outcome) } else { 200 }, &result)
    }

    fn shaped(&self, status: u16, result: &Result<Outcome, Error>) -> Reply {
        let Call { family, module, func, .. } = self.call;
        if self.form == Form::Bare
            && let Some(bare) = envelope::write_uapi_result(module, func, result)
        {
            return Reply::json(status, bare);
        }
        let json = envelope::write(family, module, func, result);
        match self.form {
            Form::Json if family == Family::Api2 => Reply::json(status, shape::with_errors(json)),
            Form::Json => Reply::json(status, json),
            Form::Bare => Reply::json(status, shape::bare(json)),
            Form::InWhm => Reply::json(status, shape::in_whm(json)),
            Form::Xml => shape::xml(status, &json, func),
            Form::Page => legacy::page(&self.call.args, result),
        }
    }
}

/// What came of a call in a word, and why.
fn judged(family: Family, result: &Result<Outcome, Error>) -> (&'static str, Option<String>) {
    match result {
        Ok(Outcome::Done(_)) => ("done", None),
        Ok(Outcome::Answered(answered)) if answered.is_done(family) => ("done", None),
        Ok(Outcome::Answered(_)) => ("refused", None),
        Ok(Outcome::Refused(refusal, _)) => ("refused", Some(refusal.to_string())),
        Ok(Outcome::UnknownFunction) => ("unknown function", None),
        Err(error) => ("failed", Some(error.to_string())),
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
