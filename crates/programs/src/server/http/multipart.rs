//! Bodies of `multipart/form-data` (RFC 7578).

use super::error::HttpError;
use liveapi_core::api::Args;

/// Most fields that are read.
const MAX_FIELDS: usize = 1000;

/// What stands between the fields, with its two dashes.
pub(super) struct Boundary(Vec<u8>);

impl Boundary {
    /// The boundary that the type names, or that a body without a right type begins with.
    pub(super) fn of(kind: &str, body: &[u8]) -> Option<Self> {
        let named =
            kind.to_ascii_lowercase().starts_with("multipart/form-data").then(|| parameter(kind, "boundary"));
        if let Some(Some(boundary)) = named {
            return Some(Self([b"--", boundary.as_bytes()].concat()));
        }
        let first = body.split(|&byte| byte == b'\n').next()?.trim_ascii_end();
        let next = body.get(first.len()..)?.trim_ascii_start();
        let is_one = first.starts_with(b"--") && first.len() > 4;
        let field = next.get(..20).is_some_and(|start| start.eq_ignore_ascii_case(b"content-disposition:"));
        (is_one && field).then(|| Self(first.to_vec()))
    }
}

/// Adds the fields. A file's content counts as its field's value.
pub(super) fn push<'r>(args: &mut Args<'r>, boundary: &Boundary, body: &'r [u8]) -> Result<(), HttpError> {
    let wrong = |why: &str| HttpError::new(400, format!("The form in the body (multipart/form-data) {why}"));
    let starts: Vec<usize> = memchr::memmem::find_iter(body, &boundary.0)
        .filter(|&at| at == 0 || body[at - 1] == b'\n')
        .take(MAX_FIELDS + 2)
        .collect();
    if starts.len() > MAX_FIELDS + 1 {
        return Err(wrong("has too many fields"));
    }
    let ended = starts.last().is_some_and(|&at| body[at + boundary.0.len()..].starts_with(b"--"));
    if !ended {
        return Err(wrong("lacks its end; is it cut off?"));
    }
    for pair in starts.windows(2) {
        let part = &body[pair[0] + boundary.0.len()..pair[1]];
        let (name, value) = field(part).ok_or_else(|| wrong("has a part without a name"))?;
        let value = std::str::from_utf8(value).map_err(|_| wrong("has a value that is not UTF-8"))?;
        args.push_text(name, value);
    }
    Ok(())
}

/// Name and value of a part, which begins behind its boundary and ends before the next one.
fn field(part: &[u8]) -> Option<(String, &[u8])> {
    let head_end = memchr::memmem::find(part, b"\r\n\r\n").map(|at| (at, at + 4));
    let (head, value) = head_end.or_else(|| memchr::memmem::find(part, b"\n\n").map(|at| (at, at + 2)))?;
    let head = std::str::from_utf8(&part[..head]).ok()?;
    let value = part[value..].strip_suffix(b"\n")?;
    let value = value.strip_suffix(b"\r").unwrap_or(value);
    let name = head.lines().find_map(|line| {
        let (field, rest) = line.split_once(':')?;
        field.trim().eq_ignore_ascii_case("content-disposition").then(|| parameter(rest, "name"))?
    });
    Some((name?, value))
}

/// A parameter of a header field's value: `; name="value"` or without quotation marks.
fn parameter(value: &str, wanted: &str) -> Option<String> {
    let mut rest = value;
    while let Some(at) = rest.find(';') {
        rest = rest[at + 1..].trim_start();
        let (name, after) = rest.split_once('=')?;
        let (found, behind) = match after.strip_prefix('"') {
            Some(quoted) => quoted_text(quoted)?,
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            }
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(found).filter(|found| !found.is_empty());
        }
        rest = behind;
    }
    None
}

/// A text up to its closing quotation mark, and what is behind it.
fn quoted_text(text: &str) -> Option<(String, &str)> {
    let mut found = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((found, &text[at + 1..])),
            '\\' => found.push(chars.next()?.1),
            _ => found.push(char),
        }
    }
    None
}
