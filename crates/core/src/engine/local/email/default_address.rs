//! Where mail goes that is for nobody: API 2 `listdefaultaddresses`, `setdefaultaddress` and
//! `checkmaindiscard`, UAPI `list_default_address` and `set_default_address`.

use crate::api::Params;
use crate::api::catalogue::{Added, Answer, Equivalent, Function, Param, ParamKind, Payload, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{MODULE, OWN_USER, own_user};
use crate::engine::local::email::destination::{self, FAILMSGS, FWDEMAIL, PIPEFWD};
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Account, Destination, Domain};

const LIST_SUMMARY: &str = "lists where mail goes that is for nobody";
const LIST_PARAMS: &[Param] = &[Param::optional("domain", ParamKind::Domain, "only this domain"), OWN_USER];
const LIST_RETURNS: &[Return] =
    &[Return::new("domain", "a domain"), Return::new("defaultaddress", "where such mail goes")];

pub(super) const LIST_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "listdefaultaddresses",
        summary: LIST_SUMMARY,
        answer: Answer::List,
        params: LIST_PARAMS,
        returns: LIST_RETURNS,
        uapi: Some(Equivalent {
            // UAPI's page wants it.
            added: &[("user", Added::Account)],
            ..Equivalent::rows("list_default_address")
        }),
    },
    handler: list,
};

pub(super) const LIST_UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "list_default_address",
        summary: LIST_SUMMARY,
        answer: Answer::List,
        params: LIST_PARAMS,
        returns: LIST_RETURNS,
        uapi: None,
    },
    handler: list,
};

const SET_SUMMARY: &str = "changes where mail goes that is for nobody";
/// What API 2 says when it is changed. Recorded.
const DONE: &str = "success";
const FWDOPT: Param = Param::required(
    "fwdopt",
    ParamKind::Text,
    "fwd (to fwdemail), fail (back, with failmsgs), blackhole (nowhere) or pipe (to pipefwd)",
);
const SET_PARAMS: &[Param] = &[
    Param::optional("domain", ParamKind::Domain, "a domain of the account; default: the main one"),
    FWDOPT,
    FWDEMAIL,
    FAILMSGS,
    PIPEFWD,
];

pub(super) const SET_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "setdefaultaddress",
        summary: SET_SUMMARY,
        answer: Answer::Text,
        params: SET_PARAMS,
        returns: &[Return::new("data", "a list with the one text “success”")],
        uapi: Some(Equivalent::new("set_default_address", Payload::Word(DONE))),
    },
    handler: |context, params| {
        set(context, params)?;
        Ok(Done::with(Data::Texts(vec![DONE.to_owned()])))
    },
};

pub(super) const SET_UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "set_default_address",
        summary: SET_SUMMARY,
        answer: Answer::Single,
        params: SET_PARAMS,
        returns: &[Return::new("domain", "the domain"), Return::new("dest", "where such mail goes now")],
        uapi: None,
    },
    handler: |context, params| {
        let (domain, to) = set(context, params)?;
        let row = Row(vec![("domain", Field::Text(domain.to_string())), ("dest", Field::Text(joined(&to)))]);
        Ok(Done::with(Data::Rows(vec![row])))
    },
};

pub(super) const DISCARDS: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "checkmaindiscard",
        summary: "tells whether mail that is for nobody is deleted",
        answer: Answer::Single,
        params: &[Param::optional(
            "domain",
            ParamKind::Domain,
            "a domain of the account; default: the main one",
        )],
        returns: &[Return::new("status", "1 if it is discarded or refused, 0 if it is forwarded")],
        uapi: None,
    },
    handler: |context, params| {
        let account = context.account()?;
        let to = context.store.default_address(&account, &domain(params, &account)?)?;
        let deleted = to.iter().all(Destination::is_final);
        Ok(Done::with(Data::Rows(vec![Row(vec![("status", Field::Int(deleted.into()))])])))
    },
};

fn domain(params: &Params<'_>, account: &Account) -> Result<Domain, NotDone> {
    let given = params.optional("domain")?;
    Ok(given.map_or_else(|| Ok(account.domain.clone()), Domain::parse)?)
}

fn list(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = context.account()?;
    own_user(params, &account)?;
    let one = params.optional("domain")?.map(Domain::parse).transpose()?;
    let mut rows = Vec::new();
    for domain in context.domains_or_one(&account, one.as_ref())? {
        let to = context.store.default_address(&account, &domain)?;
        rows.push(Row(vec![
            ("domain", Field::Text(domain.to_string())),
            ("defaultaddress", Field::Text(shown(&to))),
        ]));
    }
    Ok(Done::with(Data::Rows(rows)))
}

fn set(context: &Context<'_>, params: &Params<'_>) -> Result<(Domain, Vec<Destination>), NotDone> {
    let account = context.account()?;
    let domain = domain(params, &account)?;
    let to = destination::given(params, &account)?;
    context.store.set_default_address(&account, &domain, &to)?;
    Ok((domain, to))
}

fn joined(to: &[Destination]) -> String {
    to.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Recorded: a refusal stands in quotation marks.
fn shown(to: &[Destination]) -> String {
    match to {
        [Destination::Fail(_)] => format!("\"{}\"", joined(to)),
        _ => joined(to),
    }
}
