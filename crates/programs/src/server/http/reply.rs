//! Answers, as bytes.

use zeroize::Zeroizing;

use super::error::HttpError;
use liveapi_core::api::envelope::{self, Pieces};

/// The type of nearly every answer, spelled as cPanel's servers spell it.
const JSON: &str = "application/json; charset=\"utf-8\"";

/// When to try again what there was no room for, in seconds.
const RETRY_AFTER: &str = "5";

/// The usual one: answers hold what is private and changes.
const NOT_KEPT: &str = "no-store";
/// For what never changes under its address.
const KEPT: &str = "public, max-age=31536000, immutable";

/// A whole answer: status, fields and body.
#[derive(Debug)]
pub struct Reply {
    status: u16,
    kind: &'static str,
    fields: Vec<(&'static str, String)>,
    /// For how long it may be kept by whoever gets it.
    cache: &'static str,
    body: ReplyBody,
}

/// What an answer holds.
#[derive(Debug)]
enum ReplyBody {
    Whole(Zeroizing<Vec<u8>>),
    /// A long list: its length, and its pieces, which are made when they are sent.
    Pieces(usize, Box<Pieces>),
}

impl Reply {
    /// JSON, with the line feed that ends it.
    pub fn json(status: u16, mut body: Vec<u8>) -> Self {
        body.push(b'\n');
        Self { status, kind: JSON, fields: Vec::new(), cache: NOT_KEPT, body: ReplyBody::whole(body) }
    }

    /// The same, made piece by piece while it is sent.
    pub fn json_in_pieces(status: u16, pieces: Pieces) -> Self {
        let pieces = pieces.within(b"", b"\n");
        let body = ReplyBody::Pieces(pieces.length(), Box::new(pieces));
        Self { status, kind: JSON, fields: Vec::new(), cache: NOT_KEPT, body }
    }

    /// A text of another type.
    pub fn text(status: u16, kind: &'static str, body: String) -> Self {
        Self { status, kind, fields: Vec::new(), cache: NOT_KEPT, body: ReplyBody::whole(body.into_bytes()) }
    }

    /// A file that never changes under its address, to be kept for good by whoever gets it.
    pub fn file(kind: &'static str, body: Vec<u8>) -> Self {
        Self { status: 200, kind, fields: Vec::new(), cache: KEPT, body: ReplyBody::whole(body) }
    }

    /// The same without a header field.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(known, _)| *known != name);
        self
    }

    /// A part of an account's pages, which is private and may change.
    pub fn page(kind: &'static str, body: Vec<u8>) -> Self {
        Self { cache: NOT_KEPT, ..Self::file(kind, body) }
    }

    /// Adds a header field; what could end it is left out of its value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value: String = value.into();
        self.fields.push((name, value.chars().filter(|char| !char.is_control()).collect()));
        self
    }

    /// How long the body is, in bytes.
    pub fn length(&self) -> usize {
        match &self.body {
            ReplyBody::Whole(body) => body.len(),
            ReplyBody::Pieces(length, _) => *length,
        }
    }

    /// The HTTP status, for metrics and for what depends on a refusal.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The bytes to send, or the first of them: the others are those of [`Reply::rest`]. `stays`: for how many seconds
    /// the connection stays open for another request; without it the connection ends with them. `head_only`: the
    /// request was `HEAD`.
    pub fn bytes(&self, stays: Option<u64>, head_only: bool) -> Zeroizing<Vec<u8>> {
        let connection = match stays {
            None => "Connection: close\r\n".to_owned(),
            Some(seconds) => format!("Connection: Keep-Alive\r\nKeep-Alive: timeout={seconds}\r\n"),
        };
        let mut head = format!(
            "HTTP/1.1 {} {}\r\nServer: liveapid\r\n{connection}Cache-Control: {}\r\nX-Content-Type-Options: nosniff\r\nContent-Type: {}\r\nContent-Length: {}\r\n",
            self.status,
            reason(self.status),
            self.cache,
            self.kind,
            self.length()
        );
        for (name, value) in &self.fields {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let body = match &self.body {
            ReplyBody::Whole(body) if !head_only => body.as_slice(),
            ReplyBody::Whole(_) | ReplyBody::Pieces(..) => &[],
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(head.len() + body.len()));
        bytes.extend_from_slice(head.as_bytes());
        bytes.extend_from_slice(body);
        bytes
    }
}

impl Reply {
    /// The pieces of the body that are still to be sent.
    pub fn rest(self, head_only: bool) -> impl Iterator<Item = Vec<u8>> {
        let pieces = match self.body {
            ReplyBody::Pieces(_, pieces) if !head_only => Some(pieces),
            ReplyBody::Whole(_) | ReplyBody::Pieces(..) => None,
        };
        pieces.into_iter().flatten()
    }
}

impl ReplyBody {
    fn whole(bytes: Vec<u8>) -> Self {
        Self::Whole(Zeroizing::new(bytes))
    }
}

/// What HTTP calls a status; nothing for those that have no usual name.
pub(super) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}

impl From<&HttpError> for Reply {
    fn from(bad: &HttpError) -> Self {
        let reply = Self::json(bad.status, envelope::denied(None, &bad.why, &bad.why));
        match bad.status {
            405 => reply.with("Allow", "GET, POST, HEAD"),
            503 => reply.with("Retry-After", RETRY_AFTER),
            _ => reply,
        }
    }
}
