//! A request as it was read.

use std::borrow::Cow;
use std::fmt;

use zeroize::Zeroizing;

use super::error::HttpError;
use super::head::RequestHead;
use super::params::Params;
use liveapi_core::api::Args;

/// One request. Its bytes are wiped when dropped: they hold passwords.
pub struct Request {
    pub(super) head: RequestHead,
    pub(super) body: Zeroizing<Vec<u8>>,
    /// Whether the connection ends with its answer: the sender wants it so, or somebody else could read the same
    /// bytes in another way.
    pub(super) last: bool,
}

impl Request {
    /// The method: `GET`, `POST` or `HEAD`; others are refused.
    pub fn method(&self) -> &'static str {
        self.head.method
    }

    /// Whether the connection must end with the answer.
    pub fn last(&self) -> bool {
        self.last
    }

    /// Whether the request is HTTP/1.0.
    pub fn is_old(&self) -> bool {
        self.head.old
    }

    /// The path in its parts, decoded; doubled and trailing slashes make none.
    pub fn path(&self) -> Result<Vec<String>, HttpError> {
        let target = self.head.target.as_slice();
        let path = &target[..memchr::memchr2(b'?', b'#', target).unwrap_or(target.len())];
        let parts = path.split(|&byte| byte == b'/').filter(|part| !part.is_empty());
        let decoded = parts.map(|part| {
            // A plus is a plus in a path.
            let part = String::from_utf8_lossy(part).replace('+', "%2B");
            let name = url::form_urlencoded::parse(part.as_bytes()).next();
            name.map(|(name, _)| name.into_owned()).ok_or(())
        });
        decoded
            .collect::<Result<_, ()>>()
            .map_err(|()| HttpError::new(400, "The path of the address cannot be read"))
    }

    /// How long address and body are, in bytes.
    pub fn size(&self) -> usize {
        self.target().len() + self.body.len()
    }

    /// The address as it was sent, without scheme and host.
    pub fn target(&self) -> &[u8] {
        &self.head.target
    }

    /// Whether the path ends as that of a folder does.
    pub fn names_folder(&self) -> bool {
        let target = self.target();
        target[..memchr::memchr2(b'?', b'#', target).unwrap_or(target.len())].ends_with(b"/")
    }

    /// The body as it was sent, out of its chunks.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// All fields of the head, as sent, with their names in lower case.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.head.fields()
    }

    /// What stands behind the question mark.
    pub fn query(&self) -> &[u8] {
        let target = self.head.target.as_slice();
        let query = memchr::memchr(b'?', target).map_or(&b""[..], |at| &target[at + 1..]);
        &query[..memchr::memchr(b'#', query).unwrap_or(query.len())]
    }

    /// The value of a header field, if it is text.
    pub fn field(&self, name: &'static str) -> Result<Option<&str>, HttpError> {
        let value = self.head.one(name)?;
        value
            .map(|value| {
                std::str::from_utf8(value)
                    .map_err(|_| HttpError::new(400, format!("The field {name} is not UTF-8")))
            })
            .transpose()
    }

    /// The first value of a header field that only browsers' requests are asked for; what is not text is replaced.
    pub fn says(&self, name: &'static str) -> Option<Cow<'_, str>> {
        self.head.all(name).next().map(String::from_utf8_lossy)
    }

    /// All cookies, in one line.
    pub fn cookie(&self) -> String {
        let values: Vec<_> = self.head.all("cookie").map(String::from_utf8_lossy).collect();
        values.join("; ")
    }

    /// The parameters of address and body.
    pub fn params(&self) -> Result<Params<'_>, HttpError> {
        let kind = self.head.all("content-type").next().unwrap_or_default();
        let mut args = Args::default();
        super::params::push_form(&mut args, self.query())?;
        super::body::push(&mut args, kind, &self.body)?;
        Ok(Params::new(args))
    }
}

impl fmt::Debug for Request {
    /// Neither query nor body nor a value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.head.method)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}
