//! Listing accounts: WHM API 1 `listaccts`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Refusal, Row};
use crate::engine::local::accounts::common::row;
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Account, UnreadableAccount};

pub(super) const WHM: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "listaccts",
        summary: "lists the accounts",
        answer: Answer::Single,
        params: &[
            Param::optional(
                "searchtype",
                ParamKind::Text,
                "what search looks at: domain (the default) or user",
            ),
            Param::optional("search", ParamKind::Text, "a regular expression that it must match"),
        ],
        returns: &[Return::new(
            "acct",
            "a list of user, domain, uid, suspended (1 or 0), suspendreason, suspendtime and unix_startdate (seconds, UTC), maxpop, max_emailacct_quota (MB), maxaddons, maxparked, maxsub",
        )],
        uapi: None,
    },
    handler: list,
};

fn list(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let wanted = params.pattern("search")?;
    let by_user = match params.optional("searchtype")? {
        None | Some("domain") => false,
        Some("user") => true,
        Some(other) => {
            let why = format!("“{}” is not known; use domain or user", other.escape_debug());
            return Err(Refusal::BadValue { param: "searchtype", why }.into());
        }
    };
    let matches = |account: &Account| {
        let text = if by_user { account.name.as_str() } else { account.domain.as_str() };
        wanted.as_ref().is_none_or(|regex| regex.is_match(text))
    };
    let rows = context.store.accounts()?.into_iter().filter(matches).map(|account| row(&account)).collect();
    let warnings = context.store.unreadable_accounts()?.into_iter().map(|UnreadableAccount { name, why }| {
        format!("The account “{name}” is left out, because its record cannot be read: {why}")
    });
    let warnings = warnings.collect();
    Ok(Done { warnings, ..Done::with(Data::Object(Row(vec![("acct", Field::Rows(rows))]))) })
}
