//! One account: WHM API 1 `accountsummary`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Refusal, Row};
use crate::engine::local::accounts::common::{USER, existing_name};
use crate::engine::local::accounts::row::rows;
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;

pub(super) const WHM: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "accountsummary",
        summary: "tells what is known about an account",
        answer: Answer::Single,
        params: &[USER],
        returns: &[Return::new("acct", "a list with the one account, as listaccts gives it")],
        uapi: None,
    },
    handler: summary,
};

fn summary(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let name = existing_name(params, "user")?;
    let account = context.store.account(&name)?.ok_or_else(|| Refusal::NoAccount(name.to_string()))?;
    let (rows, warnings) = rows(context, std::slice::from_ref(&account))?;
    Ok(Done { warnings, ..Done::with(Data::Object(Row(vec![("acct", Field::Rows(rows))]))) })
}
