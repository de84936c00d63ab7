//! Reads the requests of one connection, as their bytes come.
//!
//! A request is its length in decimal digits, a line feed, and that many bytes. Real clients count in other ways
//! too: one counts UTF-16 units, so what it announces is too short as soon as there is an `é`; and some send the
//! request to end without any length.

use zeroize::Zeroizing;

use liveapi_core::base::text::append_within;

/// Longest request, in bytes.
pub const MAX_REQUEST_BYTES: usize = 16 * 1024 * 1024;
/// Most digits of a length.
const MAX_DIGITS: usize = 9;
/// Longest line with a length: its digits, a carriage return, blanks.
const MAX_LENGTH_LINE: usize = 16;
/// Longest request that is read without a length.
const MAX_UNFRAMED: usize = 64;
/// How an action begins and ends.
const ACTION: [&[u8]; 2] = [b"<cpanelaction>", b"</cpanelaction>"];

/// Why nothing more can be read from a connection.
#[derive(Debug, PartialEq, Eq)]
pub struct BadFrame(pub String);

/// The reader of one connection. Between two requests it holds no memory.
#[derive(Default)]
pub struct FrameReader {
    bytes: Zeroizing<Vec<u8>>,
    /// Where a request is looked through that may be longer than announced.
    scan: FrameScan,
}

/// How far a request was counted.
#[derive(Clone, Copy, Default)]
struct FrameScan {
    /// What the request must end with, where that may not be at its announced end.
    mark: Option<&'static [u8]>,
    at: usize,
    chars: usize,
    units: usize,
}

impl FrameReader {
    /// Takes bytes of the connection.
    pub fn take(&mut self, bytes: &[u8]) {
        append_within(&mut self.bytes, bytes, MAX_REQUEST_BYTES);
    }

    /// How much memory it takes.
    pub fn held(&self) -> usize {
        self.bytes.capacity()
    }

    /// Whether a request has begun and is not complete.
    pub fn is_within(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// The next request, once it is there. After a refusal nothing more can be read: nobody knows where the next
    /// request would begin.
    pub fn request(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, BadFrame> {
        let blanks = self.bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if blanks > 0 {
            self.consume(blanks);
        }
        match self.bytes.first() {
            None => Ok(None),
            Some(b'<') => self.unframed(),
            Some(_) => self.framed(),
        }
    }

    fn framed(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, BadFrame> {
        let head = &self.bytes[..self.bytes.len().min(MAX_LENGTH_LINE)];
        let Some(line_end) = memchr::memchr(b'\n', head) else {
            let digits = head.iter().take_while(|byte| byte.is_ascii_digit()).count();
            return match head.len() < MAX_LENGTH_LINE
                && digits <= MAX_DIGITS
                && head[digits..].trim_ascii().is_empty()
            {
                true => Ok(None),
                false => Err(nonsense()),
            };
        };
        let announced = announced(head[..line_end].trim_ascii())?;
        let body = &self.bytes[line_end + 1..];
        let Some(length) = self.scan.end(body, announced) else { return Ok(None) };
        let request = Zeroizing::new(body[..length].to_vec());
        self.consume(line_end + 1 + length);
        Ok(Some(request))
    }

    /// Only the request to end is understood without a length.
    fn unframed(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, BadFrame> {
        let head = &self.bytes[..self.bytes.len().min(MAX_UNFRAMED)];
        match memchr::memchr(b'>', head) {
            Some(end) if is_shutdown(&head[..=end]) => {
                let request = Zeroizing::new(head[..=end].to_vec());
                self.consume(end + 1);
                Ok(Some(request))
            }
            None if head.len() < MAX_UNFRAMED => Ok(None),
            _ => Err(nonsense()),
        }
    }

    fn consume(&mut self, used: usize) {
        self.scan = FrameScan::default();
        let rest = Zeroizing::new(self.bytes[used..].to_vec());
        self.bytes = rest;
    }
}

impl FrameScan {
    /// Where a request ends that was announced with that length; nothing if it is not there yet.
    fn end(&mut self, body: &[u8], announced: usize) -> Option<usize> {
        let whole = body.get(..announced)?;
        let mark = match self.mark {
            Some(mark) => mark,
            // Looked at once, when the announced end is there.
            None => {
                let Some(mark) = end_mark(whole) else { return Some(announced) };
                if whole.is_ascii() || whole.trim_ascii_end().ends_with(mark) {
                    return Some(announced);
                }
                self.mark = Some(mark);
                mark
            }
        };
        // The sender counted characters or UTF-16 units: the end is where that many of them are.
        while let Some(&byte) = body.get(self.at) {
            // Bytes that go on with a character count for nothing.
            let begins = byte & 0xc0 != 0x80;
            self.chars += usize::from(begins);
            self.units += usize::from(begins) + usize::from(byte >= 0xf0);
            self.at += 1;
            let counted = self.chars == announced || self.units == announced;
            if counted && self.at >= announced && body[..self.at].ends_with(mark) {
                return Some(self.at);
            }
            if self.chars > announced || self.at > MAX_REQUEST_BYTES {
                // It never ended properly; it is answered as what it is.
                return Some(announced);
            }
        }
        None
    }
}

/// What a request of that beginning must end with.
fn end_mark(request: &[u8]) -> Option<&'static [u8]> {
    let request = request.trim_ascii_start();
    if request.starts_with(ACTION[0]) { Some(ACTION[1]) } else { request.starts_with(b"<").then_some(b">") }
}

fn announced(digits: &[u8]) -> Result<usize, BadFrame> {
    let good = (1..=MAX_DIGITS).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    let length = std::str::from_utf8(digits).ok().filter(|_| good).and_then(|text| text.parse().ok());
    match length {
        Some(length) if length > MAX_REQUEST_BYTES => Err(BadFrame(format!(
            "The request is announced with {length} bytes; at most {MAX_REQUEST_BYTES} are read"
        ))),
        Some(length) => Ok(length),
        None => Err(nonsense()),
    }
}

/// Says nothing of what came: it may be the end of a request with a password.
fn nonsense() -> BadFrame {
    BadFrame(format!(
        "The request does not begin with its length in bytes (1 to {MAX_DIGITS} digits and a line feed), so where it ends cannot be known"
    ))
}

/// Whether a request is the one to end.
pub(super) fn is_shutdown(request: &[u8]) -> bool {
    let request = request.trim_ascii();
    request.starts_with(b"<cpanelxml") && memchr::memmem::find(request, b"shutdown").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All requests of some bytes that come in pieces of that size, and how it ended.
    fn read(bytes: &[u8], piece: usize) -> (Vec<String>, Result<bool, BadFrame>) {
        let (mut reader, mut found) = (FrameReader::default(), Vec::new());
        for bytes in bytes.chunks(piece) {
            reader.take(bytes);
            loop {
                match reader.request() {
                    Ok(Some(request)) => found.push(String::from_utf8(request.to_vec()).unwrap()),
                    Ok(None) => break,
                    Err(bad) => return (found, Err(bad)),
                }
            }
        }
        (found, Ok(reader.is_within()))
    }

    fn framed(length: usize, body: &str) -> String {
        format!("{length}\n{body}")
    }

    #[test]
    fn requests_one_behind_the_other_in_pieces_of_any_size() {
        let bodies =
            ["<cpaneljson enable=\"1\">", "<cpanelaction>\n{\"a\":\"\\/\"}\n</cpanelaction>", "", "x y"];
        let mut bytes: String = bodies.iter().map(|body| framed(body.len(), body)).collect();
        bytes.push_str("26\n<cpanelxml shutdown=\"1\" />");
        for piece in [1, 2, 3, 7, 1000] {
            let (found, end) = read(bytes.as_bytes(), piece);
            assert_eq!(found[..4], bodies, "{piece}");
            assert_eq!((found[4].as_str(), end), ("<cpanelxml shutdown=\"1\" />", Ok(false)));
        }
        let (found, end) = read(b"\r\n 003\r\nabc\n\n2 \nde<cpanelxml shutdown=\"1\" />", 2);
        assert_eq!(
            (found, end),
            (vec!["abc".into(), "de".into(), "<cpanelxml shutdown=\"1\" />".into()], Ok(false))
        );
    }

    #[test]
    fn who_counts_characters_is_understood() {
        let action = |password: &str| {
            format!("<cpanelaction>{{\"args\":{{\"password\":\"{password}\"}}}}</cpanelaction>")
        };
        for password in
            ["é", "häß€", "😀 €", &"é😀".repeat(500), "</cpanelaction>é", "é</cpanelaction>", "é<b>"]
        {
            let body = action(password);
            for length in [body.len(), body.encode_utf16().count(), body.chars().count()] {
                let bytes = framed(length, &body) + &framed(2, "ok");
                for piece in [1, 5, 100_000] {
                    assert_eq!(
                        read(bytes.as_bytes(), piece),
                        (vec![body.clone(), "ok".into()], Ok(false)),
                        "{body}"
                    );
                }
            }
        }
        let tag = "<cpanel print=\"é>$user\">";
        assert_eq!(read(framed(tag.len() - 1, tag).as_bytes(), 1).0, [tag]);
    }

    #[test]
    fn what_never_ends_properly_is_answered_at_its_announced_end() {
        let ascii = "<cpanelaction>{}";
        assert_eq!(read(framed(ascii.len(), ascii).as_bytes(), 3), (vec![ascii.into()], Ok(false)));
        let other = "<cpanelaction>{\"é\":1}";
        let bytes = framed(other.len(), other) + &framed(40, &"y".repeat(40));
        let (found, end) = read(bytes.as_bytes(), 3);
        assert_eq!((found[0].as_str(), found.len(), end), (other, 2, Ok(false)));
    }

    #[test]
    fn nonsense_is_refused_as_soon_as_it_is_seen() {
        for bytes in [
            "x",
            "-1\n",
            "+3\nabc",
            "1e3\n",
            "0x10\n",
            "1234567890\n",
            "12345678901",
            "3 3\n",
            "GET / HTTP/1.1\r\n",
            "99999999\n",
            "16777217\n",
            "<cpanel print=\"x\">",
            "<a>",
            "7               \n",
            "<cpanelxml                                                                    ",
        ] {
            let (found, end) = read(bytes.as_bytes(), 1);
            assert!(found.is_empty() && end.is_err(), "{bytes:?}: {end:?}");
        }
        assert!(!nonsense().0.contains("s3cret"));
        for bytes in ["", "1", "16777216\n", "<cpanelxml shut", "123456789", "5\nabcd"] {
            assert_eq!(read(bytes.as_bytes(), 1), (vec![], Ok(!bytes.is_empty())), "{bytes:?}");
        }
    }

    #[test]
    fn an_announcement_takes_no_memory_and_none_is_kept() {
        let mut reader = FrameReader::default();
        reader.take(b"16000000\nabc");
        assert_eq!(reader.request(), Ok(None));
        assert!(reader.bytes.capacity() < 1000);
        let mut reader = FrameReader::default();
        reader.take(framed(100_000, &"x".repeat(100_000)).as_bytes());
        assert!(reader.request().unwrap().is_some());
        assert_eq!(reader.bytes.capacity(), 0);
    }

    #[test]
    fn samples_cut_joined_and_changed_at_random_end_and_lose_nothing() {
        let samples = [
            "23\n<cpaneljson enable=\"1\">",
            "26\n<cpanelxml shutdown=\"1\" />",
            "<cpanelxml shutdown=\"1\" />",
            "43\n<cpanelaction>{\"é\":\"😀\"}</cpanelaction>",
            "0\n",
            "999999999\n",
            "\r\n 5 \r\n<a>é",
        ];
        // A linear congruential generator: the same samples in each run.
        let mut state = 0x2545_f491_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % below
        };
        for _ in 0..20_000 {
            let mut bytes = Vec::new();
            for _ in 0..=random(4) {
                let sample = samples[random(samples.len())].as_bytes();
                bytes.extend_from_slice(&sample[..=random(sample.len())]);
            }
            for _ in 0..random(3) {
                let at = random(bytes.len());
                bytes[at] = b"0123456789\n<>\xc3\xff\""[random(16)];
            }
            let (mut reader, mut used) = (FrameReader::default(), 0);
            let mut piece = bytes.as_slice();
            let refused = 'all: loop {
                let (now, later) = piece.split_at((1 + random(9)).min(piece.len()));
                reader.take(now);
                piece = later;
                loop {
                    match reader.request() {
                        Ok(Some(request)) => used += request.len(),
                        Ok(None) if piece.is_empty() => break 'all false,
                        Ok(None) => break,
                        Err(_) => break 'all true,
                    }
                }
            };
            assert!(
                used <= bytes.len() && (refused || reader.bytes.len() + used <= bytes.len()),
                "{bytes:?}"
            );
        }
    }
}
