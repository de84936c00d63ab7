//! The head of a request: its first line and its fields.

use zeroize::Zeroizing;

use super::error::HttpError;

/// Most lines in a head; nothing real comes near it.
const MAX_LINES: usize = 200;
/// What a field takes in memory beside its name and value, in bytes: both have a place of their own.
const FIELD_COST: usize = 96;
/// The methods that are answered.
const METHODS: [&str; 3] = ["GET", "POST", "HEAD"];

/// The head of a request.
#[derive(Debug)]
pub(super) struct RequestHead {
    pub(super) method: &'static str,
    /// As sent, without scheme and host.
    pub(super) target: Zeroizing<Vec<u8>>,
    /// Whether it is HTTP/1.0, whose connections end with their answer.
    pub(super) old: bool,
    /// Names in lower case, values without white space around them, in the order sent.
    fields: Vec<(String, Zeroizing<Vec<u8>>)>,
    /// Whether somebody else might read the same bytes in another way.
    pub(super) odd: bool,
}

/// How far a head was looked through; what was seen once is not looked at again, however small the pieces come.
#[derive(Debug, Default)]
pub(super) struct HeadScan {
    at: usize,
    /// Where the line begins that is being read.
    line: usize,
    lines: usize,
    /// Whether the first line has begun: line ends before it are none of its own.
    begun: bool,
}

/// What is known of a head so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeadEnd {
    /// It goes on.
    More,
    /// It ends there.
    At(usize),
    /// It has more bytes or lines than any real one.
    TooLong,
}

impl HeadScan {
    /// Looks on for the end of a head of at most `most` bytes: behind the first line that is empty. `CR CR LF`, which
    /// old scripts send in the middle of their fields, is no empty line. `bytes` begin where they did before.
    pub(super) fn end(&mut self, bytes: &[u8], most: usize) -> HeadEnd {
        let seen = &bytes[..bytes.len().min(most)];
        if !self.begun {
            self.skip_line_ends(seen);
        }
        while let Some(found) = memchr::memchr(b'\n', &seen[self.at..]).filter(|_| self.lines <= MAX_LINES) {
            let (line, at) = (self.line, self.at + found);
            (self.at, self.line, self.lines) = (at + 1, at + 1, self.lines + 1);
            if self.lines <= MAX_LINES && matches!(&seen[line..at], b"" | b"\r") {
                return HeadEnd::At(at + 1);
            }
        }
        if self.lines > MAX_LINES || bytes.len() > most {
            return HeadEnd::TooLong;
        }
        self.at = seen.len();
        HeadEnd::More
    }

    fn skip_line_ends(&mut self, bytes: &[u8]) {
        let ends = leading_line_ends(&bytes[self.at..]);
        let skipped = &bytes[self.at..self.at + ends];
        self.lines += memchr::memchr_iter(b'\n', skipped).count();
        self.at += ends;
        self.line = self.at;
        self.begun = self.at < bytes.len();
    }
}

/// Some clients end the request before with more line ends than they announced.
fn leading_line_ends(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

impl RequestHead {
    /// Reads a head whose end [`HeadScan`] found.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, HttpError> {
        if bytes.contains(&0) {
            return Err(HttpError::new(400, "The head of the request holds a NUL byte"));
        }
        let bytes = &bytes[leading_line_ends(bytes)..];
        let lines = HeadLines::of(bytes);
        let mut odd = lines.odd;
        let mut lines = lines.lines.into_iter();
        let first = lines.next().ok_or_else(|| HttpError::new(400, "The request has no first line"))?;
        let (method, target, old) = first_line(first)?;
        let mut fields: Vec<(String, Zeroizing<Vec<u8>>)> = Vec::new();
        for line in lines {
            match (field(line), fields.last_mut()) {
                (HeadLine::Field(name, value, clean), _) => {
                    odd |= !clean;
                    fields.push((name, Zeroizing::new(value.to_vec())));
                }
                // The old way to write a long value; proxies differ in what they make of it.
                (HeadLine::Continued(more), Some((_, value))) => {
                    odd = true;
                    let joined = [value.as_slice(), b" ", more].concat();
                    *value = Zeroizing::new(joined);
                }
                (HeadLine::Continued(_) | HeadLine::None, _) => odd = true,
            }
        }
        Ok(Self { method, target: Zeroizing::new(target.to_vec()), old, fields, odd })
    }

    /// How much memory it takes.
    pub(super) fn held(&self) -> usize {
        let fields = self.fields.iter().map(|(name, value)| name.len() + value.len() + FIELD_COST);
        self.target.len() + fields.sum::<usize>()
    }

    /// The values of a field, in the order sent.
    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &[u8]> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// All fields, as sent, with their names in lower case.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// The one value of a field. Two different ones are refused: whichever was taken, the other could have been meant.
    pub(super) fn one(&self, name: &'static str) -> Result<Option<&[u8]>, HttpError> {
        let mut values = self.all(name);
        let first = values.next();
        match values.find(|value| Some(*value) != first) {
            None => Ok(first),
            Some(_) => Err(HttpError::new(
                400,
                format!("The request has two different fields {name}; send one of them"),
            )),
        }
    }

    /// Whether a field stands there more than once.
    pub(super) fn repeats(&self, name: &'static str) -> bool {
        self.all(name).count() > 1
    }

    /// Whether one of a field's comma-separated words is this one.
    pub(super) fn has_word(&self, name: &'static str, word: &str) -> bool {
        self.all(name).any(|value| {
            value
                .split(|&byte| byte == b',')
                .any(|part| part.trim_ascii().eq_ignore_ascii_case(word.as_bytes()))
        })
    }
}

/// The lines of a head, without their ends.
struct HeadLines<'b> {
    lines: Vec<&'b [u8]>,
    odd: bool,
}

impl<'b> HeadLines<'b> {
    /// A line ends with CR LF; also with LF or CR alone, which is odd.
    fn of(bytes: &'b [u8]) -> Self {
        let mut found = Self { lines: Vec::new(), odd: false };
        for whole in bytes.split(|&byte| byte == b'\n') {
            let line = whole.strip_suffix(b"\r");
            // Behind the last LF nothing stands.
            found.odd |= line.is_none() && !whole.is_empty();
            for part in line.unwrap_or(whole).split(|&byte| byte == b'\r') {
                found.odd |= part.len() != line.unwrap_or(whole).len();
                if !part.is_empty() {
                    found.lines.push(part);
                }
            }
        }
        found
    }
}

/// Method, target, and whether it is HTTP/1.0. The target may hold what should have been encoded, blanks too.
fn first_line(line: &[u8]) -> Result<(&'static str, &[u8], bool), HttpError> {
    let wrong = || HttpError::new(400, "The first line of the request is not METHOD /path HTTP/1.1");
    let space = memchr::memchr(b' ', line).ok_or_else(wrong)?;
    let (method, rest) = (&line[..space], line[space..].trim_ascii());
    let version = memchr::memrchr(b' ', rest).ok_or_else(wrong)?;
    let (target, version) = (rest[..version].trim_ascii(), &rest[version + 1..]);
    let old = match version {
        b"HTTP/1.1" => false,
        b"HTTP/1.0" => true,
        other if other.starts_with(b"HTTP/") => {
            return Err(HttpError::new(505, "Only HTTP/1.1 and HTTP/1.0 are answered"));
        }
        _ => return Err(wrong()),
    };
    let known = METHODS.iter().find(|known| known.as_bytes() == method);
    let method = known.ok_or_else(|| HttpError::new(405, "Only GET, POST and HEAD are answered"))?;
    Ok((method, without_host(target).ok_or_else(wrong)?, old))
}

/// Clients behind proxies send the whole address.
fn without_host(target: &[u8]) -> Option<&[u8]> {
    if target.starts_with(b"/") {
        return Some(target);
    }
    let rest = target.strip_prefix(b"https://").or_else(|| target.strip_prefix(b"http://"))?;
    Some(memchr::memchr2(b'/', b'?', rest).map_or(b"/", |at| &rest[at..]))
}

enum HeadLine<'l> {
    /// Name, value, and whether it is written as it should be.
    Field(String, &'l [u8], bool),
    /// More of the line before.
    Continued(&'l [u8]),
    None,
}

fn field(line: &[u8]) -> HeadLine<'_> {
    if line.starts_with(b" ") || line.starts_with(b"\t") {
        return HeadLine::Continued(line.trim_ascii());
    }
    let Some(colon) = memchr::memchr(b':', line) else { return HeadLine::None };
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    let trimmed = name.trim_ascii();
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    if trimmed.is_empty() || !trimmed.iter().all(is_token) {
        return HeadLine::None;
    }
    let lower = String::from_utf8_lossy(trimmed).to_ascii_lowercase();
    HeadLine::Field(lower, value.trim_ascii(), trimmed.len() == name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the head ends, if all of it comes at once; and that it does in every other way to come too.
    fn end(bytes: &[u8]) -> Option<usize> {
        let whole = HeadScan::default().end(bytes, 1000);
        let mut scan = HeadScan::default();
        let slowly = (0..=bytes.len()).map(|length| scan.end(&bytes[..length], 1000));
        assert_eq!(slowly.into_iter().find(|end| *end != HeadEnd::More).unwrap_or(HeadEnd::More), whole);
        match whole {
            HeadEnd::At(at) => Some(at),
            HeadEnd::More | HeadEnd::TooLong => None,
        }
    }

    fn parse(text: &str) -> RequestHead {
        assert_eq!(end(text.as_bytes()), Some(text.len()), "{text:?}");
        RequestHead::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_good_head_is_not_odd() {
        let head = parse("GET /a?b=c HTTP/1.1\r\nHost: x\r\nACCEPT:  */* \r\n\r\n");
        assert_eq!(
            (head.method, head.target.as_slice(), head.old, head.odd),
            ("GET", &b"/a?b=c"[..], false, false)
        );
        assert_eq!(head.one("accept").unwrap(), Some(&b"*/*"[..]));
        assert_eq!(head.one("cookie").unwrap(), None);
    }

    #[test]
    fn what_could_be_read_otherwise_is_read_and_marked() {
        for text in [
            "GET / HTTP/1.1\nHost: x\n\n",
            "GET / HTTP/1.1\r\nAuthorization: y\n\r\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nA: b\rHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nuser=a&pass=b\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n",
        ] {
            let head = parse(text);
            assert!(head.odd, "{text:?}");
            assert_eq!(head.one("host").unwrap(), Some(&b"x"[..]), "{text:?}");
        }
    }

    #[test]
    fn a_head_ends_at_an_empty_line_only() {
        for (text, at) in [
            ("GET / HTTP/1.1\r\n\r\nrest", Some(18)),
            ("\r\n\r\nGET / HTTP/1.1\r\n\r\n", Some(22)),
            ("GET / HTTP/1.1\n\r\r\n\r\nrest", Some(20)),
            ("GET / HTTP/1.1\r\nA: b\r\n", None),
            ("\r\n\r\n", None),
            ("", None),
        ] {
            assert_eq!(end(text.as_bytes()), at, "{text:?}");
        }
    }

    #[test]
    fn targets_as_people_write_them() {
        for (line, target) in [
            ("GET /a?domain=\"x.com\"&p=é HTTP/1.0", "/a?domain=\"x.com\"&p=é"),
            ("GET /a b HTTP/1.1", "/a b"),
            ("GET https://h:2087/a?b HTTP/1.1", "/a?b"),
            ("GET http://h HTTP/1.1", "/"),
            ("POST  //x  HTTP/1.1", "//x"),
        ] {
            assert_eq!(first_line(line.as_bytes()).unwrap().1, target.as_bytes(), "{line}");
        }
        for (line, status) in [
            ("GET /", 400),
            ("GET", 400),
            ("", 400),
            ("GET x HTTP/1.1", 400),
            ("GET / HTTP/2", 505),
            ("DELETE / HTTP/1.1", 405),
            ("get / HTTP/1.1", 405),
        ] {
            assert_eq!(first_line(line.as_bytes()).unwrap_err().status, status, "{line}");
        }
    }

    #[test]
    fn fields_twice() {
        let head = parse("GET / HTTP/1.1\r\nA: 1\r\na: 1\r\nB: 1\r\nB: 2\r\nC: x, Close\r\n\r\n");
        assert_eq!(head.one("a").unwrap(), Some(&b"1"[..]));
        assert!(head.repeats("a") && head.one("b").unwrap_err().why.contains("two different fields b"));
        assert!(head.has_word("c", "close") && !head.has_word("c", "clos"));
        assert_eq!(RequestHead::parse(b"GET /\0 HTTP/1.1\r\n\r\n").unwrap_err().status, 400);
    }
}
