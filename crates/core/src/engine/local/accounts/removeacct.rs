//! Removing an account: WHM API 1 `removeacct`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function};
use crate::api::{Done, Family, NotDone};
use crate::engine::local::accounts::common::{USERNAME, existing_name};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;

pub(super) const WHM: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "removeacct",
        summary: "removes an account with its domains, mailboxes and mail",
        answer: Answer::Single,
        params: &[USERNAME],
        returns: &[],
        uapi: None,
    },
    handler: remove,
};

fn remove(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let name = existing_name(params, "username")?;
    let kept = context.store.remove_account(&name)?;
    let kept = kept.map(|home| format!("; its home {home} was taken over in its place and stays"));
    Ok(Done::saying(format!("{name} account removed{}", kept.unwrap_or_default())))
}
