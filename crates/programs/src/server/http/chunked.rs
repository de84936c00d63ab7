//! Bodies in chunks (RFC 9112, 7.1), read byte by byte: what they mean does not depend on how the stream is cut.
//!
//! Lines end with CR LF. What some readers take and others refuse (LF alone, blanks behind a size, fields behind the
//! last chunk) is read and marked as odd, so that nothing behind it counts as a request; what most refuse is refused.

use zeroize::Zeroizing;

/// Longest line with the size of a chunk, in bytes; of those behind the last chunk too.
const MAX_LINE: usize = 256;
/// Most digits of a size.
const MAX_DIGITS: usize = 8;
/// Most bytes behind the last chunk.
const MAX_TRAILER: usize = 16 * MAX_LINE;
/// How many bytes may be sent for each one that the body may hold: sizes and line ends around single bytes.
const MAX_OVERHEAD: usize = 8;

/// A body in chunks, as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    part: ChunkPart,
    whole: Zeroizing<Vec<u8>>,
    /// How many bytes were sent for it.
    sent: usize,
    /// Bytes of the line that is being read.
    line: usize,
    /// Bytes behind the last chunk.
    trailer: usize,
    /// Whether a size and the first byte of its line's end were there.
    begun: bool,
    odd: bool,
}

/// Where in a body the next byte stands.
#[derive(Clone, Copy, Debug, Default)]
enum ChunkPart {
    /// Before the size of a chunk.
    #[default]
    Start,
    Size(Size),
    /// Behind a blank that follows a size.
    Blank(usize),
    /// In what stands behind the semicolon, which is nobody's.
    Extension(usize),
    /// Behind the CR of the line with the size.
    LineEnd(usize),
    /// In the bytes of a chunk, of which so many are to come.
    Data(usize),
    /// Behind the bytes of a chunk.
    DataEnd,
    /// Behind the CR that follows them.
    DataLineEnd,
    /// Before a line behind the last chunk.
    TrailerLine,
    /// Within one.
    TrailerField,
    /// Behind the CR of an empty one.
    LastLineEnd,
}

/// The size of a chunk, as far as its digits have come.
#[derive(Clone, Copy, Debug)]
struct Size {
    value: usize,
    digits: usize,
}

/// What the bytes of a body are so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunked {
    /// The start of one in chunks.
    More,
    /// All of it.
    Whole,
    Not,
    /// Longer than it may be.
    TooLong,
}

impl Chunks {
    /// Reads on; how many of these bytes belong to the body. It may hold at most `most` bytes.
    pub(super) fn read(&mut self, bytes: &[u8], most: usize) -> (usize, Chunked) {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let found = if let ChunkPart::Data(left) = self.part {
                let part = &bytes[at..at + left.min(bytes.len() - at)];
                self.data(part, left);
                at += part.len();
                None
            } else {
                at += 1;
                self.sent += 1;
                self.framing(byte, most)
            };
            if let Some(found) = found {
                return (at, found);
            }
        }
        (at, Chunked::More)
    }

    /// The body, once it is whole.
    pub(super) fn into_whole(self) -> Zeroizing<Vec<u8>> {
        self.whole
    }

    /// How much memory it takes.
    pub(super) fn held(&self) -> usize {
        self.whole.capacity()
    }

    /// Whether somebody else might read it in another way.
    pub(super) fn is_odd(&self) -> bool {
        self.odd
    }

    /// Whether a chunk's size was there with the beginning of its line's end: no form begins so.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    fn data(&mut self, part: &[u8], left: usize) {
        liveapi_core::base::text::append(&mut self.whole, part);
        self.sent += part.len();
        self.part = if part.len() == left { ChunkPart::DataEnd } else { ChunkPart::Data(left - part.len()) };
    }

    /// Takes a byte that is not of the body itself; what the body is, where that shows.
    fn framing(&mut self, byte: u8, most: usize) -> Option<Chunked> {
        self.line = if byte == b'\n' { 0 } else { self.line + 1 };
        if self.line >= MAX_LINE {
            return Some(Chunked::Not);
        }
        if self.sent > MAX_OVERHEAD * most {
            return Some(Chunked::TooLong);
        }
        let next = match (self.part, byte) {
            (ChunkPart::Start, _) => Size { value: 0, digits: 0 }.with(byte).map(ChunkPart::Size),
            (ChunkPart::Size(size), _) => self.behind_digits(size, byte),
            (ChunkPart::Blank(size), b' ' | b'\t') => Some(ChunkPart::Blank(size)),
            (ChunkPart::Blank(size), _) => self.behind_size(size, byte),
            (ChunkPart::Extension(size), b'\r' | b'\n') => self.behind_size(size, byte),
            (ChunkPart::Extension(size), _) => Some(ChunkPart::Extension(size)),
            (ChunkPart::LineEnd(size), b'\n') => Some(begin(size)),
            (ChunkPart::DataEnd, b'\r') => Some(ChunkPart::DataLineEnd),
            (ChunkPart::DataEnd, b'\n') => self.oddly(ChunkPart::Start),
            (ChunkPart::DataLineEnd, b'\n') => Some(ChunkPart::Start),
            (ChunkPart::TrailerLine, b'\r') => Some(ChunkPart::LastLineEnd),
            (ChunkPart::TrailerLine, b'\n') => {
                self.odd = true;
                return Some(Chunked::Whole);
            }
            (ChunkPart::TrailerField, b'\n') => Some(ChunkPart::TrailerLine),
            (ChunkPart::TrailerLine | ChunkPart::TrailerField, _) => self.trailer(),
            (ChunkPart::LastLineEnd, b'\n') => return Some(Chunked::Whole),
            _ => None,
        };
        match (next, self.part) {
            (None, _) => return Some(Chunked::Not),
            (Some(ChunkPart::Data(size)), _) if size > most.saturating_sub(self.whole.len()) => {
                return Some(Chunked::TooLong);
            }
            (Some(next), _) => self.part = next,
        }
        None
    }

    fn behind_digits(&mut self, size: Size, byte: u8) -> Option<ChunkPart> {
        match byte {
            b' ' | b'\t' => self.oddly(ChunkPart::Blank(size.value)),
            b';' | b'\r' | b'\n' => self.behind_size(size.value, byte),
            digit => size.with(digit).map(ChunkPart::Size),
        }
    }

    fn behind_size(&mut self, size: usize, byte: u8) -> Option<ChunkPart> {
        match byte {
            b';' => Some(ChunkPart::Extension(size)),
            b'\r' => {
                self.begun = true;
                Some(ChunkPart::LineEnd(size))
            }
            b'\n' => {
                self.begun = true;
                self.oddly(begin(size))
            }
            _ => None,
        }
    }

    /// Takes a byte of a field behind the last chunk, which is nobody's.
    fn trailer(&mut self) -> Option<ChunkPart> {
        self.trailer += 1;
        self.oddly(ChunkPart::TrailerField).filter(|_| self.trailer <= MAX_TRAILER)
    }

    fn oddly(&mut self, part: ChunkPart) -> Option<ChunkPart> {
        self.odd = true;
        Some(part)
    }
}

impl Size {
    /// The size with one more digit.
    fn with(self, digit: u8) -> Option<Self> {
        let value = char::from(digit).to_digit(16).filter(|_| self.digits < MAX_DIGITS)?;
        Some(Self { value: self.value * 16 + usize::try_from(value).ok()?, digits: self.digits + 1 })
    }
}

/// What a complete line announces.
fn begin(size: usize) -> ChunkPart {
    if size == 0 { ChunkPart::TrailerLine } else { ChunkPart::Data(size) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many bytes were taken, what they are, the body, and whether it is odd.
    fn read(bytes: &[u8], most: usize) -> (usize, Chunked, String, bool) {
        let mut chunks = Chunks::default();
        let (used, found) = chunks.read(bytes, most);
        let odd = chunks.is_odd();
        (used, found, String::from_utf8(chunks.into_whole().to_vec()).unwrap(), odd)
    }

    #[test]
    fn chunks_are_joined_and_their_end_is_found() {
        for (sent, body, odd) in [
            ("3\r\nabc\r\n0\r\n\r\n", "abc", false),
            ("3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde", false),
            ("0\r\n\r\n", "", false),
            ("00000003\r\nabc\r\n0;\r\n\r\n", "abc", false),
            ("3\nabc\r\n0\r\n\r\n", "abc", true),
            ("3;x\nabc\r\n0\r\n\r\n", "abc", true),
            ("3\r\nabc\n0\r\n\r\n", "abc", true),
            ("3\r\nabc\r\n0\r\n\n", "abc", true),
            ("3 \t;x\r\nabc\r\n0\r\n\r\n", "abc", true),
            ("A\r\n0123456789\r\n000\r\nX: y\r\n\r\n", "0123456789", true),
        ] {
            let followed = format!("{sent}GET / HTTP/1.1\r\n\r\n");
            let whole = (sent.len(), Chunked::Whole, body.to_owned(), odd);
            assert_eq!(read(followed.as_bytes(), 100), whole, "{sent:?}");
            for cut in 0..sent.len() {
                assert_eq!(read(&sent.as_bytes()[..cut], 100).1, Chunked::More, "{:?}", &sent[..cut]);
            }
        }
    }

    #[test]
    fn a_form_is_not_in_chunks() {
        for body in [
            "a=1&b=2",
            "email=user",
            "abc=1\r\n",
            "5\r\nabc",
            "3\r\nabcX\r\n",
            "{\"a\":1}",
            "123456789\r\n",
            " 3\r\nabc",
            "\r3\r\nabc",
            "3\r\nabc\r\n\r3\r\nabc",
            "3;a\rb\r\nabc",
            "3 3\r\nabc",
        ] {
            let complete = format!("{body}\r\n\r\nmore and more");
            assert_eq!(read(complete.as_bytes(), 100).1, Chunked::Not, "{body:?}");
        }
        assert_eq!(read(b"-1\r\n", 100).1, Chunked::Not);
        assert_eq!(read(b"65\r\n", 100).1, Chunked::TooLong);
        assert_eq!(read(&[b'1'; 300], 100).1, Chunked::Not);
        assert_eq!(read(&[&b"1;"[..], &[b'x'; 300]].concat(), 100).1, Chunked::Not);
        assert_eq!(read(&[&b"0\r\n"[..], &b"a: b\r\n".repeat(1000)].concat(), 1_000_000).1, Chunked::Not);
    }

    #[test]
    fn sizes_around_single_bytes_end_somewhere() {
        let bytes = [&b"1;"[..], &[b'x'; 200], b"\r\na\r\n"].concat().repeat(100);
        let (used, found, body, _) = read(&bytes, 1000);
        assert_eq!((used, found), (8001, Chunked::TooLong));
        assert!(body.len() < 50);
    }
}
