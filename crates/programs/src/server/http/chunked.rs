//! Bodies in chunks (RFC 9112, 7.1).

use zeroize::Zeroizing;

/// Longest line with the size of a chunk, in bytes.
const MAX_LINE: usize = 256;

/// A body in chunks, as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    /// Up to where the bytes are read; what was read once is not read again, however small the pieces come.
    at: usize,
    whole: Zeroizing<Vec<u8>>,
    /// Whether the last chunk was seen.
    ended: bool,
}

/// What the bytes of a body are so far.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Chunked {
    /// The start of one in chunks.
    More,
    /// All of it, and its length as sent.
    Whole(Zeroizing<Vec<u8>>, usize),
    Not,
    /// Longer than it may be.
    TooLong,
}

impl Chunks {
    /// Reads on in a body, whose bytes are given from its start and may hold at most `most` bytes.
    pub(super) fn read(&mut self, bytes: &[u8], most: usize) -> Chunked {
        while !self.ended {
            match self.chunk(bytes, most) {
                Ok(true) => {}
                Ok(false) => return Chunked::More,
                Err(found) => return found,
            }
        }
        match trailer(&bytes[self.at..]) {
            Ok(Some(length)) => Chunked::Whole(std::mem::take(&mut self.whole), self.at + length),
            Ok(None) => Chunked::More,
            Err(()) => Chunked::Not,
        }
    }

    /// Takes one chunk, if it is there.
    fn chunk(&mut self, bytes: &[u8], most: usize) -> Result<bool, Chunked> {
        let Some((line, length)) = line(&bytes[self.at..]).map_err(|()| Chunked::Not)? else {
            return Ok(false);
        };
        let start = self.at + length;
        let size = size(line).ok_or(Chunked::Not)?;
        if self.whole.len() + size > most {
            return Err(Chunked::TooLong);
        }
        if size == 0 {
            (self.at, self.ended) = (start, true);
            return Ok(true);
        }
        let Some(part) = bytes.get(start..start + size) else { return Ok(false) };
        let behind = start + size;
        let end = match &bytes[behind..] {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            [] | [b'\r'] => return Ok(false),
            _ => return Err(Chunked::Not),
        };
        liveapi_core::base::text::append(&mut self.whole, part);
        self.at = behind + end;
        Ok(true)
    }
}

/// A line without its end, and its length with it.
fn line(bytes: &[u8]) -> Result<Option<(&[u8], usize)>, ()> {
    match memchr::memchr(b'\n', &bytes[..bytes.len().min(MAX_LINE)]) {
        Some(at) => Ok(Some((bytes[..at].strip_suffix(b"\r").unwrap_or(&bytes[..at]), at + 1))),
        None if bytes.len() >= MAX_LINE => Err(()),
        // What cannot become a size is seen before its line ends: a form's sender waits for no more.
        None if size(bytes.strip_suffix(b"\r").unwrap_or(bytes)).is_none() && !bytes.is_empty() => Err(()),
        None => Ok(None),
    }
}

/// The size of a chunk; what follows a semicolon is nobody's.
fn size(line: &[u8]) -> Option<usize> {
    let digits = line.split(|&byte| byte == b';').next()?.trim_ascii();
    if digits.is_empty() || digits.len() > 8 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The length of what stands behind the last chunk: lines up to an empty one, all of them nobody's.
fn trailer(bytes: &[u8]) -> Result<Option<usize>, ()> {
    let mut at = 0;
    loop {
        let rest = &bytes[at..];
        let Some(end) = memchr::memchr(b'\n', rest) else {
            return if rest.len() > MAX_LINE { Err(()) } else { Ok(None) };
        };
        at += end + 1;
        if matches!(&rest[..end], b"" | b"\r") {
            return Ok(Some(at));
        }
        if at > 16 * MAX_LINE {
            return Err(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], most: usize) -> Chunked {
        Chunks::default().read(bytes, most)
    }

    #[test]
    fn chunks_are_joined_and_their_end_is_found() {
        for (sent, body) in [
            ("3\r\nabc\r\n0\r\n\r\n", "abc"),
            ("3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde"),
            ("0\r\n\r\n", ""),
            ("3\nabc\n0\n\n", "abc"),
            ("A\r\n0123456789\r\n000\r\nX: y\r\n\r\n", "0123456789"),
        ] {
            let whole = Chunked::Whole(Zeroizing::new(body.into()), sent.len());
            let followed = format!("{sent}GET / HTTP/1.1\r\n\r\n");
            assert_eq!(read(followed.as_bytes(), 100), whole, "{sent:?}");
            let mut chunks = Chunks::default();
            for cut in 0..sent.len() {
                assert_eq!(chunks.read(&sent.as_bytes()[..cut], 100), Chunked::More, "{:?}", &sent[..cut]);
            }
            assert_eq!(chunks.read(sent.as_bytes(), 100), whole, "{sent:?}");
        }
    }

    #[test]
    fn a_form_is_not_in_chunks() {
        for body in
            ["a=1&b=2", "email=user", "abc=1\r\n", "5\r\nabc", "3\r\nabcX\r\n", "{\"a\":1}", "123456789\r\n"]
        {
            let complete = format!("{body}\r\n\r\nmore and more");
            assert_eq!(read(complete.as_bytes(), 100), Chunked::Not, "{body:?}");
        }
        assert_eq!(read(b"-1\r\n", 100), Chunked::Not);
        assert_eq!(read(b"65\r\n", 100), Chunked::TooLong);
        assert_eq!(read(&[b'1'; 300], 100), Chunked::Not);
    }
}
