//! WHM's functions about the server and all that it has: who and what there is, and what it takes up.

mod domains;
mod machine;
mod partitions;
mod people;
mod transfer;

pub use machine::{VERSION, host_name};

use crate::api::Family;
use crate::api::catalogue::{Param, Return};
use crate::engine::local::entry::{CatalogueEntry, Handler};

/// A function of WHM with one answer.
const fn entry(
    func: &'static str,
    summary: &'static str,
    params: &'static [Param],
    returns: &'static [Return],
    handler: Handler,
) -> CatalogueEntry {
    CatalogueEntry::new((Family::Whm, ""), func, summary, returns, handler).taking(params)
}

/// All functions of this group.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
    machine::VERSION_OF,
    machine::HOST_NAME,
    machine::NAME_SERVERS,
    machine::PARTITIONS,
    people::USERS,
    people::SUSPENDED,
    people::LOCKED,
    people::NEW_NAME,
    domains::ALL,
    domains::DATA,
    domains::OWNER,
    transfer::SHOW,
    transfer::LIMIT,
    transfer::DISK,
];
