//! A body on its way: how its end is told, and what of it has come.

use zeroize::Zeroizing;

use super::chunked::{Chunked, Chunks};
use super::error::HttpError;
use super::head::RequestHead;
use super::limits::MAX_BODY_BYTES;
use liveapi_core::base::text::append_within;

/// A body, as far as it has come.
pub(super) enum Arrival {
    Bytes {
        length: usize,
        body: Zeroizing<Vec<u8>>,
    },
    Chunks(Chunks),
    /// Both are announced; which of them is true shows in the body.
    Either {
        length: usize,
        /// The first `length` bytes as sent.
        sent: Zeroizing<Vec<u8>>,
        chunks: Chunks,
        found: Chunked,
    },
}

/// A body that is there, and whether somebody else might read it in another way.
pub(super) struct Arrived {
    pub(super) body: Zeroizing<Vec<u8>>,
    pub(super) odd: bool,
}

impl Arrival {
    /// What the head announces. What contradicts itself is marked, or refused if no reading of it is safe.
    pub(super) fn announced(head: &mut RequestHead) -> Result<Self, HttpError> {
        let chunked = chunked(head)?;
        let given = content_length(head)?;
        head.odd |= chunked && (given.is_some() || head.old);
        head.odd |= ["content-length", "content-type", "transfer-encoding", "host"]
            .iter()
            .any(|name| head.repeats(name));
        if head.one("content-encoding")?.is_some_and(|encoding| !encoding.eq_ignore_ascii_case(b"identity")) {
            return Err(HttpError::new(415, "The body is compressed (Content-Encoding); send it as it is"));
        }
        match (chunked, given) {
            (_, Some(length)) if length > MAX_BODY_BYTES => Err(too_long()),
            (true, None) => Ok(Self::Chunks(Chunks::default())),
            (true, Some(length)) => Ok(Self::Either {
                length,
                sent: Zeroizing::default(),
                chunks: Chunks::default(),
                found: Chunked::More,
            }),
            (false, Some(length)) => Ok(Self::Bytes { length, body: Zeroizing::default() }),
            (false, None) if head.method == "POST" && (head.old || head.one("content-type")?.is_some()) => {
                Err(HttpError::new(411, "The request does not say how long its body is (Content-Length)"))
            }
            (false, None) => Ok(Self::Bytes { length: 0, body: Zeroizing::default() }),
        }
    }

    /// Takes what came; how many of these bytes belong to the body, and the body as soon as what was announced is
    /// there.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(usize, Option<Arrived>), HttpError> {
        match self {
            Self::Bytes { length, body } => {
                let used = bytes.len().min(*length - body.len());
                append_within(body, &bytes[..used], *length);
                let whole = body.len() == *length;
                Ok((used, whole.then(|| Arrived { body: std::mem::take(body), odd: false })))
            }
            Self::Chunks(chunks) => {
                let (used, found) = chunks.read(bytes, MAX_BODY_BYTES);
                match found {
                    Chunked::More => Ok((used, None)),
                    Chunked::Whole => Ok((used, Some(whole(chunks)))),
                    Chunked::TooLong => Err(too_long()),
                    Chunked::Not => Err(HttpError::new(
                        400,
                        "The request announces a body in chunks (Transfer-Encoding) and sends another one, or writes its chunks in a way that is not safe to read; announce its length (Content-Length)",
                    )),
                }
            }
            Self::Either { length, sent, .. } => {
                // What has come when as many bytes are there as announced decides, wherever the stream is cut.
                let first = (*length - sent.len()).min(bytes.len());
                let (used, arrived) = self.either(&bytes[..first]);
                if arrived.is_some() {
                    return Ok((used, arrived));
                }
                let (more, arrived) = self.either(&bytes[first..]);
                Ok((used + more, arrived))
            }
        }
    }

    /// How much memory it takes.
    pub(super) fn held(&self) -> usize {
        match self {
            Self::Bytes { body, .. } => body.capacity(),
            Self::Chunks(chunks) => chunks.held(),
            Self::Either { sent, chunks, .. } => sent.capacity() + chunks.held(),
        }
    }

    /// Takes bytes of a body that may be in chunks or not.
    fn either(&mut self, bytes: &[u8]) -> (usize, Option<Arrived>) {
        let Self::Either { length, sent, chunks, found } = self else { return (0, None) };
        let used = bytes.len().min(*length - sent.len());
        append_within(sent, &bytes[..used], *length);
        let mut taken = bytes.len();
        if *found == Chunked::More {
            (taken, *found) = chunks.read(bytes, MAX_BODY_BYTES);
        }
        match *found {
            Chunked::Whole => return (taken, Some(whole(chunks))),
            // A form never begins with a line that could be a chunk's.
            Chunked::More if sent.len() < *length || chunks.has_begun() => return (bytes.len(), None),
            Chunked::Not | Chunked::TooLong if sent.len() < *length => return (bytes.len(), None),
            _ => {}
        }
        (bytes.len(), Some(Arrived { body: std::mem::take(sent), odd: true }))
    }
}

fn whole(chunks: &mut Chunks) -> Arrived {
    let odd = chunks.is_odd();
    Arrived { body: std::mem::take(chunks).into_whole(), odd }
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

fn too_long() -> HttpError {
    HttpError::new(413, format!("The body of the request is longer than {MAX_BODY_BYTES} bytes"))
}
