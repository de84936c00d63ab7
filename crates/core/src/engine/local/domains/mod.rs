//! Domains of an account: UAPI `DomainInfo`, and the API 2 modules `AddonDomain`, `Park` and `DomainLookup` as far as mail
//! needs them. Document roots, subdomains and DNS zones are not kept here.

mod addon;
mod info;
mod lookup;

use crate::engine::local::entry::CatalogueEntry;

/// All functions of these modules.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
    addon::ADD,
    addon::DELETE,
    addon::LIST,
    addon::PARK,
    addon::UNPARK,
    addon::LIST_PARKED,
    addon::LIST_ADDON,
    info::LIST,
    info::DATA,
    lookup::MAIN,
    lookup::BASE,
];
