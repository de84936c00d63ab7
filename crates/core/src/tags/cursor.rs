//! A place in a page, and the few ways to go on from it.

use crate::tags::error::Bad;

/// A page and how far it is read. A page is bytes; what stands inside a tag must be UTF-8.
pub(super) struct Cursor<'p> {
    page: &'p [u8],
    pub(super) at: usize,
}

impl<'p> Cursor<'p> {
    pub(super) fn new(page: &'p [u8]) -> Self {
        Self { page, at: 0 }
    }

    pub(super) fn rest(&self) -> &'p [u8] {
        self.page.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.page.get(self.at).copied()
    }

    /// Goes over that text if it stands here, whatever its case.
    pub(super) fn eat(&mut self, wanted: &str) -> bool {
        let found =
            self.rest().get(..wanted.len()).is_some_and(|here| here.eq_ignore_ascii_case(wanted.as_bytes()));
        self.at += if found { wanted.len() } else { 0 };
        found
    }

    /// Goes over white space; whether there was some.
    pub(super) fn white(&mut self) -> bool {
        let from = self.at;
        self.skip(|byte| byte.is_ascii_whitespace());
        self.at > from
    }

    /// Goes over all bytes for which that holds, and returns the number of the first one.
    pub(super) fn skip(&mut self, good: impl Fn(u8) -> bool) -> usize {
        let from = self.at;
        let rest = self.rest();
        self.at += rest.iter().position(|&byte| !good(byte)).unwrap_or(rest.len());
        from
    }

    /// Letters, digits and underscores; perhaps none.
    pub(super) fn word(&mut self) -> &'p str {
        let from = self.skip(is_word);
        self.text(from, self.at).unwrap_or_default()
    }

    /// A text in quotation marks, and which ones: `'` or `"`. There are no escapes: the text ends at the
    /// next mark of its kind.
    pub(super) fn quoted(&mut self) -> Result<Option<(&'p str, u8)>, Bad> {
        let from = self.at;
        let Some(mark @ (b'"' | b'\'')) = self.peek() else { return Ok(None) };
        let rest = &self.rest()[1..];
        let Some(length) = memchr::memchr(mark, rest) else {
            let sentence = format!("The quotation mark {} is never closed", char::from(mark));
            return Err(Bad::new(from, sentence));
        };
        self.at = from + length + 2;
        Ok(Some((self.text(from + 1, self.at - 1)?, mark)))
    }

    /// The text between two places.
    pub(super) fn text(&self, from: usize, to: usize) -> Result<&'p str, Bad> {
        let bytes = self.page.get(from..to).unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|cause| {
            let sentence = "The tag holds a byte that is not UTF-8. Store the page as UTF-8, or keep the byte outside of tags";
            Bad::new(from + cause.valid_up_to(), sentence)
        })
    }

    /// A complaint about this place.
    pub(super) fn bad(&self, sentence: impl Into<String>) -> Bad {
        Bad::new(self.at, sentence)
    }
}

/// Whether a byte may stand in a name.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
