//! Whose domains there are: WHM `get_domain_info`, `domainuserdata` and `getdomainowner`.

use super::entry;
use crate::api::catalogue::{Param, ParamKind, Return};
use crate::api::{Data, Done, Field, NotDone, Params, Refusal, Row};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Account, Domain, DomainKind, HostedDomain};

const DOMAIN: &[Param] = &[Param::required("domain", ParamKind::Text, "the domain")];

pub(super) const ALL: CatalogueEntry = entry(
    "get_domain_info",
    "lists the domains of all accounts",
    &[],
    &[
        Return::new("domains", "a list with an object for each"),
        Return::new("domain, domain_type", "its name; main, addon or parked"),
        Return::new("user, user_owner", "the account, and root or the WHM user who has it"),
        Return::new("parent_domain", "the account's main domain"),
        Return::new(
            "docroot, ipv4, ipv4_ssl, port, port_ssl, php_version",
            "null: no web server is set up here",
        ),
        Return::new("ipv6, ipv6_is_dedicated, modsecurity_enabled", "null, 0 and 0"),
    ],
    |context, _| {
        let mut rows = Vec::new();
        for account in context.store.accounts()? {
            let domains = context.store.domains(&account)?;
            rows.extend(domains.iter().map(|domain| info(&account, domain)));
        }
        Ok(Done::with(Data::Object(Row(vec![("domains", Field::Rows(rows))]))))
    },
);

pub(super) const DATA: CatalogueEntry = entry(
    "domainuserdata",
    "tells what is known about a domain",
    DOMAIN,
    &[
        Return::new("userdata", "an object"),
        Return::new(
            "servername, serveralias",
            "the domain, and the parked ones of its account behind a main domain",
        ),
        Return::new("user, group, owner", "the account, and root or the WHM user who has it"),
        Return::new("homedir, serveradmin", "its home, and the address to reach its owner"),
        Return::new("hascgi", "0: no web server is set up here, and its fields are left out"),
    ],
    data,
);

pub(super) const OWNER: CatalogueEntry = entry(
    "getdomainowner",
    "tells whose a domain is",
    DOMAIN,
    &[Return::new("user", "the account, or null")],
    |context, params| {
        let domain = Domain::parse(params.required("domain")?)?;
        let owner = context.store.owner_of(&domain)?;
        let user = owner.map_or(Field::Null, |name| Field::Text(name.to_string()));
        Ok(Done::with(Data::Object(Row(vec![("user", user)]))))
    },
);

fn info(account: &Account, domain: &HostedDomain) -> Row {
    let kind = match domain.kind {
        DomainKind::Main => "main",
        DomainKind::Addon => "addon",
        DomainKind::Parked => "parked",
    };
    let mut row = vec![
        ("domain", Field::Text(domain.name.to_string())),
        ("domain_type", Field::Text(kind.to_owned())),
        ("parent_domain", Field::Text(account.domain.to_string())),
        ("user", Field::Text(account.name.to_string())),
        ("user_owner", Field::Text(account.terms.owner().to_owned())),
    ];
    let unknown = ["docroot", "ipv4", "ipv4_ssl", "ipv6", "php_version", "port", "port_ssl"];
    row.extend(unknown.map(|name| (name, Field::Null)));
    row.extend(["ipv6_is_dedicated", "modsecurity_enabled"].map(|name| (name, Field::Int(0))));
    Row(row)
}

fn data(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let domain = Domain::parse(params.required("domain")?)?;
    let owner = context.store.owner_of(&domain)?;
    let account = owner.map(|name| context.store.account(&name)).transpose()?.flatten();
    let account = account.ok_or_else(|| Refusal::BadValue {
        param: "domain",
        why: format!("“{domain}” belongs to no account of this server"),
    })?;
    let text = |text: &str| Field::Text(text.to_owned());
    let row = Row(vec![
        ("servername", text(domain.as_str())),
        ("serveralias", Field::Text(aliases(context, &account, &domain)?)),
        ("user", text(account.name.as_str())),
        ("group", text(account.name.as_str())),
        ("owner", text(account.terms.owner())),
        ("homedir", text(&account.home)),
        ("serveradmin", text(account.terms.get("CONTACTEMAIL").unwrap_or_default())),
        ("hascgi", Field::Int(0)),
    ]);
    let data = Data::Object(Row(vec![("userdata", Field::Object(row))]));
    Ok(Done { data, ..Done::saying("Obtained userdata.".to_owned()) })
}

/// The parked domains of the account, which are other names for its main one.
fn aliases(context: &Context<'_>, account: &Account, domain: &Domain) -> Result<String, NotDone> {
    if *domain != account.domain {
        return Ok(String::new());
    }
    let domains = context.store.domains(account)?;
    let parked = domains.iter().filter(|hosted| hosted.kind == DomainKind::Parked);
    Ok(parked.map(|hosted| hosted.name.to_string()).collect::<Vec<_>>().join(" "))
}
