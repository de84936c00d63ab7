//! Reads the requests of one connection, as their bytes come.

use zeroize::Zeroizing;

use super::chunked::{Chunked, Chunks};
use super::error::HttpError;
use super::head::{self, RequestHead};
use super::limits::{MAX_BODY_BYTES, MAX_HEAD_BYTES};
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
    bytes: Zeroizing<Vec<u8>>,
    state: ReaderState,
}

#[derive(Default)]
enum ReaderState {
    #[default]
    Head,
    Body(Pending),
    /// The connection has had its last request; whatever comes is not read as one.
    Over,
}

/// A request whose body is on its way.
struct Pending {
    head: RequestHead,
    length: Length,
    asked: bool,
}

/// A body, and how many bytes of the connection it took.
type Body = (Zeroizing<Vec<u8>>, usize);

/// How the length of a body is told.
enum Length {
    Bytes(usize),
    Chunks(Chunks),
    /// Both; which of them is true shows in the body.
    Either(usize, Chunks),
}

impl Reader {
    /// Takes bytes of the connection.
    pub fn take(&mut self, bytes: &[u8]) {
        if !matches!(self.state, ReaderState::Over) {
            append(&mut self.bytes, bytes);
        }
    }

    /// Whether a request has begun and is not complete.
    pub fn is_within(&self) -> bool {
        !self.bytes.is_empty() || matches!(self.state, ReaderState::Body(_))
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
        if matches!(self.state, ReaderState::Head) && !self.read_head()? {
            return Ok(Step::More);
        }
        let ReaderState::Body(pending) = &mut self.state else { return Ok(Step::More) };
        let Some((body, used)) = pending.body(&self.bytes)? else {
            // Only who has sent nothing of the body can be waiting.
            let waits =
                !pending.asked && self.bytes.is_empty() && pending.head.has_word("expect", "100-continue");
            pending.asked |= waits;
            return Ok(if waits { Step::Continue } else { Step::More });
        };
        self.consume(used);
        let ReaderState::Body(pending) = std::mem::take(&mut self.state) else { return Ok(Step::More) };
        let request = pending.request(body);
        if request.last {
            self.end();
        }
        Ok(Step::Request(request))
    }

    /// Reads a head, if one is there.
    fn read_head(&mut self) -> Result<bool, HttpError> {
        let end = head::end(&self.bytes);
        if end.unwrap_or(self.bytes.len()) > MAX_HEAD_BYTES
            || head::has_too_many_lines(&self.bytes[..end.unwrap_or(0)])
        {
            return Err(too_long(&self.bytes));
        }
        let Some(end) = end else { return Ok(false) };
        let mut head = RequestHead::parse(&self.bytes[..end])?;
        let length = length(&mut head)?;
        self.state = ReaderState::Body(Pending { head, length, asked: false });
        self.consume(end);
        Ok(true)
    }

    /// Forgets the first bytes. Memory that is not needed is given back: most connections wait most of the time.
    fn consume(&mut self, used: usize) {
        let rest = Zeroizing::new(self.bytes[used..].to_vec());
        self.bytes = rest;
    }

    fn end(&mut self) {
        self.state = ReaderState::Over;
        self.bytes = Zeroizing::default();
    }
}

impl Pending {
    /// The body and how many bytes it took, once it is there; as soon as what was announced is there.
    fn body(&mut self, bytes: &[u8]) -> Result<Option<Body>, HttpError> {
        let of_length =
            |length: usize| bytes.get(..length).map(|body| (Zeroizing::new(body.to_vec()), length));
        match &mut self.length {
            Length::Bytes(length) => Ok(of_length(*length)),
            Length::Chunks(chunks) => match chunks.read(bytes, MAX_BODY_BYTES) {
                Chunked::Whole(body, used) => Ok(Some((body, used))),
                Chunked::More if bytes.len() <= 8 * MAX_BODY_BYTES => Ok(None),
                Chunked::More | Chunked::TooLong => Err(body_too_long()),
                Chunked::Not => Err(HttpError::new(
                    400,
                    "The request announces a body in chunks (Transfer-Encoding) and sends another one; announce its length (Content-Length)",
                )),
            },
            Length::Either(length, chunks) => match chunks.read(bytes, MAX_BODY_BYTES) {
                Chunked::Whole(body, used) => Ok(Some((body, used))),
                // A form never begins with a line that could be a chunk's; until that line is there nothing is known.
                Chunked::More if bytes.contains(&b'\n') && bytes.len() <= 8 * MAX_BODY_BYTES => Ok(None),
                _ => Ok(of_length(*length)),
            },
        }
    }

    fn request(self, body: Zeroizing<Vec<u8>>) -> Request {
        let Self { head, .. } = self;
        let closes = head.has_word("connection", "close") || head.has_word("proxy-connection", "close");
        let stays = !head.old || head.has_word("connection", "keep-alive");
        let last = head.odd || closes || !stays;
        Request { head, body, last }
    }
}

/// How long the body is. What contradicts itself is marked, or refused if no reading of it is safe.
fn length(head: &mut RequestHead) -> Result<Length, HttpError> {
    let chunked = chunked(head)?;
    let given = content_length(head)?;
    head.odd |= chunked && (given.is_some() || head.old);
    head.odd |=
        ["content-length", "content-type", "transfer-encoding", "host"].iter().any(|name| head.repeats(name));
    if head.one("content-encoding")?.is_some_and(|encoding| !encoding.eq_ignore_ascii_case(b"identity")) {
        return Err(HttpError::new(415, "The body is compressed (Content-Encoding); send it as it is"));
    }
    match (chunked, given) {
        (_, Some(length)) if length > MAX_BODY_BYTES => Err(body_too_long()),
        (true, None) => Ok(Length::Chunks(Chunks::default())),
        (true, Some(length)) => Ok(Length::Either(length, Chunks::default())),
        (false, Some(length)) => Ok(Length::Bytes(length)),
        (false, None) if head.method == "POST" && (head.old || head.one("content-type")?.is_some()) => {
            Err(HttpError::new(411, "The request does not say how long its body is (Content-Length)"))
        }
        (false, None) => Ok(Length::Bytes(0)),
    }
}

/// Whether the body is said to come in chunks.
fn chunked(head: &RequestHead) -> Result<bool, HttpError> {
    let codings = head.all("transfer-encoding").flat_map(|value| value.split(|&byte| byte == b','));
    let mut chunked = false;
    for coding in codings.map(<[u8]>::trim_ascii) {
        match coding {
            b"" => {}
            _ if coding.eq_ignore_ascii_case(b"chunked") => chunked = true,
            _ if coding.eq_ignore_ascii_case(b"identity") => {}
            _ => {
                return Err(HttpError::new(
                    501,
                    "Of transfer encodings only chunked is understood (Transfer-Encoding)",
                ));
            }
        }
    }
    Ok(chunked)
}

/// The announced length. Two different ones are refused: each could be the true one.
fn content_length(head: &mut RequestHead) -> Result<Option<usize>, HttpError> {
    let wrong =
        || HttpError::new(400, "The length of the body (Content-Length) is no number, or there are two");
    let mut found = None;
    let mut listed = false;
    for value in head.all("content-length") {
        for part in value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii) {
            let digits = (1..=15).contains(&part.len()) && part.iter().all(u8::is_ascii_digit);
            let text = std::str::from_utf8(part).ok().filter(|_| digits).ok_or_else(wrong)?;
            let length = text.parse().map_err(|_| wrong())?;
            if found.replace(length).is_some_and(|before| before != length) {
                return Err(wrong());
            }
            listed |= part.len() != value.len();
        }
    }
    head.odd |= listed;
    Ok(found)
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

fn body_too_long() -> HttpError {
    HttpError::new(413, format!("The body of the request is longer than {MAX_BODY_BYTES} bytes"))
}
