//! Accepts connections and answers them, so that none of them holds up another.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinSet, spawn_blocking, yield_now};
use zeroize::Zeroizing;

use super::connection::{Waited, Waiting, accepted, linger, read, send};
use super::conversation::{Conversation, SocketReply};
use super::frame::FrameReader;
use super::request_memory::{MemoryLimit, MemoryShare, NoMemory};
use super::service::Service;
use super::socket::{Socket, SocketOwner};
use liveapi_core::api::{Error, ErrorKind};

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
        while let Some((stream, _)) = accepted(|| listener.accept(), &mut stop, |_| ()).await {
            while connections.try_join_next().is_some() {}
            let refusal = self.refusal(&stream, connections.len() >= limits.connections);
            connections.spawn(converse(stream, Arc::clone(&shared), refusal, stop.clone()));
        }
        while connections.join_next().await.is_some() {}
        Ok(())
    }

    /// Why somebody may not talk here. The files' modes keep others out already; this is for whoever was handed an
    /// open connection, or finds the modes changed.
    fn refusal(&self, stream: &UnixStream, full: bool) -> Option<&'static str> {
        let me = SocketOwner::me().uid;
        match stream.peer_cred() {
            Ok(peer) if [self.owner.uid, me, 0].contains(&peer.uid()) => {}
            _ => return Some("This LiveAPI socket belongs to another account"),
        }
        self.use_it();
        full.then_some("This page has too many LiveAPI connections open; connect once, and end() when done")
    }
}

/// One connection, from its first request to its end.
async fn converse(
    mut stream: UnixStream,
    shared: Arc<Shared>,
    refusal: Option<&'static str>,
    mut stop: watch::Receiver<bool>,
) {
    let mut conversation = Conversation::default();
    if let Some(why) = refusal {
        return say_goodbye(&mut stream, &conversation.refusal(why)).await;
    }
    let (mut reader, mut memory) = (FrameReader::default(), shared.service.memory());
    loop {
        let request = match next(&mut stream, &mut reader, &mut memory, &shared.limits, &mut stop).await {
            Ok(Some(request)) => request,
            Ok(None) => return,
            Err(why) => return say_goodbye(&mut stream, &conversation.refusal(&why)).await,
        };
        let reply = match conversation.answer_at_once(&request, &*shared.service) {
            Some(reply) => reply,
            None => answer_when_done(&mut conversation, request, &shared).await,
        };
        match reply {
            // Who sends many requests at once lets others in between.
            SocketReply::Answer(bytes) if send(&mut stream, &bytes).await => yield_now().await,
            SocketReply::Answer(_) => return,
            SocketReply::Goodbye(bytes) => return say_goodbye(&mut stream, &bytes).await,
        }
    }
}

/// The answer to a request that may take its time, from a thread that may wait.
async fn answer_when_done(
    conversation: &mut Conversation,
    request: Zeroizing<Vec<u8>>,
    shared: &Shared,
) -> SocketReply {
    // Nobody closes it.
    let _of_socket = shared.calls.acquire().await;
    let turn = match shared.service.line() {
        None => None,
        Some((turns, line)) => match turns.take(&line).await {
            Some(turn) => Some(turn),
            None => {
                return SocketReply::Answer(conversation.refusal(
                    "Too many calls of this account are waiting for each other; nothing was done. Send fewer at a time, and try again later",
                ));
            }
        },
    };
    let (mut same, service) = (conversation.clone(), Arc::clone(&shared.service));
    let answered = spawn_blocking(move || {
        let reply = same.answer(&request, &*service);
        drop(turn);
        (same, reply)
    });
    match answered.await {
        Ok((same, reply)) => {
            *conversation = same;
            reply
        }
        // The defect was reported by its hook; the page must not wait for nothing.
        Err(_) => SocketReply::Answer(conversation.refusal(
            "A defect in liveapi kept this request from being answered; what it changed is not known",
        )),
    }
}

/// The next request; nothing if the connection ended between two of them, or in one, or is to end.
async fn next(
    stream: &mut UnixStream,
    reader: &mut FrameReader,
    memory: &mut Option<(MemoryShare, MemoryLimit)>,
    limits: &Limits,
    stop: &mut watch::Receiver<bool>,
) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    let mut waiting = Waiting::new(limits.idle, limits.request);
    loop {
        if let Some(request) = reader.request().map_err(|bad| bad.0)? {
            return Ok(Some(request));
        }
        if let Some((share, limit)) = memory {
            share.hold(reader.held(), *limit).map_err(|NoMemory| {
                "Too many long requests of this account are on their way; nothing was done. Send fewer at a time"
            })?;
        }
        if reader.is_within() {
            waiting.begin();
        } else {
            waiting = Waiting::new(limits.idle, limits.request);
        }
        match waiting.read(read(stream, |bytes| reader.take(bytes)), stop).await {
            Waited::Arrived => {}
            Waited::Ended => return Ok(None),
            Waited::TooSlow => {
                return Err(format!(
                    "The request did not arrive within {} seconds; is its length right?",
                    limits.request.as_secs()
                ));
            }
        }
    }
}

/// Sends the last words and closes.
async fn say_goodbye(stream: &mut UnixStream, bytes: &[u8]) {
    if send(stream, bytes).await {
        linger(stream).await;
    }
}
