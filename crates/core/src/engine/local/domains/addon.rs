//! Further domains of an account: API 2 `AddonDomain` and `Park`.

use crate::api::Params;
use crate::api::catalogue::{Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::engine::local::context::Context;
use crate::engine::local::entry::{CatalogueEntry, Handler};
use crate::store::{Account, Domain, DomainKind, HostedDomain};

const RESULT: Return = Return::new("result", "1 done, 0 refused");
const REASON: Return = Return::new("reason", "why it was refused");
const REGEX: Param =
    Param::optional("regex", ParamKind::Text, "a regular expression that the domain must match");

const ADDON: &str = "AddonDomain";
const PARK_MODULE: &str = "Park";
const DOMAIN: Param = Param::required("domain", ParamKind::Domain, "the domain");
const LIST_RETURNS: &[Return] = &[
    Return::new("domain", "the domain"),
    Return::new("rootdomain", "the account's main domain"),
    Return::new("domainkey", "the domain as cPanel's subdomain would be named"),
    Return::new("subdomain, fullsubdomain", "that subdomain, and with the main domain; it is not made here"),
    Return::new("dir, reldir, basedir", "where cPanel would keep its site; none is kept here"),
    Return::new("status", "not redirected"),
];

/// An API 2 function of one of the two modules.
const fn entry(
    module: &'static str,
    func: &'static str,
    summary: &'static str,
    params: &'static [Param],
    handler: Handler,
) -> CatalogueEntry {
    CatalogueEntry::new((Family::Api2, module), func, summary, &[REASON, RESULT], handler).taking(params)
}

const fn listing(
    module: &'static str,
    func: &'static str,
    summary: &'static str,
    handler: Handler,
) -> CatalogueEntry {
    CatalogueEntry::new((Family::Api2, module), func, summary, LIST_RETURNS, handler)
        .taking(&[REGEX])
        .listing()
}

pub(super) const ADD: CatalogueEntry = entry(
    ADDON,
    "addaddondomain",
    "gives the account a further domain",
    &[
        Param::required("newdomain", ParamKind::Domain, "the domain"),
        Param::optional("subdomain", ParamKind::Text, "accepted and without effect: no web site is made"),
        Param::optional("dir", ParamKind::Text, "accepted and without effect: no web site is made"),
    ],
    |context, params| add(context, params.required("newdomain")?, DomainKind::Addon),
);

pub(super) const DELETE: CatalogueEntry = entry(
    ADDON,
    "deladdondomain",
    "takes a further domain from the account; its files and mail stay",
    &[DOMAIN, Param::optional("subdomain", ParamKind::Text, "accepted and without effect")],
    remove,
);

pub(super) const LIST: CatalogueEntry =
    listing(ADDON, "listaddondomains", "lists the account's further domains", addons);

pub(super) const PARK: CatalogueEntry = entry(
    PARK_MODULE,
    "park",
    "gives the account a domain as another name for its site",
    &[
        DOMAIN,
        Param::optional("topdomain", ParamKind::Text, "accepted and without effect: no web site is made"),
    ],
    |context, params| add(context, params.required("domain")?, DomainKind::Parked),
);

pub(super) const UNPARK: CatalogueEntry = entry(
    PARK_MODULE,
    "unpark",
    "takes a parked or further domain from the account; its files and mail stay",
    &[DOMAIN],
    remove,
);

pub(super) const LIST_PARKED: CatalogueEntry =
    listing(PARK_MODULE, "listparkeddomains", "lists the account's parked domains", |context, params| {
        list(context, params, DomainKind::Parked)
    });

pub(super) const LIST_ADDON: CatalogueEntry =
    listing(PARK_MODULE, "listaddondomains", "lists the account's further domains", addons);

fn addons(context: &Context<'_>, params: &Params<'_>) -> Result<crate::api::Done, crate::api::NotDone> {
    list(context, params, DomainKind::Addon)
}

pub(super) fn row(account: &Account, domain: &HostedDomain) -> Row {
    // cPanel names the key after a subdomain; without one the domain's first label stands for it.
    let label = domain.name.as_str().split('.').next().unwrap_or_default();
    let base = match domain.kind {
        DomainKind::Parked => "public_html".to_owned(),
        DomainKind::Main | DomainKind::Addon => format!("public_html/{}", domain.name),
    };
    Row(vec![
        ("domain", Field::Text(domain.name.to_string())),
        ("rootdomain", Field::Text(account.domain.to_string())),
        ("domainkey", Field::Text(format!("{label}_{}", account.domain))),
        ("subdomain", Field::Text(label.to_owned())),
        ("fullsubdomain", Field::Text(format!("{label}.{}", account.domain))),
        ("dir", Field::Text(format!("{}/{base}", account.home))),
        ("reldir", Field::Text(format!("home:{base}"))),
        ("basedir", Field::Text(base)),
        ("status", Field::Text("not redirected".to_owned())),
    ])
}

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
    Ok(Done::with(Data::Rows(domains.map(|domain| row(&account, &domain)).collect())))
}
