//! What is wrong with a page, and where.

use std::fmt;

/// A tag that cannot be read or evaluated. Shown as `line:column: what is wrong`; both count from 1, the
/// column in characters. It holds names of tags, functions and fields, never a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagError {
    pub line: usize,
    pub column: usize,
    /// What is wrong and what to do.
    pub sentence: String,
}

impl fmt::Display for TagError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.sentence)
    }
}

impl std::error::Error for TagError {}

/// The same with a byte's number instead of line and column, which are counted only when they are needed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) at: usize,
    pub(super) sentence: String,
}

impl Bad {
    pub(super) fn new(at: usize, sentence: impl Into<String>) -> Self {
        Self { at, sentence: sentence.into() }
    }

    /// Finds the place in its page.
    pub(super) fn locate(self, page: &[u8]) -> TagError {
        let before = page.get(..self.at).unwrap_or(page);
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let last = memchr::memrchr(b'\n', before).map_or(before, |end| &before[end + 1..]);
        // All but the continuation bytes of UTF-8.
        let column = last.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() + 1;
        TagError { line, column, sentence: self.sentence }
    }
}

/// A name from a page for a message: a page may hold anything, so it is cut and made visible.
pub(super) fn shown(name: &str) -> String {
    const MOST: usize = 40;
    let mut shown: String = name.chars().take(MOST).flat_map(char::escape_debug).collect();
    if name.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{Bad, shown};

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        let page = "é\nab<ü\r\nx".as_bytes();
        for (at, place) in [(0, "1:1"), (2, "1:2"), (3, "2:1"), (5, "2:3"), (10, "3:1"), (99, "3:2")] {
            assert_eq!(Bad::new(at, "no").locate(page).to_string(), format!("{place}: no"));
        }
    }

    #[test]
    fn names_are_cut_and_visible() {
        assert_eq!(shown("a\nb"), "a\\nb");
        assert_eq!(shown(&"é".repeat(50)).chars().count(), 41);
    }
}
