//! Reads the requests of one connection, as their bytes come.

use zeroize::Zeroizing;

use super::arrival::{Arrival, Arrived};
use super::error::HttpError;
use super::head::{HeadEnd, HeadScan, RequestHead};
use super::limits::MAX_HEAD_BYTES;
use super::request::Request;
use liveapi_core::base::text::append;

/// What can be done with the bytes that came so far.
#[derive(Debug)]
pub enum Step {
    /// Nothing until more bytes come.
    More,
    /// The sender waits for `100 Continue`; asked once for each request.
    Continue,
    /// A request. What is behind it stays for the next one, unless it was the last.
    Request(Request),
}

/// The reader of one connection. Between two requests it holds no memory.
#[derive(Default)]
pub struct Reader {
    /// What came and belongs to no request yet, from `start` on.
    bytes: Zeroizing<Vec<u8>>,
    start: usize,
    state: ReaderState,
}

enum ReaderState {
    Head(HeadScan),
    Body(Pending),
    /// The connection has had its last request; whatever comes is not read as one.
    Over,
}

impl Default for ReaderState {
    fn default() -> Self {
        Self::Head(HeadScan::default())
    }
}

/// A request whose body is on its way.
struct Pending {
    head: RequestHead,
    body: Arrival,
    /// Whether its sender can no longer be waiting for `100 Continue`.
    begun: bool,
}

impl Reader {
    /// Takes bytes of the connection.
    pub fn take(&mut self, bytes: &[u8]) {
        if matches!(self.state, ReaderState::Over) {
            return;
        }
        if self.start > 0 {
            let rest = Zeroizing::new(self.bytes[self.start..].to_vec());
            (self.bytes, self.start) = (rest, 0);
        }
        append(&mut self.bytes, bytes);
    }

    /// Whether a request has begun and is not complete.
    pub fn is_within(&self) -> bool {
        self.start < self.bytes.len() || matches!(self.state, ReaderState::Body(_))
    }

    /// How much memory it takes.
    pub fn held(&self) -> usize {
        let body = match &self.state {
            ReaderState::Body(pending) => pending.head.held() + pending.body.held(),
            ReaderState::Head(_) | ReaderState::Over => 0,
        };
        self.bytes.capacity() + body
    }

    /// Reads on. After a refusal nothing more is read.
    pub fn step(&mut self) -> Result<Step, HttpError> {
        let step = self.try_step();
        if step.is_err() {
            self.end();
        }
        step
    }

    fn try_step(&mut self) -> Result<Step, HttpError> {
        if matches!(self.state, ReaderState::Head(_)) && !self.read_head()? {
            return Ok(Step::More);
        }
        let ReaderState::Body(pending) = &mut self.state else { return Ok(Step::More) };
        let bytes = &self.bytes[self.start..];
        let (used, arrived) = pending.body.take(bytes)?;
        let Some(arrived) = arrived else {
            // Only who has sent nothing of the body can be waiting.
            let waits = !pending.begun && bytes.is_empty() && pending.head.has_word("expect", "100-continue");
            pending.begun = true;
            self.consume(used);
            return Ok(if waits { Step::Continue } else { Step::More });
        };
        self.consume(used);
        let ReaderState::Body(pending) = std::mem::take(&mut self.state) else { return Ok(Step::More) };
        let request = pending.request(arrived);
        if request.last {
            self.end();
        }
        Ok(Step::Request(request))
    }

    /// Reads a head, if one is there.
    fn read_head(&mut self) -> Result<bool, HttpError> {
        let ReaderState::Head(scan) = &mut self.state else { return Ok(false) };
        let bytes = &self.bytes[self.start..];
        let end = match scan.end(bytes, MAX_HEAD_BYTES) {
            HeadEnd::More => return Ok(false),
            HeadEnd::TooLong => return Err(too_long(bytes)),
            HeadEnd::At(end) => end,
        };
        let mut head = RequestHead::parse(&bytes[..end])?;
        let body = Arrival::announced(&mut head)?;
        self.state = ReaderState::Body(Pending { head, body, begun: false });
        self.consume(end);
        Ok(true)
    }

    /// Goes on behind the next bytes. Memory that is not needed is given back: most connections wait most of the time.
    fn consume(&mut self, used: usize) {
        self.start += used;
        if self.start == self.bytes.len() {
            (self.bytes, self.start) = (Zeroizing::default(), 0);
        }
    }

    fn end(&mut self) {
        self.state = ReaderState::Over;
        (self.bytes, self.start) = (Zeroizing::default(), 0);
    }
}

impl Pending {
    fn request(self, arrived: Arrived) -> Request {
        let Self { head, .. } = self;
        let closes = head.has_word("connection", "close") || head.has_word("proxy-connection", "close");
        let stays = !head.old || head.has_word("connection", "keep-alive");
        let last = head.odd || arrived.odd || closes || !stays;
        Request { head, body: arrived.body, last }
    }
}

fn too_long(bytes: &[u8]) -> HttpError {
    let line = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    if line > MAX_HEAD_BYTES / 2 {
        HttpError::new(414, "The address of the request is too long; send the parameters in the body (POST)")
    } else {
        HttpError::new(
            431,
            format!("The head of the request is longer than {MAX_HEAD_BYTES} bytes or 200 lines"),
        )
    }
}
