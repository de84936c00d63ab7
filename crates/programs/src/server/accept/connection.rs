//! One connection: its requests, one after the other, and its end.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use liveapi_core::base::waiting;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::task::yield_now;

use super::handler::{Handler, PageOutcome, Response};
use crate::live::connection::{Waited, Waiting, close, linger, read, send};
use crate::live::{MemoryLimit, MemoryShare, Turn, Turns};
use crate::server::context::Context;
use crate::server::http::{HttpError, Reader, Reply, Request, Step};
use crate::server::origin::Origin;

/// What is said to a sender that waits for it before it sends a body.
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
/// Longest answer that is small, in bytes: about what the system takes at once.
const SMALL_ANSWER: usize = 64 * 1024;

/// A connection that is open.
pub(crate) struct Connection<S, H> {
    pub(crate) stream: S,
    pub(crate) handler: Arc<H>,
    pub(crate) context: Arc<Context>,
    pub(crate) origin: Origin,
    /// What its request takes until it is answered.
    pub(crate) memory: MemoryShare,
    pub(crate) stop: watch::Receiver<bool>,
    /// Whether it is one too many, and is only told so.
    pub(crate) full: bool,
}

/// The answer to a request.
struct AnsweredRequest<P> {
    response: Response<P>,
    /// The place in its line that a large answer keeps until it is sent: an account that does not take its answers
    /// gets no more of them.
    _turn: Option<Turn>,
}

/// What a connection does after a request.
enum Next {
    Request,
    /// The end, once the sender has taken the answer.
    Linger,
    /// The end between two requests.
    Close,
    /// The end without more ado: the client sees that something is missing.
    Drop,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send, H: Handler> Connection<S, H> {
    /// Answers its requests until it ends.
    pub(crate) async fn serve(mut self) {
        let mut reader = Reader::default();
        loop {
            match self.turn(&mut reader).await {
                Next::Request => {}
                Next::Linger => return linger(&mut self.stream).await,
                Next::Close => return close(&mut self.stream).await,
                Next::Drop => return,
            }
        }
    }

    /// Reads one request and answers it.
    async fn turn(&mut self, reader: &mut Reader) -> Next {
        let (answered, last, head_only) = match self.request(reader).await {
            Ok(None) => return Next::Close,
            Ok(Some(_)) if self.full => (refused(&HttpError::no_room()), true, false),
            Ok(Some(request)) => {
                let (last, head_only) = (request.last(), request.method() == "HEAD");
                let answered = answer(&self.handler, &self.context.turns, request, self.origin).await;
                (answered, last || *self.stop.borrow(), head_only)
            }
            Err(bad) => {
                self.context.log.refused(self.origin, &bad);
                *reader = Reader::default();
                (refused(&bad), true, false)
            }
        };
        self.memory.free();
        // Held until the answer is sent.
        let AnsweredRequest { response, _turn } = answered;
        let stays = (!last).then(|| self.context.settings().idle_seconds);
        let reply = match response {
            Response::Whole(reply) => reply,
            Response::Page(page) => {
                // In memory of its own: most connections never see a page, and all of them would keep room for it.
                let run = Box::pin(self.handler.run(&mut self.stream, reader, *page, self.origin, stays));
                match run.await {
                    PageOutcome::Sent { last: ends } if last || ends => return Next::Linger,
                    PageOutcome::Sent { .. } => return Next::Request,
                    PageOutcome::Cut => return Next::Drop,
                    PageOutcome::Instead(reply) => reply,
                }
            }
        };
        self.context.metrics.answered(reply.status());
        match self.send(reply, stays, head_only).await {
            true if last => Next::Linger,
            true => Next::Request,
            false => Next::Drop,
        }
    }

    /// Sends an answer; whether it was taken. Of a long list one piece is in memory, and each has its time.
    async fn send(&mut self, reply: Reply, stays: Option<u64>, head_only: bool) -> bool {
        if !send(&mut self.stream, &reply.bytes(stays, head_only)).await {
            return false;
        }
        for piece in reply.rest(head_only) {
            if !send(&mut self.stream, &piece).await {
                return false;
            }
            // Others' turn: a piece takes about as long as a call.
            yield_now().await;
        }
        true
    }

    /// The next request. `None` if the connection ended, waited too long or is to stop, between two of them.
    async fn request(&mut self, reader: &mut Reader) -> Result<Option<Request>, HttpError> {
        let settings = self.context.settings();
        let limit = MemoryLimit::of_mebibytes(settings.request_memory, settings.request_memory_per_address);
        let idle = Duration::from_secs(settings.idle_seconds);
        let mut waiting = Waiting::new(Some(idle), Duration::from_secs(settings.request_seconds));
        loop {
            let step = reader.step()?;
            // A whole request keeps what it took on its way, until it is answered.
            if !matches!(step, Step::Request(_)) {
                self.memory.hold(reader.held(), limit).map_err(|_| HttpError::no_memory())?;
            }
            match step {
                Step::Request(request) => return Ok(Some(request)),
                Step::Continue => {
                    let sent = waiting.in_time(self.stream.write_all(CONTINUE)).await;
                    if !matches!(sent, Some(Ok(()))) || self.stream.flush().await.is_err() {
                        return Ok(None);
                    }
                }
                Step::More => {}
            }
            if reader.is_within() {
                waiting.begin();
            }
            let read = read(&mut self.stream, |bytes| reader.take(bytes));
            match waiting.read(read, &mut self.stop).await {
                Waited::Arrived => {}
                Waited::Ended => return Ok(None),
                Waited::TooSlow => return Err(HttpError::too_slow(settings.request_seconds)),
            }
        }
    }
}

/// Answers a request: here if that is quickly done, else on a thread that may wait.
async fn answer<H: Handler>(
    handler: &Arc<H>,
    turns: &Arc<Turns>,
    request: Request,
    origin: Origin,
) -> AnsweredRequest<H::Page> {
    if let Some(reply) = guarded(|| handler.answer_at_once(&request, origin)) {
        return AnsweredRequest { response: Response::Whole(reply), _turn: None };
    }
    let Some(turn) = turns.take(&handler.line(&request, origin)).await else {
        return refused(&HttpError::no_turn());
    };
    let handler = Arc::clone(handler);
    let answered = tokio::task::spawn_blocking(move || {
        let turn = Rc::new(RefCell::new(turn));
        let waits = Rc::clone(&turn);
        let response =
            waiting::told(move || waits.borrow_mut().wait_apart(), || handler.answer(&request, origin));
        turn.borrow_mut().end_work();
        let is_large = matches!(&response, Response::Whole(reply) if reply.length() > SMALL_ANSWER);
        let turn = Rc::into_inner(turn).map(RefCell::into_inner);
        AnsweredRequest { response, _turn: turn.filter(|_| is_large) }
    });
    answered.await.unwrap_or_else(|_| refused(&HttpError::defect()))
}

fn refused<P>(why: &HttpError) -> AnsweredRequest<P> {
    AnsweredRequest { response: Response::Whole(Reply::from(why)), _turn: None }
}

/// A panic was reported by its own hook; whoever sent the request must not wait for nothing.
fn guarded(answer: impl FnOnce() -> Option<Reply>) -> Option<Reply> {
    // What a call shares with others are atomics, and locks that are entered poisoned or not.
    let answered = std::panic::catch_unwind(AssertUnwindSafe(answer));
    answered.unwrap_or_else(|_| Some(Reply::from(&HttpError::defect())))
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
