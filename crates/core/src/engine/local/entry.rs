//! What one function of this engine is: what is known about it, and who does it.

use crate::api::catalogue::Function;
use crate::api::{Done, NotDone, Params};
use crate::engine::local::context::Context;

/// Does the work of one function.
pub(super) type Handler = fn(&Context<'_>, &Params<'_>) -> Result<Done, NotDone>;

/// One function: what is known about it, and who does it.
pub(super) struct CatalogueEntry {
    pub(super) function: Function,
    pub(super) handler: Handler,
}
