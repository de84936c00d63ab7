//! Names and values as forms and addresses carry them (`application/x-www-form-urlencoded`).

use std::borrow::Cow;

/// The pairs of a query string or of a form's body, in the order given. Escapes that are none stay as they are.
/// Bytes that are not UTF-8 are refused: reading them as something else would change a password.
pub fn urlencoded(text: &[u8]) -> impl Iterator<Item = Result<(Cow<'_, str>, Cow<'_, str>), &'static str>> {
    url::form_urlencoded::parse(text).map(|(name, value)| {
        let broken = [&name, &value].iter().any(|text| text.contains(char::REPLACEMENT_CHARACTER));
        if broken { Err("a field of the form is not UTF-8") } else { Ok((name, value)) }
    })
}
