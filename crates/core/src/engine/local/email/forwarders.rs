//! Forwarders: API 2 `addforward`, `delforward`, `listforwards`, UAPI `add_forwarder`,
//! `delete_forwarder`, `list_forwarders`, `count_forwarders`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Equivalent, Function, Param, ParamKind, Payload, Return, Value};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::base::text::escape_html;
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{DOMAIN, MODULE, NOTHING, new_address};
use crate::engine::local::email::destination::{self, FAILMSGS, FWDEMAIL, FWDSYSTEM, PIPEFWD};
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Account, Address, Domain, Forwarder};

const ADD_SUMMARY: &str = "forwards the mail of an address; its mailbox, if there is one, gets it too";
const EMAIL: Param = Param::required("email", ParamKind::Mailbox, "the address: local part or all of it");
const FWDOPT: Param = Param::required(
    "fwdopt",
    ParamKind::Text,
    "fwd (to fwdemail), fail (back, with failmsgs), blackhole (nowhere), pipe (to pipefwd) or system (to fwdsystem)",
);
const ADD_PARAMS: &[Param] = &[DOMAIN, EMAIL, FWDOPT, FWDEMAIL, FAILMSGS, PIPEFWD, FWDSYSTEM];
const ADD_RETURNS: &[Return] = &[
    Return::new("email", "the address"),
    Return::new("domain", "its domain"),
    Return::new("forward", "where its mail goes"),
];

pub(super) const ADD_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "addforward",
        summary: ADD_SUMMARY,
        answer: Answer::Text,
        params: ADD_PARAMS,
        returns: ADD_RETURNS,
        uapi: Some(Equivalent::rows("add_forwarder")),
    },
    handler: add,
};

pub(super) const ADD_UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "add_forwarder",
        summary: ADD_SUMMARY,
        answer: Answer::Single,
        params: ADD_PARAMS,
        returns: ADD_RETURNS,
        uapi: None,
    },
    handler: add,
};

const DELETE_SUMMARY: &str = "deletes a forwarder";
/// Recorded: the status is a text.
const DELETED: &[(&str, Value)] = &[("statusmsg", Value::Text("OK")), ("status", Value::Text("1"))];

pub(super) const DELETE_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "delforward",
        summary: DELETE_SUMMARY,
        answer: Answer::Status("Failed to delete forwarder."),
        params: &[
            Param::required("email", ParamKind::Mailbox, "the full address"),
            Param::required("emaildest", ParamKind::Text, "where its mail goes, as lists show it"),
        ],
        returns: &[Return::new("statusmsg", "OK"), Return::new("status", "1, as a text")],
        uapi: Some(Equivalent {
            renamed: &[("email", "address"), ("emaildest", "forwarder")],
            ..Equivalent::new("delete_forwarder", Payload::Success(DELETED))
        }),
    },
    handler: |context, params| {
        delete(context, params.required("email")?, params.required("emaildest")?)?;
        Ok(Done::with(Data::Rows(vec![Row::constant(DELETED)])))
    },
};

pub(super) const DELETE_UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "delete_forwarder",
        summary: DELETE_SUMMARY,
        answer: Answer::Single,
        params: &[
            Param::required("address", ParamKind::Mailbox, "the full address"),
            Param::required("forwarder", ParamKind::Text, "where its mail goes, as lists show it"),
        ],
        returns: &[NOTHING],
        uapi: None,
    },
    handler: |context, params| {
        delete(context, params.required("address")?, params.required("forwarder")?)?;
        Ok(Done::default())
    },
};

const LIST_SUMMARY: &str = "lists forwarders";
const LIST_DOMAIN: Param = Param::optional("domain", ParamKind::Domain, "only forwarders of this domain");
const LIST_REGEX: Param =
    Param::optional("regex", ParamKind::Text, "a regular expression that the address must match");
const LIST_RETURNS: &[Return] = &[
    Return::new("dest", "the address"),
    Return::new("forward", "where its mail goes"),
    Return::new("html_dest, html_forward", "the same for HTML"),
    Return::new("uri_dest, uri_forward", "the same for URLs"),
];

pub(super) const LIST_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "listforwards",
        summary: LIST_SUMMARY,
        answer: Answer::List,
        params: &[LIST_DOMAIN, LIST_REGEX],
        returns: LIST_RETURNS,
        uapi: Some(Equivalent::rows("list_forwarders")),
    },
    handler: list,
};

pub(super) const LIST_UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "list_forwarders",
        summary: LIST_SUMMARY,
        answer: Answer::List,
        params: &[LIST_DOMAIN, LIST_REGEX],
        returns: LIST_RETURNS,
        uapi: None,
    },
    handler: list,
};

pub(super) const COUNT_UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "count_forwarders",
        summary: "counts the forwarders of all domains",
        answer: Answer::Single,
        params: &[],
        returns: &[Return::new("data", "how many there are")],
        uapi: None,
    },
    handler: |context, _| {
        let all = forwarders(context, &context.account()?, None)?;
        Ok(Done::with(Data::Int(all.len() as i64)))
    },
};

fn add(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = context.account()?;
    let address = new_address(params, &account)?;
    let all = destination::given(params, &account)?;
    let mut rows = Vec::new();
    for to in &all {
        context.store.add_forwarder(&account, &address, to)?;
        rows.push(Row(vec![
            ("email", Field::Text(address.to_string())),
            ("domain", Field::Text(address.domain.to_string())),
            ("forward", Field::Text(to.to_string())),
        ]));
    }
    Ok(Done::with(Data::Rows(rows)))
}

fn delete(context: &Context<'_>, email: &str, to: &str) -> Result<(), NotDone> {
    let account = context.account()?;
    // A local part alone means the main domain, as everywhere.
    let domain = (!email.contains('@')).then_some(account.domain.as_str());
    context.store.remove_forwarder(&account, &Address::existing(email, domain)?, to)
}

fn list(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = context.account()?;
    let wanted = params.pattern("regex")?;
    let domain = params.optional("domain")?.map(Domain::parse).transpose()?;
    let mut all = forwarders(context, &account, domain.as_ref())?;
    all.retain(|forwarder| wanted.as_ref().is_none_or(|regex| regex.is_match(&forwarder.address)));
    Ok(Done::with(Data::Rows(all.iter().map(row).collect())))
}

fn forwarders(
    context: &Context<'_>,
    account: &Account,
    domain: Option<&Domain>,
) -> Result<Vec<Forwarder>, NotDone> {
    let mut all = Vec::new();
    for domain in context.domains_or_one(account, domain)? {
        all.extend(context.store.forwarders(account, &domain)?);
    }
    Ok(all)
}

fn row(forwarder: &Forwarder) -> Row {
    let (dest, forward) = (&forwarder.address, forwarder.to.to_string());
    Row(vec![
        ("dest", Field::Text(dest.clone())),
        ("forward", Field::Text(forward.clone())),
        ("html_dest", Field::Text(escape_html(dest))),
        ("html_forward", Field::Text(escape_html(&forward))),
        ("uri_dest", Field::Text(uri(dest))),
        ("uri_forward", Field::Text(uri(&forward))),
    ])
}

/// Recorded: `foo%40example.com`.
fn uri(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len() + 2), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn addresses_for_urls() {
        assert_eq!(super::uri("foo+ä@example.com"), "foo%2B%C3%A4%40example.com");
    }
}
