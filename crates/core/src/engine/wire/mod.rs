//! What the engines share that ask somebody else: which names can be sent, what may be sent twice, what an answer must
//! look like, and what is said when none came.

pub(crate) mod exact;
pub(crate) mod names;
pub(crate) mod normalize;
mod object;
pub(crate) mod redact;
pub(crate) mod retry;
pub(crate) mod transport_error;

pub use retry::is_idempotent;
