//! WHM's packages (hosting plans): what accounts are sold by.

mod addpkg;
mod changepackage;
mod common;
mod killpkg;
mod listpkgs;

pub(super) use changepackage::Sale;

use crate::engine::local::entry::CatalogueEntry;

/// All functions of this group.
pub(super) static ENTRIES: &[CatalogueEntry] =
    &[addpkg::ADD, addpkg::EDIT, killpkg::WHM, listpkgs::LIST, listpkgs::ONE, changepackage::WHM];
