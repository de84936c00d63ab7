//! How values of a condition compare: two numbers as numbers, else as texts, byte by byte.

use std::cmp::Ordering;

/// The order of two values.
pub(super) fn order(left: &str, right: &str) -> Ordering {
    match (Decimal::read(left), Decimal::read(right)) {
        (Some(left), Some(right)) => left.order(&right),
        _ => left.cmp(right),
    }
}

/// Whether a bare value counts as true: neither empty nor 0.
pub(super) fn is_true(value: &str) -> bool {
    !value.is_empty() && value != "0"
}

/// A decimal number, exact at any length: sizes in bytes outgrow a float.
struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    /// Digits with an optional sign and fraction. Not 007: two passwords that differ in a leading zero must
    /// not be equal.
    fn read(text: &'a str) -> Option<Self> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (negative, size) = text.strip_prefix('-').map_or((false, text), |size| (true, size));
        let (whole, fraction) = size.split_once('.').unwrap_or((size, "0"));
        let good = digits(whole) && digits(fraction) && (whole.len() == 1 || !whole.starts_with('0'));
        let fraction = fraction.trim_end_matches('0');
        let zero = whole == "0" && fraction.is_empty();
        good.then_some(Self { negative: negative && !zero, whole, fraction })
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.size(other),
            (true, true) => other.size(self),
        }
    }

    fn size(&self, other: &Self) -> Ordering {
        let whole = self.whole.len().cmp(&other.whole.len()).then(self.whole.cmp(other.whole));
        whole.then(self.fraction.cmp(other.fraction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_numbers_and_texts_as_texts() {
        for (left, order_is, right) in [
            ("4", Ordering::Greater, "3"),
            ("10", Ordering::Greater, "9"),
            ("1", Ordering::Equal, "1.00"),
            ("-0", Ordering::Equal, "0"),
            ("-10", Ordering::Less, "-9.5"),
            ("-1", Ordering::Less, "0.5"),
            ("0.25", Ordering::Less, "0.3"),
            ("9007199254740993", Ordering::Greater, "9007199254740992"),
            ("a", Ordering::Less, "b"),
            ("10", Ordering::Less, "9a"),
            ("0123", Ordering::Less, "123"),
            ("1e1", Ordering::Greater, "10"),
            ("", Ordering::Less, "0"),
            ("1.", Ordering::Greater, "1"),
        ] {
            assert_eq!(order(left, right), order_is, "{left} {right}");
            assert_eq!(order(right, left), order_is.reverse(), "{right} {left}");
        }
    }

    #[test]
    fn nothing_and_zero_are_false() {
        assert!(is_true("no") && is_true("00") && is_true(" ") && !is_true("") && !is_true("0"));
    }
}
