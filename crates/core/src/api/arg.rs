//! One argument: its value, and the name of one that has only a place.

use std::borrow::Cow;

/// The beginning of the names of positional arguments.
const POSITIONAL: &str = "arg-";

/// The value of an argument, as far as doors need to tell kinds apart.
#[derive(Debug)]
pub enum Arg<'a> {
    /// null: as good as not given.
    Absent,
    /// A text, a number in decimal, or `1`/`0` for a boolean.
    Text(Cow<'a, str>),
    /// A list or an object, as its JSON text; functions that want one value refuse it.
    Nested(Cow<'a, str>),
}

/// The name of a positional argument of API 1, as it is on HTTP; counted from 0.
pub(super) fn positional(index: usize) -> String {
    format!("{POSITIONAL}{index}")
}

/// Whether a name is that of a positional argument.
pub(super) fn is_positional(name: &str) -> bool {
    name.starts_with(POSITIONAL)
}
