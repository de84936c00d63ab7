//! One argument: its value, and the name of one that has only a place.

use std::borrow::Cow;

/// The beginning of the names of positional arguments.
const POSITIONAL: &str = "arg-";

/// The value of an argument, as far as doors need to tell kinds apart.
#[derive(Debug)]
pub enum Arg<'a> {
    /// null: as good as not given.
    Absent,
    /// A text, or a number whose digits are what every language prints for it.
    Text(Cow<'a, str>),
    /// A value that came as something else than a text, with the nearest text: good where a number or a flag is
    /// meant, and refused where the very characters count.
    Inexact(Cow<'a, str>, Inexact),
    /// A list or an object, as its JSON text; functions that want one value refuse it.
    Nested(Cow<'a, str>),
}

impl Arg<'_> {
    /// The same value, borrowed.
    pub fn borrowed(&self) -> Arg<'_> {
        match self {
            Self::Absent => Arg::Absent,
            Self::Text(text) => Arg::Text(Cow::Borrowed(text)),
            Self::Inexact(text, given) => Arg::Inexact(Cow::Borrowed(text), *given),
            Self::Nested(json) => Arg::Nested(Cow::Borrowed(json)),
        }
    }
}

/// What a value was whose text may be another one than its script would print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inexact {
    /// A number with a fraction or an exponent: `512.0` is “512” in PHP and Perl, and “512.0” in Python.
    Fraction,
    /// A number beyond 2^53, behind which JavaScript and others drop digits.
    Large,
    Boolean,
}

impl Inexact {
    /// Why it cannot be used as a text, and what to do.
    pub fn why(self) -> &'static str {
        match self {
            Self::Fraction => {
                "a number with a fraction or an exponent was given, which languages print in different ways; give a text"
            }
            Self::Large => "a number beyond 2^53 was given, which not every language keeps; give a text",
            Self::Boolean => "true or false was given; give a text",
        }
    }
}

/// The name of a positional argument of API 1, as it is on HTTP; counted from 0.
pub(super) fn positional(index: usize) -> String {
    format!("{POSITIONAL}{index}")
}

/// Whether a name is that of a positional argument.
pub(super) fn is_positional(name: &str) -> bool {
    name.starts_with(POSITIONAL)
}
