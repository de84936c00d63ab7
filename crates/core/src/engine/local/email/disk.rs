//! What a mailbox takes up: API 2 `getdiskusage`, UAPI `get_disk_usage`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Equivalent, Function, Param, ParamKind, Payload, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::MODULE;
use crate::engine::local::email::sizes::mebibytes;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::Address;

const USAGE_SUMMARY: &str = "tells what a mailbox takes up";
const USAGE_PARAMS: &[Param] = &[
    Param::required("domain", ParamKind::Domain, "a domain of the account"),
    Param::required("user", ParamKind::Mailbox, "the mailbox: local part or full address"),
];
const USAGE_RETURNS: &[Return] = &[
    Return::new("diskused", "MB used, with two decimals"),
    Return::new("domain", "the domain"),
    Return::new("login", "the address"),
    Return::new("user", "the local part"),
];

pub(super) const USAGE_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "getdiskusage",
        summary: USAGE_SUMMARY,
        answer: Answer::Single,
        params: USAGE_PARAMS,
        returns: USAGE_RETURNS,
        uapi: Some(Equivalent::new("get_disk_usage", Payload::Rows(&["diskused"]))),
    },
    handler: |context, params| Ok(Done::with(Data::Rows(vec![usage(context, params)?]))),
};

pub(super) const USAGE_UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "get_disk_usage",
        summary: USAGE_SUMMARY,
        answer: Answer::Single,
        params: USAGE_PARAMS,
        returns: USAGE_RETURNS,
        uapi: None,
    },
    handler: |context, params| Ok(Done::with(Data::Object(usage(context, params)?))),
};

fn usage(context: &Context<'_>, params: &Params<'_>) -> Result<Row, NotDone> {
    let account = context.account()?;
    let address = Address::existing(params.required("user")?, params.optional("domain")?)?;
    // Refuses a mailbox that does not exist; folders alone make none.
    context.store.quota(&account, &address)?;
    let used = context.store.disk_use(&account, &[&address])?;
    Ok(Row(vec![
        ("diskused", Field::Text(mebibytes(used.iter().map(|used| used.bytes).sum()))),
        ("domain", Field::Text(address.domain.to_string())),
        ("login", Field::Text(address.to_string())),
        ("user", Field::Text(address.local.to_string())),
    ]))
}
