//! API 2 `DomainLookup`: which domains are the account's.

use crate::api::catalogue::Return;
use crate::api::{Data, Done, Family, Field, Row};
use crate::engine::local::entry::CatalogueEntry;

const MODULE: (Family, &str) = (Family::Api2, "DomainLookup");

pub(super) const MAIN: CatalogueEntry = CatalogueEntry::new(
    MODULE,
    "getmaindomain",
    "tells the account's main domain",
    &[Return::new("main_domain", "the main domain")],
    |context, _| {
        let domain = context.account()?.domain.to_string();
        Ok(Done::with(Data::Rows(vec![Row(vec![("main_domain", Field::Text(domain))])])))
    },
);

pub(super) const BASE: CatalogueEntry = CatalogueEntry::new(
    MODULE,
    "getbasedomains",
    "lists the account's domains, the main one first",
    &[Return::new("domain", "the domain")],
    |context, _| {
        let domains = context.store.domains(&context.account()?)?;
        let row = |name: String| Row(vec![("domain", Field::Text(name))]);
        Ok(Done::with(Data::Rows(domains.iter().map(|domain| row(domain.name.to_string())).collect())))
    },
)
.listing();
