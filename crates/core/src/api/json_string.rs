//! Reads one JSON string whose extent is known.
//!
//! serde_json could do this too, but it unescapes into a scratch buffer that it frees without wiping;
//! the string may be a password, so it goes straight into memory that its owner wipes.

use std::borrow::Cow;

use zeroize::Zeroizing;

/// A JSON string: what stands between its quotation marks, and whether a backslash is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JsonString<'a> {
    pub(super) inner: &'a str,
    pub(super) escaped: bool,
}

/// The text that a JSON string means; borrowed where nothing is escaped.
pub(super) fn read(string: JsonString<'_>) -> Result<Cow<'_, str>, &'static str> {
    let inner = string.inner;
    if !string.escaped {
        return Ok(Cow::Borrowed(inner));
    }
    // Unescaping never makes a text longer, so the buffer never moves and leaves no copy behind.
    let mut text = Zeroizing::new(String::with_capacity(inner.len()));
    let mut rest = inner;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        text.push_str(plain);
        let (c, after) = unescape(escaped)?;
        text.push(c);
        rest = after;
    }
    text.push_str(rest);
    Ok(Cow::Owned(std::mem::take(&mut *text)))
}

/// The character that an escape stands for, and what follows it.
fn unescape(escaped: &str) -> Result<(char, &str), &'static str> {
    const BROKEN: &str = "a broken escape";
    let mut chars = escaped.chars();
    let c = match chars.next().ok_or(BROKEN)? {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode(chars.as_str()),
        plain @ ('"' | '\\' | '/') => plain,
        _ => return Err(BROKEN),
    };
    Ok((c, chars.as_str()))
}

/// `\uXXXX`, or a pair of them for characters beyond the basic plane.
fn unicode(text: &str) -> Result<(char, &str), &'static str> {
    const LONE: &str = "half of a \\u pair, which is no character";
    let (first, rest) = hex4(text)?;
    if let Some(c) = char::from_u32(first) {
        return Ok((c, rest));
    }
    let (second, rest) = hex4(rest.strip_prefix("\\u").ok_or(LONE)?)?;
    if !(0xD800..0xDC00).contains(&first) || !(0xDC00..0xE000).contains(&second) {
        return Err(LONE);
    }
    let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    char::from_u32(code).map(|c| (c, rest)).ok_or(LONE)
}

fn hex4(text: &str) -> Result<(u32, &str), &'static str> {
    let (digits, rest) = text.split_at_checked(4).ok_or("a \\u escape that ends too early")?;
    u32::from_str_radix(digits, 16)
        .map(|code| (code, rest))
        .map_err(|_| "a \\u escape that is not hexadecimal")
}

#[cfg(test)]
mod tests {
    use super::{JsonString, read};

    fn text(raw: &str) -> Result<String, &'static str> {
        let inner = &raw[1..raw.len() - 1];
        read(JsonString { inner, escaped: inner.contains('\\') }).map(|text| text.into_owned())
    }

    #[test]
    fn escapes_mean_what_serde_json_says() {
        for raw in [
            r#""""#,
            r#""plain é""#,
            r#""p&a%s+s \"q\" \u00e9<b>#\/""#,
            r#""\b\f\n\r\t\\\/\u0026""#,
            r#""\ud83d\ude00x\u0041""#,
            r#""\\""#,
            r#""\\u0041""#,
        ] {
            assert_eq!(text(raw).unwrap(), serde_json::from_str::<String>(raw).unwrap(), "{raw}");
        }
    }

    #[test]
    fn half_pairs_are_refused() {
        for raw in [r#""\ud83d""#, r#""\ude00""#, r#""\ud83d\u0041""#, r#""\ud83dx""#] {
            assert!(text(raw).is_err(), "{raw}");
        }
    }
}
