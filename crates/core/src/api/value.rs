//! One argument value: from its JSON text to what the script meant.

use std::borrow::Cow;

use super::arg::Arg;
use super::json_string;
use super::raw_args::Raw;

/// Most digits that a number written with an exponent may have once it is written out.
const MAX_EXPANDED_DIGITS: usize = 400;

/// Reads what the script meant by a value; the complaint quotes nothing of it.
pub(super) fn read(raw: Raw<'_>) -> Result<Arg<'_>, &'static str> {
    match raw {
        Raw::Text(text) => json_string::read(text).map(Arg::Text),
        Raw::Word("true") => Ok(Arg::Text(Cow::Borrowed("1"))),
        Raw::Word("false") => Ok(Arg::Text(Cow::Borrowed("0"))),
        Raw::Word("null") => Ok(Arg::Absent),
        Raw::Word(number) => decimal(number).map(Arg::Text),
        Raw::Nested(json) => Ok(Arg::Nested(Cow::Borrowed(json))),
    }
}

/// A number's decimal text: as sent, with an exponent written out.
fn decimal(raw: &str) -> Result<Cow<'_, str>, &'static str> {
    let Some((mantissa, exponent)) = raw.split_once(['e', 'E']) else {
        return Ok(Cow::Borrowed(raw));
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
