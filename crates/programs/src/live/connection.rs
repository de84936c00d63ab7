//! What connections of all kinds have in common: how they are accepted, how long they may wait, and how they end.
//!
//! Two doors keep connections, the daemon's ports and the LiveAPI sockets. Both read with memory that is the
//! thread's and not the connection's, because most connections wait most of the time.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use zeroize::Zeroize;

/// How many bytes are read at once.
const PIECE: usize = 16 * 1024;
/// How long an answer may take to be taken.
const WRITE: Duration = Duration::from_secs(30);
/// How long to wait when the system has no descriptor for another connection.
const PAUSE: Duration = Duration::from_millis(100);
/// How long what follows the last request is read and thrown away: closing earlier would take the answer from
/// senders that are still sending.
const LINGER: Duration = Duration::from_secs(2);
/// Most that is thrown away.
const LINGER_BYTES: usize = 4 * 1024 * 1024;

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; PIECE].into_boxed_slice());
}

/// Waits until `stop` says so, or whoever would say so is gone.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// The next connection; `None` when no more are to be accepted. `complain` hears of failures that are not the
/// peer's.
pub(crate) async fn accepted<C, F: Future<Output = io::Result<C>>>(
    mut accept: impl FnMut() -> F,
    stop: &mut watch::Receiver<bool>,
    complain: impl Fn(&io::Error),
) -> Option<C> {
    loop {
        let accepted = tokio::select! {
            accepted = accept() => accepted,
            () = stopped(stop) => return None,
        };
        match accepted {
            Ok(connection) => return Some(connection),
            // The peer went away again.
            Err(cause) if cause.kind() == io::ErrorKind::ConnectionAborted => {}
            // The system has no descriptors left; others wait meanwhile.
            Err(cause) => {
                complain(&cause);
                sleep(PAUSE).await;
            }
        }
    }
}

/// The wait for one request: until it begins a connection may be idle, and from then on it has to arrive.
#[derive(Debug)]
pub(crate) struct Waiting {
    request: Duration,
    deadline: Option<Instant>,
    begun: bool,
}

/// What a wait ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    Arrived,
    /// The connection ended, was idle for too long, or is to end between two requests.
    Ended,
    /// A request that has begun did not arrive in time.
    TooSlow,
}

impl Waiting {
    /// Begins to wait; without `idle` for ever.
    pub(crate) fn new(idle: Option<Duration>, request: Duration) -> Self {
        Self { request, deadline: idle.map(|idle| Instant::now() + idle), begun: false }
    }

    /// Says that a request has begun; once is enough.
    pub(crate) fn begin(&mut self) {
        if !self.begun {
            self.begun = true;
            self.deadline = Some(Instant::now() + self.request);
        }
    }

    /// What the work gives, unless the time is over before.
    pub(crate) async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        match self.deadline {
            Some(deadline) => timeout_at(deadline, work).await.ok(),
            None => Some(work.await),
        }
    }

    /// Waits for more bytes, which `read` reads. What has begun is read to its end even if the connection is to stop.
    pub(crate) async fn read(
        &self,
        read: impl Future<Output = io::Result<usize>>,
        stop: &mut watch::Receiver<bool>,
    ) -> Waited {
        let read = tokio::select! {
            biased;
            read = self.in_time(read) => read,
            () = stopped(stop), if !self.begun => return Waited::Ended,
        };
        match read {
            Some(Ok(1..)) => Waited::Arrived,
            Some(Ok(0) | Err(_)) => Waited::Ended,
            None if self.begun => Waited::TooSlow,
            None => Waited::Ended,
        }
    }
}

/// Reads once and hands on what came; how many bytes that were.
pub(crate) async fn read<S: AsyncRead + Unpin>(
    stream: &mut S,
    mut take: impl FnMut(&[u8]),
) -> io::Result<usize> {
    poll_fn(|context| {
        SCRATCH.with_borrow_mut(|scratch| {
            let mut piece = ReadBuf::new(scratch);
            ready!(Pin::new(&mut *stream).poll_read(context, &mut piece))?;
            let length = piece.filled().len();
            take(piece.filled());
            piece.filled_mut().zeroize();
            Poll::Ready(Ok(length))
        })
    })
    .await
}

/// Sends an answer, in one write where the system takes it at once: there are clients that believe the first piece
/// to be all of it. Whether it was taken.
pub(crate) async fn send<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> bool {
    let sent = timeout(WRITE, async {
        stream.write_all(bytes).await?;
        stream.flush().await
    });
    matches!(sent.await, Ok(Ok(())))
}

/// Closes a connection that has had its last answer, as soon as its sender has stopped sending.
pub(crate) async fn linger<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) {
    let drained = async {
        if stream.shutdown().await.is_err() {
            return;
        }
        let mut total = 0;
        while let Ok(length @ 1..) = read(stream, |_| ()).await {
            total += length;
            if total > LINGER_BYTES {
                return;
            }
        }
    };
    let _ = timeout(LINGER, drained).await;
}

/// Closes a connection between two requests.
pub(crate) async fn close<S: AsyncWrite + Unpin>(stream: &mut S) {
    let _ = timeout(LINGER, stream.shutdown()).await;
}
