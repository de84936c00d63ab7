//! What a page asks for besides its data: cPanel's variables, features, and the frame around it.

mod chrome;
mod features;
mod variables;

use super::{Context, Entry, Params};

/// The functions of the modules `Variables`, `Features` and `Chrome`.
pub(super) static ENTRIES: &[Entry] =
    &[variables::USER, variables::SESSION, variables::SERVER, features::HAS, chrome::DOM];

/// What LiveAPI's special requests and tags ask for. Not functions that anybody calls by name, so help and
/// documentation do not list them.
pub(super) static INTERNAL: &[Entry] = &[variables::PRINT];
