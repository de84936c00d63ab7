//! The one way of a call, whatever door it came through: who may make it, who answers it, and what the log says.

use std::sync::Arc;
use std::time::Instant;

use super::room::Room;
use crate::server::auth::{self, Allowed, Gate, Identified};
use crate::server::context::Context;
use crate::server::current::Current;
use crate::server::ops::log::CallRecord;
use crate::server::origin::Origin;
use crate::server::own::OwnEngine;
use liveapi_core::api::{Args, Call, Error, Family, NotDone, Outcome, Refusal, modifiers};
use liveapi_core::base::ration;
use liveapi_core::engine::local::function;
use liveapi_core::engine::{Client, Engine};
use liveapi_core::store::AccountName;

/// The word of the log for a call that was done.
const DONE: &str = "done";

/// The name of the line in which an account's calls wait for their turn, whatever door they came through.
pub(crate) fn line_of_account(account: &AccountName) -> String {
    format!("account {account}")
}

/// Makes the calls that callers may make.
pub(crate) struct Dispatcher {
    pub(crate) context: Arc<Context>,
    pub(crate) gate: Gate,
    client: Current<Client>,
    /// Whether calls go on to a server.
    gateway: bool,
}

impl Dispatcher {
    pub(crate) fn new(context: Arc<Context>, gate: Gate, client: Client, gateway: bool) -> Self {
        Self { context, gate, client: Current::new(client), gateway }
    }

    /// Takes over a new engine; calls that are being answered keep theirs.
    pub(crate) fn renew(&self, client: Client) {
        self.client.replace(client);
    }

    /// Whether there are calls that are quickly done; a gateway's go to a server.
    pub(crate) fn can_be_quick(&self) -> bool {
        !self.gateway
    }

    /// Does a call that its caller may make, and logs it, unless it was to be quick and is not. With its outcome in a
    /// word.
    pub(crate) fn call(
        &self,
        caller: &Identified,
        allowed: &Allowed,
        origin: Origin,
        call: &Call<'_>,
        room: Room,
    ) -> (Result<Outcome, Error>, &'static str) {
        let begun = Instant::now();
        let account = allowed.account.as_ref().map(AccountName::as_str);
        let client = self.client.get();
        let settings = self.context.settings();
        let login_urls = || settings.login_urls();
        let urls = (!self.gateway).then_some(&login_urls as _);
        let engine = OwnEngine { gate: &self.gate, behind: client.engine(), caller, urls };
        let result = match &allowed.only {
            Some(accounts) => narrowed(&engine, account, call, accounts),
            None => engine.call(account, call),
        };
        let result = result.and_then(|outcome| room.fits(outcome));
        if ration::is_spent() {
            // It is made again elsewhere, and logged there.
            return (result, "put off");
        }
        let Call { family, module, func, .. } = *call;
        let (outcome, why) = judged(family, &result);
        if outcome == DONE {
            self.follow(caller, allowed.account.as_ref(), call);
        }
        self.context.metrics.called(outcome);
        let record = CallRecord {
            who: &caller.user,
            how: caller.how.word(),
            account,
            function: &format!("{family:?} {module}::{func}"),
            outcome,
            why: why.as_deref(),
            took: begun.elapsed(),
        };
        self.context.log.called(origin, &record);
        (result, outcome)
    }

    /// Lets the gate follow a call that was done. What it cannot do is told to the owner of the machine: the call is
    /// done, and nothing that is left works for anybody else.
    fn follow(&self, caller: &Identified, account: Option<&AccountName>, call: &Call<'_>) {
        if let Err(why) = self.gate.follow(caller, account, call) {
            let why = match why {
                NotDone::Refused(refusal) => refusal.to_string(),
                NotDone::Failed(error) => error.to_string(),
            };
            self.context.log.say("error", &format!("After {}: {why}", call.func.escape_debug()));
        }
    }

    /// Whether calls can be answered. A gateway asks no server: that would tell of the server, not of itself.
    pub(crate) fn health(&self) -> Result<(), String> {
        if self.gateway {
            return Ok(());
        }
        let mut args = Args::default();
        args.push_text("search", "^$");
        let call = Call { family: Family::Whm, module: "", func: "listaccts", args };
        self.client.get().call_for(None, &call).map(drop).map_err(|error| error.to_string())
    }
}

/// The answer of a call cut to those accounts, and only then filtered, sorted and counted: numbers of others' accounts
/// are not for the caller.
fn narrowed(
    engine: &OwnEngine<'_>,
    account: Option<&str>,
    call: &Call<'_>,
    accounts: &[AccountName],
) -> Result<Outcome, Error> {
    let Some(function) = function(Family::Whm, call.module, call.func) else {
        return engine.call(account, call).map(|outcome| auth::only(outcome, accounts));
    };
    let (mut args, mut modified) = (Args::default(), None);
    for (name, value) in call.args.beginning_with("") {
        if modifiers::listens(function, name) {
            modified = Some(name);
            continue;
        }
        args.push(name, value.borrowed());
    }
    let plain = Call { args, ..*call };
    let outcome = engine.call(account, &plain).map(|outcome| auth::only(outcome, accounts))?;
    Ok(match (outcome, modified) {
        (Outcome::Done(done), Some(_)) => match modifiers::apply(function, &call.args, done) {
            Ok(done) => Outcome::Done(done),
            Err(refusal) => Outcome::Refused(refusal, function.answer),
        },
        (Outcome::Answered(_), Some(name)) => {
            let why = "a server answers this list, and what of it is not yours is cut out here; leave it out";
            Outcome::Refused(Refusal::NotAText { param: name.to_owned(), why }, function.answer)
        }
        (outcome, _) => outcome,
    })
}

/// The outcome of a call in a word, and why it is that.
fn judged(family: Family, result: &Result<Outcome, Error>) -> (&'static str, Option<String>) {
    match result {
        Ok(Outcome::Done(_)) => (DONE, None),
        Ok(Outcome::Answered(answered)) if answered.is_done(family) => (DONE, None),
        Ok(Outcome::Answered(_)) => ("refused", None),
        Ok(Outcome::Refused(refusal, _)) => ("refused", Some(refusal.to_string())),
        Ok(Outcome::UnknownFunction) => ("unknown function", None),
        Err(error) => ("failed", Some(error.to_string())),
    }
}
