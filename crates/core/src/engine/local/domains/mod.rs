//! Domains of an account: UAPI `DomainInfo`, and the API 2 modules `AddonDomain` and `Park` as far as mail
//! needs them. Document roots, subdomains and DNS zones are not kept here.

mod addon;
mod info;

use super::{Context, Entry, Params};
use crate::api::catalogue::{Param, ParamKind, Return};
use crate::api::{Data, Done, NotDone, Row};
use crate::store::{Domain, DomainKind, HostedDomain};

/// All functions of these modules.
pub(super) static ENTRIES: &[Entry] = &[
    addon::ADD,
    addon::DELETE,
    addon::LIST,
    addon::PARK,
    addon::UNPARK,
    addon::LIST_PARKED,
    addon::LIST_ADDON,
    info::LIST,
    info::DATA,
];

const RESULT: Return = Return::new("result", "1 done, 0 refused");
const REASON: Return = Return::new("reason", "why it was refused");
const REGEX: Param =
    Param::optional("regex", ParamKind::Text, "a regular expression that the domain must match");

fn add(context: &Context<'_>, name: &str, kind: DomainKind) -> Result<Done, NotDone> {
    let account = context.account()?;
    context.store.add_domain(&account, &HostedDomain { name: Domain::parse(name)?, kind })?;
    Ok(Done::with(Data::Rows(vec![Row::success()])))
}

fn remove(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = context.account()?;
    context.store.remove_domain(&account, &Domain::parse(params.required("domain")?)?)?;
    Ok(Done::with(Data::Rows(vec![Row::success()])))
}

/// The account's domains of a kind that a call asks for, a row each.
fn list(context: &Context<'_>, params: &Params<'_>, kind: DomainKind) -> Result<Done, NotDone> {
    let account = context.account()?;
    let wanted = params.pattern("regex")?;
    let domains = context.store.domains(&account)?.into_iter().filter(|domain| domain.kind == kind);
    let domains =
        domains.filter(|domain| wanted.as_ref().is_none_or(|regex| regex.is_match(domain.name.as_str())));
    Ok(Done::with(Data::Rows(domains.map(|domain| addon::row(&account, &domain)).collect())))
}
