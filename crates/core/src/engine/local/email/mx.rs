//! Where mail of a domain is accepted: API 2 `listmxs`, `listmx`, `getmxcheck`, `getalwaysaccept`, UAPI `list_mxs`.
//! MX records themselves are the DNS's, so none is listed, and what would change one is refused.

use crate::api::catalogue::{Equivalent, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Params, Refusal, Row};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{MODULE, OWN_USER, own_user};
use crate::engine::local::entry::CatalogueEntry;
use crate::store::Domain;

const SUMMARY: &str = "lists domains and where their mail is accepted: here; MX records are kept in the DNS";
const DOMAIN: Param = Param::optional("domain", ParamKind::Domain, "only this domain");
const RETURNS: &[Return] = &[
    Return::new("domain", "a domain"),
    Return::new("mxcheck, detected", "local: its mail is accepted here"),
    Return::new("local, alwaysaccept", "1"),
    Return::new("secondary, remote", "0"),
    Return::new("mx, entries", "null and an empty list: MX records are not kept here"),
    Return::new("status, statusmsg", "1, and the same as a text"),
];
/// What is told beside the empty list, so that nobody reads that the DNS has none.
const SAID: &str =
    "Mail of the domain is accepted here; MX records are kept in the DNS and not by this store";
const LOCAL: &str = "local";

pub(super) const LIST_API2: CatalogueEntry = api2_list("listmxs");
/// The same under its old name.
pub(super) const OLD_LIST_API2: CatalogueEntry = api2_list("listmx");

pub(super) const LIST_UAPI: CatalogueEntry =
    CatalogueEntry::new((Family::Uapi, MODULE), "list_mxs", SUMMARY, RETURNS, list)
        .taking(&[DOMAIN])
        .listing();

pub(super) const CHECK_API2: CatalogueEntry = CatalogueEntry::new(
    (Family::Api2, MODULE),
    "getmxcheck",
    "tells where mail of a domain is accepted: here",
    &[Return::new("domain", "a domain"), Return::new("mxcheck", LOCAL)],
    |context, params| {
        each(context, params, |domain| vec![("domain", text(domain)), ("mxcheck", text(LOCAL))])
    },
)
.taking(&[DOMAIN])
.listing();

pub(super) const ALWAYS_API2: CatalogueEntry = CatalogueEntry::new(
    (Family::Api2, MODULE),
    "getalwaysaccept",
    "tells whether mail of a domain is accepted whatever the DNS says: it is",
    &[Return::new("domain", "a domain"), Return::new("alwaysaccept", "1"), Return::new("mxcheck", LOCAL)],
    |context, params| {
        each(context, params, |domain| {
            vec![("domain", text(domain)), ("alwaysaccept", Field::Int(1)), ("mxcheck", text(LOCAL))]
        })
    },
)
.taking(&[DOMAIN])
.listing();

const fn api2_list(func: &'static str) -> CatalogueEntry {
    CatalogueEntry::new((Family::Api2, MODULE), func, SUMMARY, RETURNS, |context, params| {
        own_user(params, &context.account()?)?;
        list(context, params)
    })
    .taking(&[DOMAIN, OWN_USER])
    .listing()
    .with_twin(Equivalent::rows("list_mxs"))
}

fn list(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    each(context, params, |domain| {
        vec![
            ("domain", text(domain)),
            ("mxcheck", text(LOCAL)),
            ("detected", text(LOCAL)),
            ("local", Field::Int(1)),
            ("alwaysaccept", Field::Int(1)),
            ("secondary", Field::Int(0)),
            ("remote", Field::Int(0)),
            ("mx", Field::Null),
            ("entries", Field::Rows(Vec::new())),
            ("status", Field::Int(1)),
            ("statusmsg", text(SAID)),
        ]
    })
}

/// A row for the domain that is asked for, or for each of the account.
fn each(
    context: &Context<'_>,
    params: &Params<'_>,
    row: impl Fn(&str) -> Vec<(&'static str, Field)>,
) -> Result<Done, NotDone> {
    let account = context.account()?;
    let one = params.optional("domain")?.map(Domain::parse).transpose()?;
    let mut domains = context.domains_or_one(&account, None)?;
    if let Some(one) = one {
        if !domains.contains(&one) {
            return Err(Refusal::ForeignDomain(one.to_string()).into());
        }
        domains = vec![one];
    }
    Ok(Done::with(Data::Rows(domains.iter().map(|domain| Row(row(domain.as_str()))).collect())))
}

fn text(text: &str) -> Field {
    Field::Text(text.to_owned())
}
