//! HTTP/1.1 as the clients of cPanel's servers send it, mistakes included.
//!
//! No ready-made reader takes what some of the most used clients send: a `Transfer-Encoding: chunked` that is not
//! true, lines without a colon, line ends in disorder. [`Reader`] takes bytes as they come and gives [`Request`]s;
//! it never waits for more than was announced. Whatever could be read in two ways marks its request as
//! [`Request::last`]: it is answered, and nothing that follows it on its connection is ever read as another one.

mod body;
mod chunked;
mod head;
mod multipart;
mod params;
mod piecewise;
mod reader;
mod reply;
mod request;

pub use params::Params;
pub use piecewise::Piecewise;
pub use reader::{Reader, Step};
pub use reply::Reply;
pub use request::Request;

/// Longest head that is read, in bytes; passwords in addresses of 2,000 characters and long cookies fit well.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;
/// Longest body that is read, in bytes.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// A request that cannot be answered as what it wants to be. Its connection is closed after the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// HTTP's status.
    pub status: u16,
    /// Why, a sentence without anything that was sent but names.
    pub why: String,
}

impl Bad {
    fn new(status: u16, why: impl Into<String>) -> Self {
        Self { status, why: why.into() }
    }

    /// The request did not arrive in time.
    pub(super) fn too_slow(seconds: u64) -> Self {
        Self::new(408, format!("The request did not arrive within {seconds} seconds; nothing was done"))
    }

    /// There are too many connections.
    pub(super) fn no_room() -> Self {
        Self::new(
            503,
            "There are too many connections to this server, or from your address; close some, and try again later",
        )
    }

    /// The daemon has a defect.
    pub(super) fn defect() -> Self {
        Self::new(
            500,
            "The server has a defect and cannot answer this; whether anything was done is not known",
        )
    }

    /// What is at that address cannot be read.
    pub(super) fn unreadable(why: impl Into<String>) -> Self {
        Self::new(500, why)
    }

    /// There is nothing at that address.
    pub(super) fn nothing_there(why: impl Into<String>) -> Self {
        Self::new(404, why)
    }

    /// The parameters cannot be used.
    pub(super) fn parameters(why: impl Into<String>) -> Self {
        Self::new(400, why)
    }
}
