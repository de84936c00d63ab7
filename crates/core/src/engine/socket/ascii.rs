//! Frames, and JSON that is ASCII: what is not, and what elements are made of, is written as `\uXXXX`. Then a length
//! is the same however somebody counts, and no value can end the element that it stands in.

use zeroize::Zeroizing;

/// What a request is written to.
pub(crate) trait Out {
    fn add(&mut self, text: &str);
}

/// Only counts, so that memory of the right size can be had first.
impl Out for usize {
    fn add(&mut self, text: &str) {
        *self += text.len();
    }
}

impl Out for Vec<u8> {
    fn add(&mut self, text: &str) {
        self.extend_from_slice(text.as_bytes());
    }
}

/// Writes twice: the first time only to know the length, so that no half of a password stays in memory that a
/// growing text left behind.
pub(crate) fn frame(write: impl Fn(&mut dyn Out)) -> Zeroizing<Vec<u8>> {
    let mut length = 0;
    write(&mut length);
    let head = format!("{length}\n");
    let mut frame = Zeroizing::new(Vec::with_capacity(head.len() + length));
    frame.add(&head);
    write(&mut *frame);
    frame
}

/// A text with its quotation marks.
pub(crate) fn quoted(out: &mut dyn Out, text: &str) {
    out.add("\"");
    escaped(out, text, |c| matches!(c, '"' | '\\'));
    out.add("\"");
}

/// JSON that stands already. White space between its texts becomes blanks: a request is one line.
pub(crate) fn json(out: &mut dyn Out, text: &str) {
    for (index, line) in text.split(['\n', '\r', '\t']).enumerate() {
        if index > 0 {
            out.add(" ");
        }
        escaped(out, line, |_| false);
    }
}

/// What elements, frames and other encodings are made of is never left as it is; nor is what `also` names.
fn escaped(out: &mut dyn Out, mut text: &str, also: fn(char) -> bool) {
    let must = |c: char| !(' '..='~').contains(&c) || matches!(c, '<' | '>' | '&') || also(c);
    while let Some(at) = text.find(must) {
        out.add(&text[..at]);
        let mut rest = text[at..].chars();
        match rest.next() {
            Some(c @ ('"' | '\\')) => out.add(if c == '"' { "\\\"" } else { "\\\\" }),
            Some('\n') => out.add("\\n"),
            Some(c) => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| unicode(out, *unit)),
            None => {}
        }
        text = rest.as_str();
    }
    out.add(text);
}

/// `\uXXXX`. Written digit by digit: a text made for it would not be wiped.
fn unicode(out: &mut dyn Out, unit: u16) {
    const HEX: &str = "0123456789abcdef";
    out.add("\\u");
    for shift in [12, 8, 4, 0] {
        let digit = usize::from(unit >> shift & 15);
        out.add(&HEX[digit..=digit]);
    }
}
