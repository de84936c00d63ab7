//! Forwarding all mail of a domain: API 2 `adddomainforward` and `listdomainforwards`, UAPI
//! `add_domain_forwarder`, `delete_domain_forwarder` and `list_domain_forwarders`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Equivalent, Function, Param, ParamKind, Payload, Return, Value};
use crate::api::{Data, Done, Family, Field, NotDone, Refusal, Row};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{MODULE, NOTHING};
use crate::engine::local::entry::CatalogueEntry;
use crate::store::Domain;

const ADD_SUMMARY: &str = "forwards a domain's mail that has neither mailbox nor forwarder to another domain";
const ADDED: &[(&str, Value)] = &[("status", Value::Int(1)), ("statusmsg", Value::Text("OK"))];
const DOMAIN: Param = Param::required("domain", ParamKind::Text, "a domain of the account");
const ADD_PARAMS: &[Param] =
    &[DOMAIN, Param::required("destdomain", ParamKind::Text, "the domain to forward to")];

pub(super) const ADD_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "adddomainforward",
        summary: ADD_SUMMARY,
        answer: Answer::Status(""),
        params: ADD_PARAMS,
        returns: &[Return::new("status", "1"), Return::new("statusmsg", "OK")],
        uapi: Some(Equivalent::new("add_domain_forwarder", Payload::Success(ADDED))),
    },
    handler: |context, params| {
        add(context, params)?;
        Ok(Done::with(Data::Rows(vec![Row::constant(ADDED)])))
    },
};

pub(super) const ADD_UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "add_domain_forwarder",
        summary: ADD_SUMMARY,
        answer: Answer::Single,
        params: ADD_PARAMS,
        returns: &[Return::new("data", "the domain that mail goes to now")],
        uapi: None,
    },
    handler: |context, params| Ok(Done::with(Data::Text(add(context, params)?.to_string()))),
};

pub(super) const DELETE_UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "delete_domain_forwarder",
        summary: "takes the forwarding of a domain's mail back",
        answer: Answer::Single,
        params: &[DOMAIN],
        returns: &[NOTHING],
        uapi: None,
    },
    handler: |context, params| {
        let account = context.account()?;
        let domain = Domain::parse(params.required("domain")?)?;
        if context.store.domain_forwarder(&account, &domain)?.is_none() {
            let why = format!("the mail of “{domain}” is not forwarded");
            return Err(Refusal::BadValue { param: "domain", why }.into());
        }
        context.store.set_domain_forwarder(&account, &domain, None)?;
        Ok(Done::default())
    },
};

const LIST_SUMMARY: &str = "lists domains whose mail is forwarded";
const LIST_PARAMS: &[Param] = &[Param::optional("domain", ParamKind::Domain, "only this domain")];
const LIST_RETURNS: &[Return] =
    &[Return::new("dest", "the domain"), Return::new("forward", "the domain that its mail goes to")];

pub(super) const LIST_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "listdomainforwards",
        summary: LIST_SUMMARY,
        answer: Answer::List,
        params: LIST_PARAMS,
        returns: LIST_RETURNS,
        uapi: Some(Equivalent::rows("list_domain_forwarders")),
    },
    handler: list,
};

pub(super) const LIST_UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "list_domain_forwarders",
        summary: LIST_SUMMARY,
        answer: Answer::List,
        params: LIST_PARAMS,
        returns: LIST_RETURNS,
        uapi: None,
    },
    handler: list,
};

fn add(context: &Context<'_>, params: &Params<'_>) -> Result<Domain, NotDone> {
    let account = context.account()?;
    let domain = Domain::parse(params.required("domain")?)?;
    let to = Domain::parse(params.required("destdomain")?)?;
    if to == domain {
        let why = "a domain cannot be forwarded to itself".to_owned();
        return Err(Refusal::BadValue { param: "destdomain", why }.into());
    }
    context.store.set_domain_forwarder(&account, &domain, Some(&to))?;
    Ok(to)
}

fn list(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = context.account()?;
    let one = params.optional("domain")?.map(Domain::parse).transpose()?;
    let mut rows = Vec::new();
    for domain in context.domains_or_one(&account, one.as_ref())? {
        if let Some(to) = context.store.domain_forwarder(&account, &domain)? {
            rows.push(Row(vec![
                ("dest", Field::Text(domain.to_string())),
                ("forward", Field::Text(to.to_string())),
            ]));
        }
    }
    Ok(Done::with(Data::Rows(rows)))
}
