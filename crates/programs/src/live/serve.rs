//! Accepts connections and answers them, so that none of them holds up another.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinSet, spawn_blocking, yield_now};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use zeroize::{Zeroize, Zeroizing};

use super::{Conversation, Reader, Said, Service, Socket};
use liveapi_core::api::{Error, ErrorKind};

/// How many bytes are read at once.
const PIECE: usize = 8 * 1024;
/// How long an answer may take to be taken.
const WRITE: Duration = Duration::from_secs(30);
/// How long to wait when the system has no descriptor for another connection.
const PAUSE: Duration = Duration::from_millis(100);
/// How long what follows the last words is read and thrown away, so that a client that is still sending gets them.
const LINGER: Duration = Duration::from_secs(2);

/// What one socket's clients may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a request may take to arrive.
    pub request: Duration,
    /// How long a connection may wait between two requests; for ever without.
    pub idle: Option<Duration>,
    /// Most connections at the same time.
    pub connections: usize,
    /// Most calls that are answered at the same time; others wait.
    pub calls: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { request: Duration::from_secs(30), idle: None, connections: 64, calls: 4 }
    }
}

/// What the connections of a socket share.
struct Shared {
    service: Arc<dyn Service>,
    limits: Limits,
    calls: Semaphore,
}

impl Socket {
    /// Answers until `stop` says so or its sender is gone; then what has begun is finished. Open connections end at
    /// once when the future is dropped. Needs a tokio runtime with I/O and time; the service is called on its threads
    /// for waiting.
    pub async fn serve(
        &self,
        service: Arc<dyn Service>,
        limits: Limits,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), Error> {
        let lost = |cause: io::Error| {
            Error::new(ErrorKind::Internal, format!("The LiveAPI socket cannot be listened on: {cause}"))
        };
        let listener = self.listener.try_clone().and_then(UnixListener::from_std).map_err(lost)?;
        let shared = Arc::new(Shared { service, limits, calls: Semaphore::new(limits.calls) });
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = stopped(&mut stop) => break,
            };
            match accepted {
                Ok((stream, _)) => {
                    while connections.try_join_next().is_some() {}
                    let refusal = self.refusal(&stream, connections.len() >= limits.connections);
                    connections.spawn(attend(stream, Arc::clone(&shared), refusal, stop.clone()));
                }
                Err(cause) if cause.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(_) => sleep(PAUSE).await,
            }
        }
        while connections.join_next().await.is_some() {}
        Ok(())
    }

    /// Why somebody may not talk here. The files' modes keep others out already; this is for whoever was handed an
    /// open connection, or finds the modes changed.
    fn refusal(&self, stream: &UnixStream, full: bool) -> Option<&'static str> {
        let me = super::Owner::me().uid;
        match stream.peer_cred() {
            Ok(peer) if [self.owner.uid, me, 0].contains(&peer.uid()) => {}
            _ => return Some("This LiveAPI socket belongs to another account"),
        }
        self.use_it();
        full.then_some("This page has too many LiveAPI connections open; connect once, and end() when done")
    }
}

/// One connection, from its first request to its end.
async fn attend(
    mut stream: UnixStream,
    shared: Arc<Shared>,
    refusal: Option<&'static str>,
    mut stop: watch::Receiver<bool>,
) {
    let mut conversation = Conversation::default();
    if let Some(why) = refusal {
        return part(&mut stream, &conversation.refusal(why)).await;
    }
    let mut reader = Reader::default();
    loop {
        let request = match next(&stream, &mut reader, &shared.limits, &mut stop).await {
            Ok(Some(request)) => request,
            Ok(None) => return,
            Err(why) => return part(&mut stream, &conversation.refusal(&why)).await,
        };
        let said = match conversation.answer_at_once(&request, &*shared.service) {
            Some(said) => said,
            None => waited_for(&mut conversation, request, &shared).await,
        };
        match said {
            // Who sends many requests at once lets others in between.
            Said::Answer(bytes) if send(&mut stream, &bytes).await => yield_now().await,
            Said::Answer(_) => return,
            Said::Goodbye(bytes) => return part(&mut stream, &bytes).await,
        }
    }
}

/// The answer to a request that may take its time, from a thread that may wait.
async fn waited_for(conversation: &mut Conversation, request: Zeroizing<Vec<u8>>, shared: &Shared) -> Said {
    // Nobody closes it.
    let _turn = shared.calls.acquire().await;
    let (mut same, service) = (*conversation, Arc::clone(&shared.service));
    let answered = spawn_blocking(move || {
        let said = same.answer(&request, &*service);
        (same, said)
    });
    match answered.await {
        Ok((same, said)) => {
            *conversation = same;
            said
        }
        // The defect was reported by its hook; the page must not wait for nothing.
        Err(_) => Said::Answer(conversation.refusal(
            "A defect in liveapi kept this request from being answered; what it changed is not known",
        )),
    }
}

/// The next request; nothing if the connection ended between two of them, or in one, or is to end.
async fn next(
    stream: &UnixStream,
    reader: &mut Reader,
    limits: &Limits,
    stop: &mut watch::Receiver<bool>,
) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    let mut deadline = None;
    loop {
        if let Some(request) = reader.request().map_err(|bad| bad.0)? {
            return Ok(Some(request));
        }
        let within = reader.is_within();
        if within && deadline.is_none() {
            deadline = Some(Instant::now() + limits.request);
        }
        let latest = deadline.or_else(|| limits.idle.map(|idle| Instant::now() + idle));
        let read = async {
            let read = read(stream, |bytes| reader.take(bytes));
            match latest {
                Some(latest) => timeout_at(latest, read).await,
                None => Ok(read.await),
            }
        };
        let read = tokio::select! {
            biased;
            read = read => read,
            // What has begun is read and answered; who only waits is sent away.
            () = stopped(stop), if !within => return Ok(None),
        };
        match read {
            Ok(Ok(1..)) => {}
            Ok(Ok(0) | Err(_)) => return Ok(None),
            Err(_) if within => {
                return Err(format!(
                    "The request did not arrive within {} seconds; is its length right?",
                    limits.request.as_secs()
                ));
            }
            Err(_) => return Ok(None),
        }
    }
}

/// Waits until the socket is to end.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that whoever would say so is gone.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Reads once; how many bytes came. The memory is not the connection's: most wait most of the time.
async fn read(stream: &UnixStream, mut take: impl FnMut(&[u8])) -> io::Result<usize> {
    loop {
        stream.readable().await?;
        let mut piece = [0; PIECE];
        match stream.try_read(&mut piece) {
            Ok(length) => {
                take(&piece[..length]);
                piece[..length].zeroize();
                return Ok(length);
            }
            Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => {}
            Err(cause) => return Err(cause),
        }
    }
}

/// Sends an answer, in one write where the system takes it at once: there are clients that believe the first piece
/// to be all of it.
async fn send(stream: &mut UnixStream, bytes: &[u8]) -> bool {
    matches!(timeout(WRITE, stream.write_all(bytes)).await, Ok(Ok(())))
}

/// Sends the last words and closes.
async fn part(stream: &mut UnixStream, bytes: &[u8]) {
    if !send(stream, bytes).await || stream.shutdown().await.is_err() {
        return;
    }
    let drained = async { while matches!(read(stream, |_| ()).await, Ok(1..)) {} };
    let _ = timeout(LINGER, drained).await;
}
