//! One value of a row, as rules compare it.

use std::borrow::Cow;

use crate::api::{Field, Row, UNLIMITED};

/// The value that a row has in a column, if any.
#[derive(Clone, Copy)]
pub(super) struct Cell<'r>(Option<&'r Field>);

impl<'r> Cell<'r> {
    pub(super) fn of(row: &'r Row, column: &str) -> Self {
        Self(row.get(column))
    }

    /// Whether there is a value. An empty text is one, null is none (unconfirmed).
    pub(super) fn is_defined(self) -> bool {
        !matches!(self.0, None | Some(Field::Null))
    }

    /// The value as a text. No value reads as an empty one, so that an empty search term finds every row.
    pub(super) fn text(self) -> Cow<'r, str> {
        match self.0 {
            Some(Field::Text(text)) => Cow::Borrowed(text),
            Some(Field::Int(number)) => Cow::Owned(number.to_string()),
            Some(Field::Float(number)) => Cow::Owned(number.to_string()),
            Some(Field::Null | Field::Rows(_) | Field::Object(_) | Field::Texts(_) | Field::Named(_))
            | None => Cow::Borrowed(""),
        }
    }

    /// The value as a number, if it is one.
    pub(super) fn number(self) -> Option<f64> {
        match self.0 {
            Some(Field::Int(number)) => Some(*number as f64),
            Some(Field::Text(text)) => number(text),
            Some(Field::Float(number)) => Some(*number),
            Some(Field::Null | Field::Rows(_) | Field::Object(_) | Field::Texts(_) | Field::Named(_))
            | None => None,
        }
    }

    /// The value as a number, where “unlimited” is one above all others.
    pub(super) fn number_or_unlimited(self) -> Option<f64> {
        if self.text() == UNLIMITED { Some(f64::INFINITY) } else { self.number() }
    }
}

/// A finite number; Rust alone would also read “inf” and “nan”.
pub(super) fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}
