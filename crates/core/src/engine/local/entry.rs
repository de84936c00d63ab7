//! What one function of this engine is: what is known about it, and who does it.

use crate::api::catalogue::{Answer, Equivalent, Function, Param, Return};
use crate::api::{Done, Family, NotDone, Params};
use crate::engine::local::context::Context;

/// Does the work of one function.
pub(super) type Handler = fn(&Context<'_>, &Params<'_>) -> Result<Done, NotDone>;

/// One function: what is known about it, and who does it.
pub(super) struct CatalogueEntry {
    pub(super) function: Function,
    pub(super) handler: Handler,
}

impl CatalogueEntry {
    /// A function with one answer, without parameters and without a twin in UAPI.
    pub(super) const fn new(
        (family, module): (Family, &'static str),
        func: &'static str,
        summary: &'static str,
        returns: &'static [Return],
        handler: Handler,
    ) -> Self {
        let function = Function {
            family,
            module,
            func,
            summary,
            answer: Answer::Single,
            params: &[],
            returns,
            uapi: None,
        };
        Self { function, handler }
    }

    /// The same with parameters.
    pub(super) const fn taking(self, params: &'static [Param]) -> Self {
        let Self { function, handler } = self;
        Self { function: Function { params, ..function }, handler }
    }

    /// The same as a list.
    pub(super) const fn listing(self) -> Self {
        let Self { function, handler } = self;
        Self { function: Function { answer: Answer::List, ..function }, handler }
    }

    /// The same with the UAPI function that a server without its family is asked.
    pub(super) const fn with_twin(self, twin: Equivalent) -> Self {
        let Self { function, handler } = self;
        Self { function: Function { uapi: Some(twin), ..function }, handler }
    }
}
