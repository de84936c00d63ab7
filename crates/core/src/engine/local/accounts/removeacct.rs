//! Removing an account: WHM API 1 `removeacct`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function, Param, ParamKind};
use crate::api::{Done, Family, NotDone, Refusal};
use crate::engine::local::accounts::common::{USERNAME, existing_account};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;

pub(super) const WHM: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "removeacct",
        summary: "removes an account with its domains, mailboxes and mail",
        answer: Answer::Single,
        params: &[
            USERNAME,
            Param::optional(
                "domain",
                ParamKind::Domain,
                "its main domain, to be sure; another one is refused",
            ),
        ],
        returns: &[],
        uapi: None,
    },
    handler: remove,
};

fn remove(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = existing_account(context, params, "username")?;
    let name = account.name;
    if let Some(domain) =
        params.optional("domain")?.filter(|domain| !domain.eq_ignore_ascii_case(account.domain.as_str()))
    {
        let why = format!("“{}” is not the main domain of the account “{name}”", domain.escape_debug());
        return Err(Refusal::BadValue { param: "domain", why }.into());
    }
    let kept = context.store.remove_account(&name)?;
    let kept = kept.map(|home| format!("; its home {home} was taken over in its place and stays"));
    Ok(Done::saying(format!("{name} account removed{}", kept.unwrap_or_default())))
}
