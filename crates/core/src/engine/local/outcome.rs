//! What a function's work becomes for whoever called it.

use crate::api::catalogue::Function;
use crate::api::{Args, Done, Error, NotDone, Outcome, Params, modifiers};

/// The outcome of a call: with what the call wants of its rows, and a remark on parameters that nothing used.
pub(super) fn outcome(
    function: &'static Function,
    args: &Args<'_>,
    params: &Params<'_>,
    done: Result<Done, NotDone>,
) -> Result<Outcome, Error> {
    let done = done.and_then(|done| Ok(modifiers::apply(function, args, done)?));
    match done {
        Ok(mut done) => {
            done.warnings.append(&mut params.unused());
            Ok(Outcome::Done(done))
        }
        Err(NotDone::Refused(refusal)) => Ok(Outcome::Refused(refusal, function.answer)),
        Err(NotDone::Failed(error)) => Err(error),
    }
}
