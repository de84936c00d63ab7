//! The head of a page's answer (RFC 3875, 6.3).

use memchr::memchr;

/// Longest head, in bytes.
pub(super) const MAX_BYTES: usize = 64 * 1024;
/// Most fields.
const MAX_FIELDS: usize = 200;

/// What is between server and client, not the page's to say.
const DROPPED: [&str; 11] = [
    "status",
    "connection",
    "proxy-connection",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "content-length",
    "server",
    "date",
];

/// The head of the answer of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CgiHead {
    pub status: u16,
    /// The same as the page wrote it, if it did, with its own words behind the number.
    pub status_line: Option<String>,
    /// The fields for the client, as the page wrote them, in its order.
    pub fields: Vec<(String, String)>,
}

/// Why a head is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadHead(pub &'static str);

/// Where the body begins, once the head is complete: behind its first empty line.
pub(super) fn end(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    while let Some(length) = memchr(b'\n', &bytes[start..]) {
        let line = &bytes[start..start + length];
        start += length + 1;
        if matches!(line, b"" | b"\r") {
            return Some(start);
        }
    }
    None
}

impl CgiHead {
    /// Reads a head with its empty line.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadHead> {
        let text = std::str::from_utf8(bytes).map_err(|_| BadHead("its head is not UTF-8"))?;
        let (mut status, mut status_line) = (None, None);
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)) {
            if line.is_empty() {
                break;
            }
            let (name, value) = field(line)?;
            if name.eq_ignore_ascii_case("status") {
                (status, status_line) = (Some(code(value)?), Some(value.to_owned()));
            }
            if !DROPPED.iter().any(|dropped| name.eq_ignore_ascii_case(dropped)) {
                fields.push((name.to_owned(), value.to_owned()));
            }
            if fields.len() > MAX_FIELDS {
                return Err(BadHead("its head has too many fields"));
            }
        }
        let head = Self { status: status.unwrap_or(200), status_line, fields };
        match (head.get("location"), head.get("content-type"), status) {
            (Some(_), _, None) => Ok(Self { status: 302, ..head }),
            (None, None, None) => Err(BadHead("its head has none of Content-Type, Location and Status")),
            _ => Ok(head),
        }
    }

    /// The first value of a field, by its name in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Whether what follows is a page that a text can be appended to.
    pub fn is_html(&self) -> bool {
        self.get("content-type")
            .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"))
    }
}

/// Name and value of a line.
fn field(line: &str) -> Result<(&str, &str), BadHead> {
    let (name, value) =
        line.split_once(':').ok_or(BadHead("its head has a line that is no field (Name: value)"))?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(BadHead("its head has a line that is no field (Name: value)"));
    }
    let value = value.trim_matches([' ', '\t']);
    if value.chars().any(|char| char.is_control() && char != '\t') {
        return Err(BadHead("a field of its head holds a control character"));
    }
    Ok((name, value))
}

/// `404 Not Found`: a final status of HTTP.
fn code(value: &str) -> Result<u16, BadHead> {
    let digits = value.split(' ').next().unwrap_or_default();
    let number = (digits.len() == 3).then(|| digits.parse().ok()).flatten();
    number.filter(|number| (200..=599).contains(number)).ok_or(BadHead("its Status is no status of HTTP"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<CgiHead, BadHead> {
        CgiHead::parse(&text.as_bytes()[..end(text.as_bytes()).unwrap()])
    }

    #[test]
    fn heads_with_either_line_end() {
        for text in [
            "Content-Type: text/html\n\nbody",
            "content-type:text/html\r\n\r\nbody",
            "Content-Type: text/html\n\r\nbody",
        ] {
            assert_eq!(&text[end(text.as_bytes()).unwrap()..], "body");
            let head = parse(text).unwrap();
            assert!(head.status == 200 && head.is_html(), "{text}");
        }
        let head =
            parse("Status: 404 Not here\nContent-Type: text/plain\nSet-Cookie: a=1\nSet-Cookie: b=2\n\n")
                .unwrap();
        assert_eq!((head.status, head.status_line.as_deref()), (404, Some("404 Not here")));
        assert_eq!(head.fields.len(), 3);
        assert!(!head.is_html());
    }

    #[test]
    fn a_location_alone_is_a_redirection() {
        assert_eq!(parse("Location: /x\n\n").unwrap().status, 302);
        assert_eq!(parse("Status: 301\nLocation: /x\n\n").unwrap().status, 301);
        assert_eq!(parse("Status: 204\n\n").unwrap().status, 204);
    }

    #[test]
    fn what_is_between_server_and_client_is_dropped() {
        let head = parse(
            "Content-Type: a/b\nContent-Length: 5\nTRANSFER-ENCODING: chunked\nServer: me\nConnection: close\nX-Y: z\n\n",
        );
        let names: Vec<String> = head.unwrap().fields.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Content-Type", "X-Y"]);
    }

    #[test]
    fn what_is_no_head_is_refused() {
        for text in [
            "\n",
            "X-Y: z\n\n",
            "HTTP/1.1 200 OK\nContent-Type: a/b\n\n",
            "Content Type: a/b\n\n",
            ": a\n\n",
            "<html>\n\n",
            "Content-Type: a\rSet-Cookie: b\n\n",
            "Status: 99\n\n",
            "Status: 101 Switching\n\n",
            "Status: 2000\n\n",
            "Status: abc\nContent-Type: a/b\n\n",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
        assert!(CgiHead::parse(b"Content-Type: \xff\n\n").is_err());
        assert!(parse(&("A: b\n".repeat(300) + "Content-Type: a/b\n\n")).is_err());
        assert_eq!(end(b"Content-Type: a/b\n"), None);
        assert_eq!(end(b""), None);
    }
}
