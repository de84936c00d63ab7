//! Further domains of an account: API 2 `AddonDomain` and `Park`.

use super::{Context, Entry, Params, REASON, REGEX, RESULT};
use crate::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use crate::api::{Family, Field, Row};
use crate::store::{Account, DomainKind, HostedDomain};

const ADDON: &str = "AddonDomain";
const PARK_MODULE: &str = "Park";
const DOMAIN: Param = Param::required("domain", ParamKind::Text, "the domain");
const LIST_RETURNS: &[Return] = &[
    Return::new("domain", "the domain"),
    Return::new("rootdomain", "the account's main domain"),
    Return::new("domainkey", "the domain as cPanel's subdomain would be named"),
];

/// An API 2 function of one of the two modules.
const fn entry(
    module: &'static str,
    func: &'static str,
    summary: &'static str,
    params: &'static [Param],
    handler: super::super::Handler,
) -> Entry {
    let function = Function {
        family: Family::Api2,
        module,
        func,
        summary,
        answer: Answer::Single,
        params,
        returns: &[REASON, RESULT],
        uapi: None,
    };
    Entry { function, handler }
}

const fn listing(
    module: &'static str,
    func: &'static str,
    summary: &'static str,
    handler: super::super::Handler,
) -> Entry {
    let Entry { function, handler } = entry(module, func, summary, &[REGEX], handler);
    Entry { function: Function { answer: Answer::List, returns: LIST_RETURNS, ..function }, handler }
}

pub(super) const ADD: Entry = entry(
    ADDON,
    "addaddondomain",
    "gives the account a further domain",
    &[
        Param::required("newdomain", ParamKind::Text, "the domain"),
        Param::optional("subdomain", ParamKind::Text, "accepted and without effect: no web site is made"),
        Param::optional("dir", ParamKind::Text, "accepted and without effect: no web site is made"),
    ],
    |context, params| super::add(context, params.required("newdomain")?, DomainKind::Addon),
);

pub(super) const DELETE: Entry = entry(
    ADDON,
    "deladdondomain",
    "takes a further domain from the account; its files and mail stay",
    &[DOMAIN, Param::optional("subdomain", ParamKind::Text, "accepted and without effect")],
    super::remove,
);

pub(super) const LIST: Entry =
    listing(ADDON, "listaddondomains", "lists the account's further domains", addons);

pub(super) const PARK: Entry = entry(
    PARK_MODULE,
    "park",
    "gives the account a domain as another name for its site",
    &[
        DOMAIN,
        Param::optional("topdomain", ParamKind::Text, "accepted and without effect: no web site is made"),
    ],
    |context, params| super::add(context, params.required("domain")?, DomainKind::Parked),
);

pub(super) const UNPARK: Entry = entry(
    PARK_MODULE,
    "unpark",
    "takes a parked or further domain from the account; its files and mail stay",
    &[DOMAIN],
    super::remove,
);

pub(super) const LIST_PARKED: Entry =
    listing(PARK_MODULE, "listparkeddomains", "lists the account's parked domains", |context, params| {
        super::list(context, params, DomainKind::Parked)
    });

pub(super) const LIST_ADDON: Entry =
    listing(PARK_MODULE, "listaddondomains", "lists the account's further domains", addons);

fn addons(context: &Context<'_>, params: &Params<'_>) -> Result<crate::api::Done, crate::api::NotDone> {
    super::list(context, params, DomainKind::Addon)
}

pub(super) fn row(account: &Account, domain: &HostedDomain) -> Row {
    // cPanel names the key after a subdomain; without one the domain's first label stands for it.
    let label = domain.name.as_str().split('.').next().unwrap_or_default();
    Row(vec![
        ("domain", Field::Text(domain.name.to_string())),
        ("rootdomain", Field::Text(account.domain.to_string())),
        ("domainkey", Field::Text(format!("{label}_{}", account.domain))),
    ])
}
