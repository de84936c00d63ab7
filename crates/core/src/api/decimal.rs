//! A number of JSON as the text that a script would print.

use std::borrow::Cow;

/// Most digits that a number written with an exponent may have once it is written out.
const MAX_EXPANDED_DIGITS: usize = 400;

/// A number's decimal text: as sent, with an exponent written out.
pub(super) fn decimal(raw: &str) -> Result<Cow<'_, str>, &'static str> {
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
