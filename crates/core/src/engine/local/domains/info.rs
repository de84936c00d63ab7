//! What domains an account has: UAPI `DomainInfo::list_domains` and `DomainInfo::domains_data`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Refusal, Row};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Account, DomainKind, HostedDomain};

const MODULE: &str = "DomainInfo";
const HIDE: Param = Param::optional(
    "hide_temporary_domains",
    ParamKind::Flag,
    "accepted and without effect: there are no temporary domains",
);

pub(super) const LIST: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "list_domains",
        summary: "tells the names of the account's domains by kind",
        answer: Answer::Single,
        params: &[HIDE],
        returns: &[
            Return::new("main_domain", "the main domain"),
            Return::new("addon_domains, parked_domains", "lists of the others"),
            Return::new("sub_domains", "an empty list: subdomains are not kept here"),
        ],
        uapi: None,
    },
    handler: list,
};

pub(super) const DATA: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "domains_data",
        summary: "tells what is known of the account's domains",
        answer: Answer::Single,
        params: &[
            Param::optional(
                "format",
                ParamKind::Text,
                "hash (the default): by kind, or list: one list of objects",
            ),
            HIDE,
        ],
        returns: &[
            Return::new("main_domain, addon_domains, parked_domains, sub_domains", "with format hash"),
            Return::new(
                "domain, type, user, homedir",
                "of each domain; parked ones are names only in a hash",
            ),
        ],
        uapi: None,
    },
    handler: data,
};

/// The domains of one kind.
fn of_kind(domains: &[HostedDomain], kind: DomainKind) -> impl Iterator<Item = &HostedDomain> {
    domains.iter().filter(move |domain| domain.kind == kind)
}

fn names(domains: &[HostedDomain], kind: DomainKind) -> Field {
    Field::Texts(of_kind(domains, kind).map(|domain| domain.name.to_string()).collect())
}

fn list(context: &Context<'_>, _: &Params<'_>) -> Result<Done, NotDone> {
    let account = context.account()?;
    let domains = context.store.domains(&account)?;
    Ok(Done::with(Data::Object(Row(vec![
        ("main_domain", Field::Text(account.domain.to_string())),
        ("addon_domains", names(&domains, DomainKind::Addon)),
        ("parked_domains", names(&domains, DomainKind::Parked)),
        ("sub_domains", Field::Texts(Vec::new())),
    ]))))
}

fn data(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = context.account()?;
    let domains = context.store.domains(&account)?;
    let payload = match params.optional("format")? {
        Some("list") => Data::Rows(domains.iter().map(|domain| row(&account, domain)).collect()),
        None | Some("hash") => Data::Object(by_kind(&account, &domains)),
        Some(other) => {
            let why = format!("“{}” is not known; use hash or list", other.escape_debug());
            return Err(Refusal::BadValue { param: "format", why }.into());
        }
    };
    Ok(Done::with(payload))
}

fn by_kind(account: &Account, domains: &[HostedDomain]) -> Row {
    let main = HostedDomain { name: account.domain.clone(), kind: DomainKind::Main };
    let addons = of_kind(domains, DomainKind::Addon).map(|domain| row(account, domain));
    Row(vec![
        ("main_domain", Field::Object(row(account, &main))),
        ("addon_domains", Field::Rows(addons.collect())),
        ("parked_domains", names(domains, DomainKind::Parked)),
        ("sub_domains", Field::Rows(Vec::new())),
    ])
}

fn row(account: &Account, domain: &HostedDomain) -> Row {
    let kind = match domain.kind {
        DomainKind::Main => "main_domain",
        DomainKind::Addon => "addon_domain",
        DomainKind::Parked => "parked_domain",
    };
    Row(vec![
        ("domain", Field::Text(domain.name.to_string())),
        ("type", Field::Text(kind.to_owned())),
        ("user", Field::Text(account.name.to_string())),
        ("homedir", Field::Text(account.home.clone())),
    ])
}
