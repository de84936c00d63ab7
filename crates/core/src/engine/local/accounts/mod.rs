//! WHM API 1's account functions.

mod accountsummary;
mod common;
mod createacct;
mod listaccts;
mod modifyacct;
mod removeacct;
mod row;
mod search;
mod suspendacct;

pub(super) use common::{amount, existing_account};
pub(super) use row::suspend_reason;
pub(super) use search::AccountSearch;

use crate::engine::local::entry::CatalogueEntry;

/// All functions of this group.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
    accountsummary::WHM,
    createacct::WHM,
    listaccts::WHM,
    modifyacct::LIMITS,
    modifyacct::PASSWORD,
    removeacct::WHM,
    suspendacct::SUSPEND,
    suspendacct::UNSUSPEND,
];
