//! Answers whose length is not known when they begin: the answers of pages.

use std::fmt::Write;

use zeroize::Zeroizing;

use super::reply::reason;

/// How the end of an answer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// By a last chunk: an answer without it was cut off, and its reader knows.
    LastChunk,
    /// By the end of the connection: HTTP/1.0 knows nothing else.
    Connection,
    /// There is no body: `HEAD`, or a status that has none.
    Head,
}

/// An answer that is sent piece by piece.
#[derive(Debug)]
pub struct Piecewise {
    status: u16,
    end: End,
    /// What is not sent yet: the head goes out with the first piece.
    head: Zeroizing<Vec<u8>>,
}

impl Piecewise {
    /// Begins an answer. `stays`: for how many seconds the connection stays open behind it.
    pub fn begin(
        status: u16,
        fields: &[(String, String)],
        old: bool,
        head_only: bool,
        stays: Option<u64>,
    ) -> Self {
        let end = match (head_only || matches!(status, 204 | 304), old) {
            (true, _) => End::Head,
            (false, true) => End::Connection,
            (false, false) => End::LastChunk,
        };
        let mut head = format!("HTTP/1.1 {status} {}\r\nServer: liveapid\r\n", reason(status));
        // Writing to a String cannot fail.
        let _ = match stays.filter(|_| end != End::Connection) {
            None => write!(head, "Connection: close\r\n"),
            Some(seconds) => write!(head, "Connection: Keep-Alive\r\nKeep-Alive: timeout={seconds}\r\n"),
        };
        if end == End::LastChunk {
            head.push_str("Transfer-Encoding: chunked\r\n");
        }
        for (name, value) in fields {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        Self { status, end, head: Zeroizing::new(head.into_bytes()) }
    }

    /// The HTTP status that the answer began with.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The bytes to send for a piece of the body.
    pub fn piece(&mut self, bytes: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut out = std::mem::take(&mut self.head);
        match self.end {
            End::Head => {}
            End::Connection => out.extend_from_slice(bytes),
            // An empty chunk would be the last one.
            End::LastChunk if bytes.is_empty() => {}
            End::LastChunk => {
                out.reserve(bytes.len() + 16);
                out.extend_from_slice(format!("{:x}\r\n", bytes.len()).as_bytes());
                out.extend_from_slice(bytes);
                out.extend_from_slice(b"\r\n");
            }
        }
        out
    }

    /// The bytes that end the answer.
    pub fn last(&mut self) -> Zeroizing<Vec<u8>> {
        let mut out = std::mem::take(&mut self.head);
        if self.end == End::LastChunk {
            out.extend_from_slice(b"0\r\n\r\n");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(status: u16, old: bool, head_only: bool) -> String {
        let fields = [("X-Y".to_owned(), "z".to_owned())];
        let mut answer = Piecewise::begin(status, &fields, old, head_only, Some(70));
        let mut bytes = answer.piece(b"").to_vec();
        for piece in [&b"abc"[..], b"", b"0123456789abcdefg"] {
            bytes.extend_from_slice(&answer.piece(piece));
        }
        bytes.extend_from_slice(&answer.last());
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn each_reader_can_tell_the_end() {
        let text = whole(200, false, false);
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.contains("\r\nX-Y: z\r\n"), "{text}");
        assert!(text.ends_with("\r\n\r\n3\r\nabc\r\n11\r\n0123456789abcdefg\r\n0\r\n\r\n"), "{text}");
        let old = whole(200, true, false);
        assert!(old.contains("Connection: close") && !old.contains("chunked"), "{old}");
        assert!(old.ends_with("\r\n\r\nabc0123456789abcdefg"), "{old}");
        for text in [whole(200, false, true), whole(304, false, false), whole(204, true, false)] {
            assert!(
                text.ends_with("\r\n\r\n") && !text.contains("chunked") && !text.contains("abc"),
                "{text}"
            );
        }
    }
}
