//! Listing the domains of the account: API 2 `listmaildomains`, UAPI `list_mail_domains`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Equivalent, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::MODULE;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::DomainKind;

const SUMMARY: &str = "lists the domains that mailboxes can be in";
const RETURNS: &[Return] = &[Return::new("domain", "a domain; the main one comes first")];

pub(super) const API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "listmaildomains",
        summary: SUMMARY,
        answer: Answer::List,
        params: &[Param::optional("skipmain", ParamKind::Flag, "1 leaves out the main domain")],
        returns: RETURNS,
        uapi: Some(Equivalent::rows("list_mail_domains")),
    },
    handler: |context, params| {
        let names = names(context, params.flag("skipmain")?)?;
        Ok(Done::with(Data::Rows(names.into_iter().map(row).collect())))
    },
};

pub(super) const UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "list_mail_domains",
        summary: SUMMARY,
        answer: Answer::List,
        params: &[
            Param::optional("select", ParamKind::Domain, "a domain whose row shall be marked"),
            Param::optional("add_www", ParamKind::Flag, "1 lists each domain with www. in front, too"),
            Param::optional(
                "include_wildcard",
                ParamKind::Flag,
                "without effect: there are no wildcard domains",
            ),
        ],
        returns: &[RETURNS[0], Return::new("select", "1 in the marked row")],
        uapi: None,
    },
    handler: uapi,
};

fn names(context: &Context<'_>, skip_main: bool) -> Result<Vec<String>, NotDone> {
    let domains = context.store.domains(&context.account()?)?.into_iter();
    let wanted = domains.filter(|domain| !skip_main || domain.kind != DomainKind::Main);
    Ok(wanted.map(|domain| domain.name.to_string()).collect())
}

fn row(name: String) -> Row {
    Row(vec![("domain", Field::Text(name))])
}

fn uapi(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let marked = params.optional("select")?;
    let www = params.flag("add_www")?;
    let rows = names(context, false)?.into_iter().flat_map(|name| {
        let with_www = www.then(|| row(format!("www.{name}")));
        let is_marked = marked.is_some_and(|marked| marked.eq_ignore_ascii_case(&name));
        let mut row = row(name);
        if is_marked {
            row.0.push(("select", Field::Int(1)));
        }
        std::iter::once(row).chain(with_www)
    });
    Ok(Done::with(Data::Rows(rows.collect())))
}
