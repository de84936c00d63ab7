//! Listing accounts: WHM API 1 `listaccts`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::engine::local::accounts::row::{FIELDS, Sight};
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
    let mut sight = Sight::now(context)?;
    let accounts = context.store.accounts()?.into_iter().filter(|account| search.finds(account));
    let rows = accounts.map(|account| sight.row(&account)).collect();
    let warnings = context.store.unreadable_accounts()?.into_iter().map(|UnreadableAccount { name, why }| {
        format!("The account “{name}” is left out, because its record cannot be read: {why}")
    });
    let warnings = warnings.chain(sight.warnings()).collect();
    Ok(Done { warnings, ..Done::with(Data::Object(Row(vec![("acct", Field::Rows(rows))]))) })
}
