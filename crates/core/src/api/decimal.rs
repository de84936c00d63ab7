//! A number of JSON as the text that a script would print.

use std::borrow::Cow;

use super::arg::Inexact;

/// Most digits that a number written with an exponent may have once it is written out.
const MAX_EXPANDED_DIGITS: usize = 400;

/// The largest number up to which every whole one has a place of its own in a double.
const LARGEST_EXACT: u64 = 1 << 53;

/// Why a script may print other characters for a number than those that came; nothing for an ordinary whole number.
pub(super) fn inexact(raw: &str) -> Option<Inexact> {
    if raw == "-0" || raw.contains(['.', 'e', 'E']) {
        return Some(Inexact::Fraction);
    }
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    (!digits.parse().is_ok_and(|number: u64| number <= LARGEST_EXACT)).then_some(Inexact::Large)
}

/// A number's decimal text: as sent, with an exponent written out, and a whole number without a fraction.
pub(super) fn decimal(raw: &str) -> Result<Cow<'_, str>, &'static str> {
    let Some((mantissa, exponent)) = raw.split_once(['e', 'E']) else {
        let whole = raw.split_once('.').filter(|(_, fraction)| fraction.bytes().all(|digit| digit == b'0'));
        let whole = whole.map_or(raw, |(whole, _)| whole);
        return Ok(Cow::Borrowed(if whole == "-0" { "0" } else { whole }));
    };
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let exponent: i32 = exponent.parse().map_err(|_| "the number's exponent is out of range")?;
    let all = format!("{whole}{fraction}");
    let point = i64::try_from(whole.len()).unwrap_or(i64::MAX).saturating_add(i64::from(exponent));
    let width = point.unsigned_abs() as usize;
    if width > MAX_EXPANDED_DIGITS {
        return Err("the number has too many digits; send it as a text");
    }
    let (whole, fraction) = if point <= 0 {
        ("0".to_owned(), format!("{}{all}", "0".repeat(width)))
    } else if width >= all.len() {
        (format!("{all}{}", "0".repeat(width - all.len())), String::new())
    } else {
        (all[..width].to_owned(), all[width..].to_owned())
    };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    Ok(Cow::Owned(if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }))
}
