//! One connection: opened, switched to JSON, one request and one answer at a time, said goodbye to.
//!
//! Blocking calls with deadlines, on the thread that calls; no signal is ever sent to the host by a write.

use std::io::{ErrorKind as Io, Read};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, connect, recv, send,
    socket_with,
};

use crate::api::ErrorKind;
use crate::engine::config::SocketPath;
use crate::engine::socket::failure::unconnected;
use crate::engine::socket::reply::{ReplyProgress, SocketReply, is_blank};
use crate::engine::socket::request::SocketRequest;
use crate::engine::wire::transport_error::TransportError;

/// How much is read at once, in bytes.
const PIECE_BYTES: usize = 64 * 1024;
/// How long is waited for the line feed after an answer, once nothing comes any more.
const LINE_FEED: Duration = Duration::from_millis(250);
/// How long the end of the conversation may take.
const FAREWELL: Duration = Duration::from_millis(500);
/// The words of cPanel's own class.
const CLOSED: &str =
    "the panel has closed the connection (The LivePHP Socket has closed, unable to continue)";

/// A connection on which no answer is due.
pub(crate) struct Connection {
    stream: UnixStream,
}

/// An answer, and the connection if it can be used again.
pub(crate) type AnswerAndConnection = (Vec<u8>, Option<Connection>);

impl Connection {
    /// Connects, and switches to JSON. Any answer to that will do: old panels know no JSON and say so.
    pub(crate) fn open(socket: &SocketPath, until: Instant) -> Result<Self, TransportError> {
        let stream = connected(socket, until).map_err(|cause| unconnected(socket, cause))?;
        let unsent = |kind: ErrorKind, why: String| {
            Err(TransportError::Unsent(kind, format!("the panel accepted the connection, but {why}")))
        };
        match (Self { stream }).ask(&SocketRequest::json_mode(), until) {
            Ok((_, Some(connection))) => Ok(connection),
            Ok((_, None)) => unsent(ErrorKind::BadAnswer, "said more than was asked".to_owned()),
            Err(TransportError::Broken(ErrorKind::Timeout, _)) => {
                unsent(ErrorKind::Timeout, "did not begin to talk (setting connect_timeout)".to_owned())
            }
            Err(TransportError::Broken(kind, why) | TransportError::Unsent(kind, why)) => unsent(kind, why),
            Err(TransportError::Silent(_)) => {
                unsent(ErrorKind::Unreachable, "closed it without a word".to_owned())
            }
            Err(TransportError::TooLong) => {
                unsent(ErrorKind::BadAnswer, "sent more than 20 MiB at once".to_owned())
            }
        }
    }

    /// Whether it can be used: the panel has not closed it, and says nothing that nobody asked for.
    pub(crate) fn is_idle(&self) -> bool {
        let mut waiting = [0; 64];
        loop {
            match recv(&self.stream, &mut waiting, RecvFlags::DONTWAIT) {
                Ok((_, 0)) => return false,
                Ok((_, length)) if is_blank(&waiting[..length]) => {}
                Ok(_) => return false,
                Err(Errno::INTR) => {}
                Err(cause) => return cause == Errno::AGAIN,
            }
        }
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn ask(
        mut self,
        request: &SocketRequest,
        until: Instant,
    ) -> Result<AnswerAndConnection, TransportError> {
        match self.send(request.bytes(), until) {
            Ok(()) => self.receive(until),
            Err(Errno::AGAIN) => {
                let why = "the panel did not take the request in time (setting timeout)";
                Err(TransportError::Unsent(ErrorKind::Timeout, why.to_owned()))
            }
            // Who refuses a request without reading it to its end may have said why. Otherwise it was not done: a
            // panel waits for the whole of it.
            Err(_) => self
                .receive(Instant::now() + LINE_FEED)
                .map_err(|_| TransportError::Unsent(ErrorKind::Unreachable, CLOSED.to_owned())),
        }
    }

    /// Says goodbye, so that the panel need not wait, and lets it close the connection.
    pub(crate) fn end(mut self) {
        let until = Instant::now() + FAREWELL;
        if self.send(SocketRequest::shutdown().bytes(), until).is_ok() {
            let mut rest = [0; 1024];
            while let Ok(1..) = self.read(&mut rest, until) {}
        }
    }

    fn send(&mut self, mut bytes: &[u8], until: Instant) -> Result<(), Errno> {
        while !bytes.is_empty() {
            set_socket_timeout(&self.stream, Timeout::Send, Some(left(until)))?;
            match send(&self.stream, bytes, SendFlags::NOSIGNAL) {
                Ok(sent) => bytes = &bytes[sent..],
                Err(Errno::INTR) => {}
                Err(cause) => return Err(cause),
            }
        }
        Ok(())
    }

    fn receive(mut self, until: Instant) -> Result<AnswerAndConnection, TransportError> {
        let mut reply = SocketReply::default();
        let mut piece = vec![0; PIECE_BYTES];
        let mut wait = until;
        loop {
            let progress = match self.read(&mut piece, wait) {
                Ok(0) | Err(Io::ConnectionReset) => return ended(reply),
                Ok(length) => reply.push(&piece[..length]),
                Err(Io::WouldBlock | Io::TimedOut) if wait < until || reply.can_end() => return ended(reply),
                Err(Io::WouldBlock | Io::TimedOut) => return Err(late(&reply)),
                Err(_) => return Err(broken("the connection failed before the end of the answer")),
            };
            match progress {
                ReplyProgress::Whole(surplus) => {
                    let bytes = reply.into_bytes();
                    let is_in_step = is_blank(&bytes[bytes.len() - surplus..]);
                    return Ok((without(bytes, surplus), is_in_step.then_some(self)));
                }
                ReplyProgress::TooLong => return Err(TransportError::TooLong),
                ReplyProgress::Unfinished if reply.can_end() => wait = until.min(Instant::now() + LINE_FEED),
                ReplyProgress::Open | ReplyProgress::Unfinished => wait = until,
            }
        }
    }

    fn read(&mut self, into: &mut [u8], until: Instant) -> Result<usize, Io> {
        loop {
            self.stream.set_read_timeout(Some(left(until))).map_err(|cause| cause.kind())?;
            match self.stream.read(into) {
                Err(cause) if cause.kind() == Io::Interrupted => {}
                done => return done.map_err(|cause| cause.kind()),
            }
        }
    }
}

/// The time that is left; never none at all, which would mean without end.
fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1))
}

fn connected(socket: &SocketPath, until: Instant) -> Result<UnixStream, Errno> {
    let address = SocketAddrUnix::new(socket.path())?;
    let descriptor = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    loop {
        // On unix sockets this is also how long a connection waits to be accepted.
        set_socket_timeout(&descriptor, Timeout::Send, Some(left(until)))?;
        match connect(&descriptor, &address) {
            Err(Errno::INTR) => {}
            done => return done.map(|()| descriptor.into()),
        }
    }
}

/// What an answer is after which the panel says nothing more.
fn ended(reply: SocketReply) -> Result<AnswerAndConnection, TransportError> {
    match reply {
        reply if reply.can_end() => Ok((reply.into_bytes(), None)),
        reply if reply.is_empty() => {
            Err(TransportError::Silent("the panel closed the connection without an answer".to_owned()))
        }
        _ => Err(broken("the answer broke off before its end")),
    }
}

fn late(reply: &SocketReply) -> TransportError {
    let what = if reply.is_empty() { "no answer" } else { "the rest of the answer" };
    let did = if reply.is_empty() { "came" } else { "did not come" };
    TransportError::Broken(ErrorKind::Timeout, format!("{what} {did} in time (setting timeout)"))
}

fn broken(why: &str) -> TransportError {
    TransportError::Broken(ErrorKind::BadAnswer, why.to_owned())
}

/// An answer without what came after it.
fn without(mut bytes: Vec<u8>, surplus: usize) -> Vec<u8> {
    bytes.truncate(bytes.len() - surplus);
    bytes
}
