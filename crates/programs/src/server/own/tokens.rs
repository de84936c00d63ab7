//! The functions that manage tokens. The daemon answers them itself, whatever engine answers the others.
//!
//! Parameters and answers are those of cPanel's public reference. A token of the daemon has all privileges of its
//! owner from everywhere, so a call for less (`acl`, `whitelist_ip`) is refused rather than answered with more.

use super::token_call::TokenCall;
use super::token_functions::{FUNCTIONS, OwnFunction};
use crate::server::auth::{Gate, Identified, Owner};
use liveapi_core::api::catalogue::Function;
use liveapi_core::api::{Call, Done, Error, Family, NotDone, Outcome, Params, Refusal, modifiers};
use liveapi_core::store::AccountName;

/// What is known about these functions, for help and documentation.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    FUNCTIONS.iter().map(|own| &own.function)
}

fn find(family: Family, module: &str, func: &str) -> Option<&'static OwnFunction> {
    let family = if family == Family::Whm0 { Family::Whm } else { family };
    FUNCTIONS.iter().find(|own| {
        let Function { family: known, module: its, func: name, .. } = own.function;
        (known, its, name) == (family, module, func)
    })
}

/// Answers a call that [`Gate::may`] allowed, if its function is one of these; nothing if it is for the engine.
/// `account` is the one that the call is for.
pub fn answer(
    gate: &Gate,
    caller: &Identified,
    account: Option<&str>,
    call: &Call<'_>,
) -> Option<Result<Outcome, Error>> {
    let own = find(call.family, call.module, call.func)?;
    Some(match run(own, gate, caller, account, call) {
        Ok(done) => Ok(Outcome::Done(done)),
        Err(NotDone::Refused(refusal)) => Ok(Outcome::Refused(refusal, own.function.answer)),
        Err(NotDone::Failed(error)) => Err(error),
    })
}

fn run(
    own: &'static OwnFunction,
    gate: &Gate,
    caller: &Identified,
    account: Option<&str>,
    call: &Call<'_>,
) -> Result<Done, NotDone> {
    let owner = match account {
        Some(account) => owner(gate, account)?.ok_or_else(|| Refusal::NoAccount(account.to_owned()))?,
        None => {
            let holder = gate.holder(&caller.who, &caller.user)?;
            holder.ok_or_else(|| Refusal::NoAccount(caller.user.clone()))?.owner
        }
    };
    let context = TokenCall { gate, owner, call, params: Params::new(&own.function, &call.args) };
    context.params.require()?;
    let done = (own.handler)(&context)?;
    let mut done = modifiers::apply(&own.function, &call.args, done)?;
    done.warnings.append(&mut context.params.unused());
    Ok(done)
}

/// The account as the owner of its tokens, if there is such an account.
fn owner(gate: &Gate, account: &str) -> Result<Option<Owner>, Error> {
    let Some(account) = AccountName::existing(account) else { return Ok(None) };
    Ok(gate.account_holder(&account)?.map(|holder| holder.owner))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::auth::OF_TOKENS;

    #[test]
    fn resellers_may_call_whms_functions_of_tokens_and_no_others() {
        let whm: Vec<_> = functions()
            .filter(|function| function.family == Family::Whm)
            .map(|function| function.func)
            .collect();
        assert_eq!(whm, OF_TOKENS);
    }
}
