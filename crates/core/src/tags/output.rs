//! The page that is being written.

use std::borrow::Cow;
use std::fmt::Write;

use crate::base::text::escape_html;
use crate::tags::limits::MAX_OUTPUT_BYTES;

/// For whom values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// A browser: values are escaped.
    Html,
    /// A program: values are as they are.
    Raw,
}

/// There is no more room in the page.
#[derive(Debug)]
pub(super) struct Full;

/// A page on its way to the reader; it refuses to grow beyond its limit.
pub(super) struct Output {
    bytes: Vec<u8>,
    escape: Escape,
}

impl Output {
    pub(super) fn new(escape: Escape, expected: usize) -> Self {
        Self { bytes: Vec::with_capacity(expected), escape }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// Adds bytes as they stand.
    pub(super) fn plain(&mut self, bytes: &[u8]) -> Result<(), Full> {
        if bytes.len() > MAX_OUTPUT_BYTES - self.bytes.len() {
            return Err(Full);
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Adds the page's own markup, with angle brackets for its square ones.
    pub(super) fn markup(&mut self, markup: &str) -> Result<(), Full> {
        let from = self.bytes.len();
        self.plain(markup.as_bytes())?;
        for byte in &mut self.bytes[from..] {
            match *byte {
                b'[' => *byte = b'<',
                b']' => *byte = b'>',
                _ => {}
            }
        }
        Ok(())
    }

    /// Adds data, escaped as its reader needs it.
    pub(super) fn value(&mut self, value: &str) -> Result<(), Full> {
        let shown = match self.escape {
            Escape::Html => Cow::Owned(escape_html(value)),
            Escape::Raw => Cow::Borrowed(value),
        };
        self.plain(shown.as_bytes())
    }

    /// Adds data as a part of a URL; nothing of it means anything in HTML.
    pub(super) fn uri_encoded(&mut self, value: &str) -> Result<(), Full> {
        let encoded = value.bytes().fold(String::with_capacity(value.len()), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                // Writing into a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
            out
        });
        self.plain(encoded.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_for_browsers_only() {
        for (escape, shown) in [(Escape::Html, "&lt;a&gt;[b]"), (Escape::Raw, "<a>[b]")] {
            let mut out = Output::new(escape, 0);
            out.value("<a>[b]").unwrap();
            assert_eq!(out.finish(), shown.as_bytes());
        }
    }

    #[test]
    fn a_page_that_grows_too_long_is_stopped() {
        let mut out = Output::new(Escape::Raw, 0);
        let block = vec![b'x'; MAX_OUTPUT_BYTES / 4];
        for _ in 0..4 {
            out.plain(&block).unwrap();
        }
        out.plain(b"").unwrap();
        assert!(out.plain(b"x").is_err());
    }
}
