//! The name of a mailbox: API 2 `accountname`, UAPI `account_name`.
//!
//! cPanel's pages describe two different behaviours, and both are kept: API 2 turns an address into its
//! local part and a local part into an address, UAPI gives back what it got.

use crate::api::Params;
use crate::api::catalogue::{Answer, Equivalent, Function, Param, ParamKind, Payload, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::MODULE;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::Address;

const SUMMARY: &str = "tells the name of a mailbox";
const PARAMS: &[Param] = &[
    Param::optional("account", ParamKind::Mailbox, "the mailbox: local part or full address"),
    Param::optional(
        "display",
        ParamKind::Text,
        "anything, without account, for the words that mean all mail",
    ),
];

pub(super) const API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "accountname",
        summary: SUMMARY,
        answer: Answer::Single,
        params: PARAMS,
        returns: &[Return::new("account", "the local part of an address, the address of a local part")],
        uapi: Some(Equivalent::new(
            "account_name",
            Payload::Other("it gives back the name that it was given"),
        )),
    },
    handler: |context, params| {
        let name = match params.optional("account")? {
            Some(given) => other_form(context, given)?,
            None => all_mail(context, params, "All Mail On Your Account")?,
        };
        Ok(Done::with(Data::Rows(vec![Row(vec![("account", Field::Text(name))])])))
    },
};

pub(super) const UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "account_name",
        summary: SUMMARY,
        answer: Answer::Single,
        params: PARAMS,
        returns: &[Return::new("data", "the name that was given, or the words that mean all mail")],
        uapi: None,
    },
    handler: |context, params| {
        let name = match params.optional("account")? {
            Some(given) => given.to_owned(),
            None => all_mail(context, params, "All Mail On The Account")?,
        };
        Ok(Done::with(Data::Text(name)))
    },
};

fn other_form(context: &Context<'_>, given: &str) -> Result<String, NotDone> {
    if given.contains('@') {
        return Ok(Address::existing(given, None)?.local.to_string());
    }
    let account = context.account()?;
    Ok(Address::existing(given, Some(account.domain.as_str()))?.to_string())
}

fn all_mail(context: &Context<'_>, params: &Params<'_>, words: &str) -> Result<String, NotDone> {
    if params.optional("display")?.is_some() {
        return Ok(words.to_owned());
    }
    Ok(context.account()?.name.to_string())
}
