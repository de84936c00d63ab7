//! Texts of a page with variables in them: `Hello $user`, `$FORM{'email'}`.
//!
//! A text is taken apart once, into what stands there and names of variables. Values never come back
//! here, so a `$user` that somebody typed into a form stays what it is.

use crate::tags::cursor::is_word;

/// Longest key between the braces of a variable, in bytes.
const MAX_KEY: usize = 128;

/// A text as it stands in its tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text<'p> {
    raw: &'p str,
    variables: bool,
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'p> {
    Plain(&'p str),
    /// A field of the form.
    Form(&'p str),
    /// Another variable, with its dollar sign, and the key in braces if there is one.
    Variable(&'p str),
}

impl<'p> Text<'p> {
    /// A text in which variables count.
    pub(super) fn with_variables(raw: &'p str) -> Self {
        Self { raw, variables: true }
    }

    /// A text as it stands.
    pub(super) fn literal(raw: &'p str) -> Self {
        Self { raw, variables: false }
    }

    /// A value in quotation marks of a call: as it stands in single ones, with variables in double ones.
    pub(super) fn quoted((raw, mark): (&'p str, u8)) -> Self {
        Self { raw, variables: mark == b'"' }
    }

    /// How long it is as it stands.
    pub(super) fn len(&self) -> usize {
        self.raw.len()
    }

    /// Takes it apart into plain text and variables.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Piece<'p>> {
        let (mut rest, variables) = (self.raw, self.variables);
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let (piece, length) = if variables { next(rest) } else { (Piece::Plain(rest), rest.len()) };
            rest = &rest[length..];
            Some(piece)
        })
    }
}

/// The first part of a text that is not empty, and its length.
fn next(text: &str) -> (Piece<'_>, usize) {
    match memchr::memchr(b'$', text.as_bytes()) {
        Some(0) => {}
        Some(dollar) => return (Piece::Plain(&text[..dollar]), dollar),
        None => return (Piece::Plain(text), text.len()),
    }
    let word = 1 + text.bytes().skip(1).take_while(|&byte| is_word(byte)).count();
    match key(&text[word..]) {
        _ if word == 1 => (Piece::Plain("$"), 1),
        Some((name, length)) if &text[..word] == "$FORM" => (Piece::Form(name), word + length),
        Some((_, length)) => (Piece::Variable(&text[..word + length]), word + length),
        None => (Piece::Variable(&text[..word]), word),
    }
}

/// What stands between braces, without its quotation marks, and its length with all of them.
fn key(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix('{')?;
    let end = inner.bytes().take(MAX_KEY + 1).position(|byte| matches!(byte, b'{' | b'}' | b'$' | b'\n'))?;
    if inner.as_bytes()[end] != b'}' {
        return None;
    }
    let marked = inner[..end].trim();
    let bare = |mark| marked.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    Some((bare('\'').or_else(|| bare('"')).unwrap_or(marked), end + 2))
}

#[cfg(test)]
mod tests {
    use super::Piece::{Form, Plain, Variable};
    use super::*;

    #[test]
    fn variables_are_told_from_other_dollar_signs() {
        for (text, expected) in [
            ("", vec![]),
            ("plain é", vec![Plain("plain é")]),
            ("a $user.", vec![Plain("a "), Variable("$user"), Plain(".")]),
            ("$$user$", vec![Plain("$"), Variable("$user"), Plain("$")]),
            ("$FORM{'a b'}$FORM{\"c\"}$FORM{ d }", vec![Form("a b"), Form("c"), Form("d")]),
            ("$CPDATA{'DNS'}x", vec![Variable("$CPDATA{'DNS'}"), Plain("x")]),
            ("$FORM", vec![Variable("$FORM")]),
            ("$FORM{'a'", vec![Variable("$FORM"), Plain("{'a'")]),
            ("$a{$b}", vec![Variable("$a"), Plain("{"), Variable("$b"), Plain("}")]),
            ("${user} $é", vec![Plain("$"), Plain("{user} "), Plain("$"), Plain("é")]),
        ] {
            assert_eq!(Text::with_variables(text).pieces().collect::<Vec<_>>(), expected, "{text}");
        }
        let long = format!("$a{{{}}}", "k".repeat(MAX_KEY + 1));
        assert_eq!(Text::with_variables(&long).pieces().next(), Some(Variable("$a")));
    }

    #[test]
    fn single_quotation_marks_keep_a_dollar_sign() {
        assert_eq!(Text::quoted(("$user", b'\'')).pieces().collect::<Vec<_>>(), [Plain("$user")]);
        assert_eq!(Text::quoted(("$user", b'"')).pieces().collect::<Vec<_>>(), [Variable("$user")]);
    }
}
