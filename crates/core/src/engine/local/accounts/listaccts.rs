//! Listing accounts: WHM API 1 `listaccts`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::engine::local::accounts::row::{FIELDS, rows};
use crate::engine::local::accounts::search::AccountSearch;
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::UnreadableAccount;

pub(super) const WHM: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "listaccts",
        summary: "lists the accounts",
        answer: Answer::Single,
        params: &[AccountSearch::TYPE, AccountSearch::TEXT, AccountSearch::METHOD],
        returns: FIELDS,
        uapi: None,
    },
    handler: list,
};

fn list(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let search = AccountSearch::read(params)?;
    let mut accounts = context.store.accounts()?;
    accounts.retain(|account| search.finds(account));
    let (rows, said) = rows(context, &accounts)?;
    let warnings = context.store.unreadable_accounts()?.into_iter().map(|UnreadableAccount { name, why }| {
        format!("The account “{name}” is left out, because its record cannot be read: {why}")
    });
    let warnings = warnings.chain(said).collect();
    Ok(Done { warnings, ..Done::with(Data::Object(Row(vec![("acct", Field::Rows(rows))]))) })
}
