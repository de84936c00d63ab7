//! What a mailbox takes up: API 2 `getdiskusage`, UAPI `get_disk_usage`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Equivalent, Function, Param, ParamKind, Payload, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Refusal, Row};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::MODULE;
use crate::engine::local::email::sizes::mebibytes;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::Address;

const USAGE_SUMMARY: &str = "tells what a mailbox takes up";
const USAGE_PARAMS: &[Param] = &[
    Param::optional(
        "domain",
        ParamKind::Domain,
        "a domain of the account; required unless the mailbox is a full address",
    ),
    Param::optional(
        "user",
        ParamKind::Mailbox,
        "the mailbox: local part or full address; required unless login is given",
    ),
    Param::optional("login", ParamKind::Mailbox, "the mailbox as full address, as lists show it"),
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

/// The mailbox that a call names, by one of two names.
fn named(params: &Params<'_>) -> Result<Address, Refusal> {
    let (domain, login) = (params.optional("domain")?, params.optional("login")?);
    let Some(name) = params.optional("user")?.or(login) else {
        let missing = if domain.is_none() { "domain" } else { "user" };
        return Err(Refusal::Missing(missing));
    };
    if domain.is_none() && !name.contains('@') {
        return Err(Refusal::Missing("domain"));
    }
    let address = Address::existing(name, domain)?;
    match login.map(|login| Address::existing(login, domain)).transpose()? {
        Some(other) if other != address => {
            let why = format!("“{other}” is another mailbox than user and domain name");
            Err(Refusal::BadValue { param: "login", why })
        }
        _ => Ok(address),
    }
}

fn usage(context: &Context<'_>, params: &Params<'_>) -> Result<Row, NotDone> {
    let account = context.account()?;
    let address = named(params)?;
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
