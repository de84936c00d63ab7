//! One connection: its requests, one after the other, and its end.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};
use zeroize::Zeroize;

use super::http::{Bad, Reader, Reply, Request, Step};
use super::pages::{self, Answer, Ran};
use super::{Daemon, Service};

/// How many bytes are read at once; the memory is the thread's, not the connection's.
const PIECE: usize = 16 * 1024;
/// How long an answer may take to be taken.
pub(super) const WRITE: Duration = Duration::from_secs(30);
/// How long what follows the last request is read and thrown away: closing earlier would take the answer from
/// senders that are still sending.
const LINGER: Duration = Duration::from_secs(2);
/// Most that is thrown away.
const LINGER_BYTES: usize = 4 * 1024 * 1024;

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; PIECE].into_boxed_slice());
}

/// Where a connection comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct From {
    pub(super) service: Service,
    pub(super) tls: bool,
    pub(super) peer: IpAddr,
    /// The port that it came to.
    pub(super) port: u16,
}

/// Answers the requests of a connection until it ends. With `full`, only says that there is no room for it.
pub(super) async fn serve<S>(
    mut stream: S,
    daemon: Arc<Daemon>,
    from: From,
    mut stop: watch::Receiver<bool>,
    full: bool,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut reader = Reader::default();
    loop {
        let request = next(&mut stream, &mut reader, &daemon, &mut stop).await;
        let (answer, last, head_only) = match request {
            Ok(None) => break,
            Ok(Some(_)) if full => (Answer::Reply(no_room()), true, false),
            Ok(Some(request)) => {
                let (last, head_only) = (request.last(), request.method() == "HEAD");
                (answer(&daemon, request, from).await, last || *stop.borrow(), head_only)
            }
            Err(bad) => {
                daemon.log.refused(from, &bad);
                (Answer::Reply(Reply::from(&bad)), true, false)
            }
        };
        let stays = (!last).then(|| daemon.settings().idle_seconds);
        let reply = match answer {
            Answer::Reply(reply) => reply,
            Answer::Page(visit) => {
                // In memory of its own: most connections never see a page, and all of them would keep room for it.
                let page = Box::pin(pages::run(&mut stream, &mut reader, &daemon, *visit, from, stays));
                match page.await {
                    Ran::Sent { last: ends } if last || ends => break linger(&mut stream).await,
                    Ran::Sent { .. } => continue,
                    // Without the end that it should have: the client sees that something is missing.
                    Ran::Cut => return,
                    Ran::Instead(reply) => reply,
                }
            }
        };
        daemon.metrics.answered(reply.status());
        let bytes = reply.bytes(stays, head_only);
        let sent = timeout(WRITE, async {
            stream.write_all(&bytes).await?;
            stream.flush().await
        });
        if !matches!(sent.await, Ok(Ok(()))) {
            return;
        }
        if last {
            break linger(&mut stream).await;
        }
    }
    let _ = timeout(LINGER, stream.shutdown()).await;
}

/// The next request. `None` if the connection ended, waited too long or is to stop, between two of them.
async fn next<S>(
    stream: &mut S,
    reader: &mut Reader,
    daemon: &Daemon,
    stop: &mut watch::Receiver<bool>,
) -> Result<Option<Request>, Bad>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let settings = daemon.settings();
    let mut deadline = Instant::now() + Duration::from_secs(settings.idle_seconds);
    let mut begun = false;
    loop {
        match reader.step()? {
            Step::Request(request) => return Ok(Some(request)),
            Step::Continue => {
                let sent = timeout_at(deadline, stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")).await;
                if !matches!(sent, Ok(Ok(()))) || stream.flush().await.is_err() {
                    return Ok(None);
                }
            }
            Step::More => {}
        }
        if reader.is_within() && !begun {
            begun = true;
            deadline = Instant::now() + Duration::from_secs(settings.request_seconds);
        }
        let read = tokio::select! {
            biased;
            read = timeout_at(deadline, read(stream, reader)) => read,
            // What has begun is read and answered; what only waits ends now.
            () = stopped(stop), if !begun => return Ok(None),
        };
        match read {
            Ok(Ok(1..)) => {}
            Ok(Ok(0) | Err(_)) => return Ok(None),
            Err(_) if begun => return Err(Bad::too_slow(settings.request_seconds)),
            Err(_) => return Ok(None),
        }
    }
}

/// Reads once; how many bytes came.
async fn read<S: AsyncRead + Unpin>(stream: &mut S, reader: &mut Reader) -> io::Result<usize> {
    poll_fn(|context| {
        SCRATCH.with_borrow_mut(|scratch| {
            let mut piece = ReadBuf::new(scratch);
            ready!(Pin::new(&mut *stream).poll_read(context, &mut piece))?;
            let length = piece.filled().len();
            reader.take(piece.filled());
            piece.filled_mut().zeroize();
            Poll::Ready(Ok(length))
        })
    })
    .await
}

/// Answers a request: here if that is quickly done, else on a thread that may wait, for a disk, a lock, a hash,
/// another server.
async fn answer(daemon: &Arc<Daemon>, request: Request, from: From) -> Answer {
    if let Some(reply) = guarded(|| daemon.answer_at_once(&request, from)) {
        return Answer::Reply(reply);
    }
    let daemon = Arc::clone(daemon);
    let answered = tokio::task::spawn_blocking(move || daemon.answer(&request, from)).await;
    answered.unwrap_or_else(|_| Answer::Reply(Reply::from(&Bad::defect())))
}

/// A panic was reported by its own hook; whoever sent the request must not wait for nothing.
fn guarded(answer: impl FnOnce() -> Option<Reply>) -> Option<Reply> {
    // What a call shares with others are atomics, and locks that are entered poisoned or not.
    let answered = std::panic::catch_unwind(AssertUnwindSafe(answer));
    answered.unwrap_or_else(|_| Some(Reply::from(&Bad::defect())))
}

async fn linger<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) {
    let drained = async {
        if stream.shutdown().await.is_err() {
            return;
        }
        let mut total = 0;
        while let Ok(length @ 1..) = discard(stream).await {
            total += length;
            if total > LINGER_BYTES {
                return;
            }
        }
    };
    let _ = timeout(LINGER, drained).await;
}

async fn discard<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<usize> {
    poll_fn(|context| {
        SCRATCH.with_borrow_mut(|scratch| {
            let mut piece = ReadBuf::new(scratch);
            ready!(Pin::new(&mut *stream).poll_read(context, &mut piece))?;
            let length = piece.filled().len();
            piece.filled_mut().zeroize();
            Poll::Ready(Ok(length))
        })
    })
    .await
}

/// Waits until the daemon is to end.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the daemon is gone already.
    let _ = stop.wait_for(|stop| *stop).await;
}

fn no_room() -> Reply {
    Reply::from(&Bad::no_room()).with("Retry-After", "5")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_is_answered_on_the_network_thread_too() {
        assert_eq!(guarded(|| panic!("on purpose")).map(|reply| reply.status()), Some(500));
        assert!(guarded(|| None).is_none());
    }
}
