//! Listing the domains of the account: API 2 `listmaildomains`, UAPI `list_mail_domains`.

use super::{Context, Entry, MODULE, Params};
use crate::api::catalogue::{Answer, Equivalent, Function, Kind, Param, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::store::{DomainKind, HostedDomain};

const SUMMARY: &str = "lists the domains that mailboxes can be in";
const RETURNS: &[Return] = &[Return::new("domain", "a domain; the main one comes first")];

pub(super) const API2: Entry = Entry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "listmaildomains",
        summary: SUMMARY,
        answer: Answer::List,
        params: &[Param::optional("skipmain", Kind::Flag, "1 leaves out the main domain")],
        returns: RETURNS,
        uapi: Some(Equivalent { func: "list_mail_domains", renamed: &[] }),
    },
    handler: |context, params| rows(context, params.flag("skipmain")?),
};

pub(super) const UAPI: Entry = Entry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "list_mail_domains",
        summary: SUMMARY,
        answer: Answer::List,
        params: &[],
        returns: RETURNS,
        uapi: None,
    },
    handler: |context, _: &Params<'_>| rows(context, false),
};

fn rows(context: &Context<'_>, skip_main: bool) -> Result<Done, NotDone> {
    let account = context.account()?;
    let domains = context.store.domains(&account)?;
    let wanted = domains.into_iter().filter(|domain| !skip_main || domain.kind != DomainKind::Main);
    let row = |domain: HostedDomain| Row(vec![("domain", Field::Text(domain.name.to_string()))]);
    Ok(Done::with(Data::Rows(wanted.map(row).collect())))
}
