//! What a page asks for besides its data: cPanel's variables, features, and the frame around it.

mod chrome;
mod features;
mod variables;

use crate::engine::local::entry::CatalogueEntry;

/// The functions of the modules `Variables`, `Features`, `Chrome` and `Branding`.
pub(super) static ENTRIES: &[CatalogueEntry] =
    &[variables::USER, variables::SESSION, variables::SERVER, features::HAS, chrome::DOM, chrome::INCLUDE];

/// What LiveAPI's special requests and tags ask for. Not functions that anybody calls by name, so help and
/// documentation do not list them.
pub(super) static INTERNAL: &[CatalogueEntry] = &[variables::PRINT];
