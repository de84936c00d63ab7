//! API 2 `DomainLookup`: which domains are the account's.

use crate::api::catalogue::{Answer, Function, Return};
use crate::api::{Data, Done, Family, Field, Row};
use crate::engine::local::entry::{CatalogueEntry, Handler};

const fn entry(
    func: &'static str,
    summary: &'static str,
    answer: Answer,
    returns: &'static [Return],
    handler: Handler,
) -> CatalogueEntry {
    let function = Function {
        family: Family::Api2,
        module: "DomainLookup",
        func,
        summary,
        answer,
        params: &[],
        returns,
        uapi: None,
    };
    CatalogueEntry { function, handler }
}

pub(super) const MAIN: CatalogueEntry = entry(
    "getmaindomain",
    "tells the account's main domain",
    Answer::Single,
    &[Return::new("main_domain", "the main domain")],
    |context, _| {
        let domain = context.account()?.domain.to_string();
        Ok(Done::with(Data::Rows(vec![Row(vec![("main_domain", Field::Text(domain))])])))
    },
);

pub(super) const BASE: CatalogueEntry = entry(
    "getbasedomains",
    "lists the account's domains, the main one first",
    Answer::List,
    &[Return::new("domain", "the domain")],
    |context, _| {
        let domains = context.store.domains(&context.account()?)?;
        let row = |name: String| Row(vec![("domain", Field::Text(name))]);
        Ok(Done::with(Data::Rows(domains.iter().map(|domain| row(domain.name.to_string())).collect())))
    },
);
