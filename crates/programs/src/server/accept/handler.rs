//! What a connection needs of whoever answers its requests.

use std::future::Future;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::server::http::{Reader, Reply, Request};
use crate::server::origin::Origin;

/// The answer to a request.
pub(crate) enum Response<P> {
    Whole(Reply),
    /// A page's, which is still to run and answers piece by piece.
    Page(Box<P>),
}

/// How the answer of a page ended.
pub(crate) enum PageOutcome {
    /// An answer with its end; whether that is the end of the connection, because HTTP/1.0 knows no other.
    Sent { last: bool },
    /// A part of one, or nothing because the client went away; the connection is over.
    Cut,
    /// Nothing yet; this is to be sent in place of the page's answer.
    Instead(Reply),
}

/// Answers the requests of all connections.
pub(crate) trait Handler: Send + Sync + 'static {
    /// A page that is ready to run.
    type Page: Send + 'static;

    /// Answers a request if that is quickly done, on the thread on which other connections wait.
    fn answer_at_once(&self, request: &Request, origin: Origin) -> Option<Reply>;

    /// The line in which a request waits for the thread on which it is answered.
    fn line(&self, request: &Request, origin: Origin) -> String;

    /// Answers a request; may wait, for a disk, a lock, a hash, another server.
    fn answer(&self, request: &Request, origin: Origin) -> Response<Self::Page>;

    /// Runs a page beside its connection and sends what it answers. `stays`: for how many seconds the connection may
    /// go on behind it.
    fn run<S: AsyncRead + AsyncWrite + Unpin + Send>(
        &self,
        stream: &mut S,
        reader: &mut Reader,
        page: Self::Page,
        origin: Origin,
        stays: Option<u64>,
    ) -> impl Future<Output = PageOutcome> + Send;
}
