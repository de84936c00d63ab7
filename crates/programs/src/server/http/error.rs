//! Why a request is not answered as what it wants to be.

/// A request that cannot be answered as what it wants to be. Its connection is closed after the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpError {
    pub status: u16,
    /// Why, a sentence without anything that was sent but names.
    pub why: String,
}

impl HttpError {
    pub(super) fn new(status: u16, why: impl Into<String>) -> Self {
        Self { status, why: why.into() }
    }

    /// The request did not arrive in time.
    pub(crate) fn too_slow(seconds: u64) -> Self {
        Self::new(408, format!("The request did not arrive within {seconds} seconds; nothing was done"))
    }

    /// There are too many connections.
    pub(crate) fn no_room() -> Self {
        Self::new(
            503,
            "This server has too many connections, in all or from your address; close some, and try again later",
        )
    }

    /// Unfinished requests take too much memory.
    pub(crate) fn no_memory() -> Self {
        Self::new(
            503,
            "Too many long requests are on their way to this server, or from your address; nothing was done. Send fewer at a time, and try again later",
        )
    }

    /// The calls of the same account take too long.
    pub(crate) fn no_turn() -> Self {
        Self::new(
            503,
            "Too many calls of this account are waiting for each other; nothing was done. Send fewer at a time, and try again later",
        )
    }

    /// The daemon has a defect.
    pub(crate) fn defect() -> Self {
        Self::new(
            500,
            "The server has a defect and cannot answer this request; whether the call was done is not known",
        )
    }

    /// What is at that address cannot be read.
    pub(crate) fn unreadable(why: impl Into<String>) -> Self {
        Self::new(500, why)
    }

    /// There is nothing at that address.
    pub(crate) fn nothing_there(why: impl Into<String>) -> Self {
        Self::new(404, why)
    }

    /// The parameters cannot be used.
    pub(crate) fn parameters(why: impl Into<String>) -> Self {
        Self::new(400, why)
    }
}
