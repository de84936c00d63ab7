//! An answer as it comes, in whatever pieces: it ends with the line that holds `</cpanelresult>`.

use memchr::memmem;

use crate::engine::wire::transport_error::MAX_ANSWER_BYTES;

/// What the last line of an answer holds.
pub(crate) const END: &str = "</cpanelresult>";

/// The bytes of an answer that have come so far.
#[derive(Default)]
pub(crate) struct SocketReply {
    bytes: Vec<u8>,
    /// How many of them were searched.
    searched: usize,
    /// Where the end was seen.
    end: Option<usize>,
}

/// How far an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReplyProgress {
    /// Its end has not come.
    Open,
    /// Its end has come, but not the end of the line. Every panel sends one; without it nobody knows whether
    /// more comes.
    Unfinished,
    /// It is whole, and so many bytes came after it.
    Whole(usize),
    /// It is longer than anybody needs.
    TooLong,
}

impl SocketReply {
    /// Takes the next piece, and says how far the answer is with it.
    pub(crate) fn push(&mut self, piece: &[u8]) -> ReplyProgress {
        if self.bytes.len() + piece.len() > MAX_ANSWER_BYTES {
            return ReplyProgress::TooLong;
        }
        self.bytes.extend_from_slice(piece);
        if self.end.is_none() {
            // The end may stand across two pieces.
            let from = self.searched.saturating_sub(END.len() - 1);
            self.end = memmem::find(&self.bytes[from..], END.as_bytes()).map(|at| from + at + END.len());
            self.searched = self.bytes.len();
        }
        let Some(end) = self.end else { return ReplyProgress::Open };
        match memchr::memchr(b'\n', &self.bytes[end..]) {
            None => ReplyProgress::Unfinished,
            Some(line) => ReplyProgress::Whole(self.bytes.len() - (end + line + 1)),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether it could end here, if nothing more came.
    pub(crate) fn can_end(&self) -> bool {
        self.bytes.trim_ascii_end().ends_with(END.as_bytes())
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Whether bytes between two answers mean nothing.
pub(crate) fn is_blank(bytes: &[u8]) -> bool {
    bytes.trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_pieces_make_the_same_answer() {
        let answer = b"<?xml version=\"1.0\" ?>\r\n<cpanelresult>{\"a\":1}\r\n</cpanelresult>\r\n";
        for size in 1..=answer.len() {
            let mut reply = SocketReply::default();
            let mut pieces = answer.chunks(size).peekable();
            while let Some(piece) = pieces.next() {
                let progress = reply.push(piece);
                assert_eq!(
                    progress == ReplyProgress::Whole(0),
                    pieces.peek().is_none(),
                    "{size}: {progress:?}"
                );
            }
            assert_eq!(reply.into_bytes(), answer);
        }
    }

    #[test]
    fn an_end_inside_a_line_is_not_the_end_of_the_line() {
        let mut reply = SocketReply::default();
        let line = b"<cpanelresult>{\"a\":\"</cpanelresult>\",\"b\":1}</cpanelresult>";
        assert_eq!((reply.push(&line[..40]), reply.can_end()), (ReplyProgress::Unfinished, false));
        assert_eq!((reply.push(&line[40..]), reply.can_end()), (ReplyProgress::Unfinished, true));
        assert_eq!(reply.push(b"\nxy"), ReplyProgress::Whole(2));
        assert!(is_blank(b" \r\n") && !is_blank(b"\nx"));
    }

    #[test]
    fn what_never_ends_is_stopped() {
        let mut reply = SocketReply::default();
        let piece = vec![b'x'; 1024 * 1024];
        let pushed = (0..21).map(|_| reply.push(&piece)).filter(|progress| *progress == ReplyProgress::Open);
        assert_eq!(pushed.count(), 20);
        assert_eq!(reply.push(&piece), ReplyProgress::TooLong);
    }
}
