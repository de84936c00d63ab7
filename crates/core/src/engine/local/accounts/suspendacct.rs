//! Suspending an account: WHM API 1 `suspendacct` and `unsuspendacct`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function, Param, ParamKind};
use crate::api::{Done, Family, NotDone, Refusal};
use crate::engine::local::accounts::common::{USER, existing_name};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;

/// Longest reason, in bytes.
const MAX_REASON: usize = 1000;
const REASON: Param = Param::optional(
    "reason",
    ParamKind::Text,
    "why; shown as suspendreason, one line of at most 1,000 bytes",
);

pub(super) const SUSPEND: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "suspendacct",
        summary: "suspends an account: no mailbox of it logs in or changes",
        answer: Answer::Single,
        params: &[USER, REASON],
        returns: &[],
        uapi: None,
    },
    handler: |context, params| {
        let reason = params.optional("reason")?.map(reason).transpose()?;
        set(context, params, true, reason)
    },
};

pub(super) const UNSUSPEND: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "unsuspendacct",
        summary: "takes the suspension of an account back; single mailboxes stay as they are",
        answer: Answer::Single,
        params: &[USER],
        returns: &[],
        uapi: None,
    },
    handler: |context, params| set(context, params, false, None),
};

/// A reason that the account's record can hold.
fn reason(text: &str) -> Result<&str, Refusal> {
    let bad = |why: &str| Refusal::BadValue { param: "reason", why: why.to_owned() };
    let text = text.trim();
    if text.len() > MAX_REASON {
        return Err(bad("it is longer than 1,000 bytes"));
    }
    if text.contains(char::is_control) {
        return Err(bad("it holds a line end or another control character; give one line"));
    }
    Ok(text)
}

fn set(
    context: &Context<'_>,
    params: &Params<'_>,
    suspended: bool,
    reason: Option<&str>,
) -> Result<Done, NotDone> {
    let name = existing_name(params, "user")?;
    context.store.suspend_account(&name, suspended, reason)?;
    let state = if suspended { "suspended" } else { "unsuspended" };
    Ok(Done::saying(format!("{name}'s account has been {state}")))
}
