//! Suspending an account: WHM API 1 `suspendacct` and `unsuspendacct`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function};
use crate::api::{Done, Family, NotDone};
use crate::engine::local::accounts::common::{USER, existing_name};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;

pub(super) const SUSPEND: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "suspendacct",
        summary: "suspends an account: no mailbox of it logs in or changes",
        answer: Answer::Single,
        params: &[USER],
        returns: &[],
        uapi: None,
    },
    handler: |context, params| set(context, params, true),
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
    handler: |context, params| set(context, params, false),
};

fn set(context: &Context<'_>, params: &Params<'_>, suspended: bool) -> Result<Done, NotDone> {
    let name = existing_name(params, "user")?;
    context.store.suspend_account(&name, suspended)?;
    let state = if suspended { "suspended" } else { "unsuspended" };
    Ok(Done::saying(format!("{name}'s account has been {state}")))
}
