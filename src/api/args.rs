//! Arguments as scripts really send them.
//!
//! Scripts send texts, but also numbers, booleans, null, nested values, an empty list where PHP had
//! an empty array, or a list for API 1. Reading is tolerant and exact at once: a number is its own
//! decimal text (`12345678`, never `1.2345678e7`), true and false are `1` and `0`, null is as good
//! as absent. Values are parsed borrowed; the few that must be owned are wiped when dropped, because
//! any of them may be a password.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroize;

use super::{Error, ErrorKind, json_string};

/// Longest parameter text that is read, in bytes; nothing that cPanel documents comes near it.
pub const MAX_PARAMS_BYTES: usize = 16 * 1024 * 1024;

/// Most digits that a number written with an exponent may have once it is written out.
const MAX_EXPANDED_DIGITS: usize = 400;

/// One argument value.
#[derive(Debug)]
pub enum Arg<'a> {
    /// null: as good as not given.
    Absent,
    /// A text, a number in decimal, or `1`/`0` for a boolean.
    Text(Cow<'a, str>),
    /// A list or an object, as its JSON text; functions that want one value refuse it.
    Nested(Cow<'a, str>),
}

/// The arguments of one call, in the order given. Of equal names the last one counts, as in PHP and Perl.
#[derive(Default)]
pub struct Args<'a> {
    pairs: Vec<(Cow<'a, str>, Arg<'a>)>,
}

impl<'a> Args<'a> {
    /// Reads named parameters: a JSON object; `null` and `[]` (PHP's empty array) mean none.
    pub fn from_json_object(text: &'a str) -> Result<Self, Error> {
        let args = Self::parse(text)?;
        match args.pairs.first() {
            Some((name, _)) if is_positional(name) && !text.trim_start().starts_with('{') => Err(Error::new(
                ErrorKind::BadParams,
                "The parameters are a JSON list; this call takes a JSON object of names and values",
            )),
            _ => Ok(args),
        }
    }

    /// Reads API 1's parameters: a JSON list (or one scalar) is positional, an object is named.
    pub fn from_json_list(text: &'a str) -> Result<Self, Error> {
        Self::parse(text)
    }

    /// Adds one named text, for doors that do not speak JSON.
    pub fn push_text(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        self.pairs.push((name.into(), Arg::Text(value.into())));
    }

    /// Adds one named list or object, as JSON text.
    pub fn push_nested(&mut self, name: impl Into<Cow<'a, str>>, json: String) {
        self.pairs.push((name.into(), Arg::Nested(Cow::Owned(json))));
    }

    /// Adds one positional text of API 1, number `index` counted from 0.
    pub fn push_positional(&mut self, index: usize, value: impl Into<Cow<'a, str>>) {
        self.push_text(positional(index), value);
    }

    /// The value of that name, unless absent or null.
    pub fn get(&self, name: &str) -> Option<&Arg<'a>> {
        let found = self.pairs.iter().rev().find(|(key, _)| key == name)?;
        (!matches!(found.1, Arg::Absent)).then_some(&found.1)
    }

    /// The positional value of API 1 with that number, counted from 0.
    pub fn get_positional(&self, index: usize) -> Option<&Arg<'a>> {
        self.get(&positional(index))
    }

    fn parse(text: &'a str) -> Result<Self, Error> {
        if text.len() > MAX_PARAMS_BYTES {
            let sentence =
                format!("The parameters are {} bytes long; the limit is {MAX_PARAMS_BYTES}", text.len());
            return Err(Error::new(ErrorKind::BadParams, sentence));
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let args = json.deserialize_any(ArgsVisitor).and_then(|args| json.end().map(|()| args));
        // The parser's own sentence can quote the text, and the text can hold a password.
        args.map_err(|cause| {
            let sentence = format!(
                "The parameters are not valid JSON: {} at column {}",
                describe(&cause),
                cause.column()
            );
            Error::new(ErrorKind::BadJson, sentence)
        })?
        .ok_or_else(|| {
            Error::new(ErrorKind::BadParams, "The parameters must be a JSON object of names and values")
        })?
        .into_args()
    }
}

impl Drop for Args<'_> {
    fn drop(&mut self) {
        for (_, value) in &mut self.pairs {
            if let Arg::Text(Cow::Owned(text)) | Arg::Nested(Cow::Owned(text)) = value {
                text.zeroize();
            }
        }
    }
}

impl fmt::Debug for Args<'_> {
    /// Names only: a value may be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.pairs.iter().map(|(name, _)| name)).finish()
    }
}

/// The raw pairs, before their values are read; only the outermost level of JSON is taken apart.
struct RawArgs<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> RawArgs<'a> {
    fn into_args(self) -> Result<Args<'a>, Error> {
        let mut args = Args { pairs: Vec::with_capacity(self.0.len()) };
        for (name, raw) in self.0 {
            let value = read_value(raw.get()).map_err(|why| {
                Error::new(ErrorKind::BadJson, format!("The parameter {name:?} cannot be read: {why}"))
            })?;
            args.pairs.push((name, value));
        }
        Ok(args)
    }
}

/// Takes an object, a list, null, or one scalar; `None` stands for a scalar where it cannot be meant.
struct ArgsVisitor;

impl<'de> Visitor<'de> for ArgsVisitor {
    type Value = Option<RawArgs<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of parameters")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::with_capacity(4);
        while let Some((Name(name), raw)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
            pairs.push((name, raw));
        }
        Ok(Some(RawArgs(pairs)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(raw) = list.next_element::<&'de RawValue>()? {
            pairs.push((Cow::Owned(positional(pairs.len())), raw));
        }
        Ok(Some(RawArgs(pairs)))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Some(RawArgs(Vec::new())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// A parameter name, borrowed where the JSON text allows it.
struct Name<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a parameter name")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        source.deserialize_str(NameVisitor)
    }
}

fn positional(index: usize) -> String {
    format!("arg-{index}")
}

fn is_positional(name: &str) -> bool {
    name.starts_with("arg-")
}

/// The parser's complaint by category, without its quotation of the input.
fn describe(cause: &serde_json::Error) -> &'static str {
    match cause.classify() {
        serde_json::error::Category::Eof => "the text ends too early",
        serde_json::error::Category::Data => "a value of a kind that was not expected",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "a syntax error",
    }
}

/// Reads one JSON value whose syntax the parser has already accepted.
fn read_value(raw: &str) -> Result<Arg<'_>, &'static str> {
    match raw.as_bytes().first() {
        Some(b'"') => json_string::read(raw).map(Arg::Text),
        Some(b't') => Ok(Arg::Text(Cow::Borrowed("1"))),
        Some(b'f') => Ok(Arg::Text(Cow::Borrowed("0"))),
        Some(b'n') => Ok(Arg::Absent),
        Some(b'[' | b'{') => Ok(Arg::Nested(Cow::Borrowed(raw))),
        _ => decimal(raw).map(Arg::Text),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn text<'x>(args: &'x Args<'_>, name: &str) -> &'x str {
        match args.get(name) {
            Some(Arg::Text(text)) => text,
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn scalars_become_their_text() {
        let args = Args::from_json_object(
            r#"{"a":12345678,"b":1.2345678e7,"c":"0012","d":true,"e":false,"f":-1.50,"g":1.0e+20,"h":25e-2,"i":"x\u00e9\/\n"}"#,
        )
        .unwrap();
        let texts: Vec<_> = "abcdefghi".chars().map(|c| text(&args, &c.to_string()).to_owned()).collect();
        assert_eq!(
            texts,
            ["12345678", "12345678", "0012", "1", "0", "-1.50", "100000000000000000000", "0.25", "xé/\n"]
        );
    }

    #[test]
    fn null_is_absent_and_the_last_of_equal_names_counts() {
        let args =
            Args::from_json_object(r#"{"password":null,"email":"a","email":"b","x":[1,{"y":2}]}"#).unwrap();
        assert!(args.get("password").is_none());
        assert_eq!(text(&args, "email"), "b");
        assert!(matches!(args.get("x"), Some(Arg::Nested(json)) if json == r#"[1,{"y":2}]"#));
    }

    #[test]
    fn nothing_has_several_spellings() {
        for none in ["{}", "[]", "null", " { } "] {
            assert!(Args::from_json_object(none).unwrap().pairs.is_empty(), "{none}");
        }
    }

    #[test]
    fn what_is_not_an_object_is_refused_without_quoting_it() {
        for (bad, kind) in [
            (r#"["s3cret"]"#, ErrorKind::BadParams),
            (r#""s3cret""#, ErrorKind::BadParams),
            ("7", ErrorKind::BadParams),
            ("", ErrorKind::BadJson),
            (r#"{"a":"s3cret"#, ErrorKind::BadJson),
            (r#"{"a":"s3cret"} x"#, ErrorKind::BadJson),
            (r#"{"s3cret"}"#, ErrorKind::BadJson),
            (r#"{"a":"\ud800 s3cret"}"#, ErrorKind::BadJson),
            (r#"{"a":1e999999999999}"#, ErrorKind::BadJson),
            (r#"{"a":1e999}"#, ErrorKind::BadJson),
        ] {
            let error = Args::from_json_object(bad).unwrap_err();
            assert_eq!(error.kind(), kind, "{bad}: {error}");
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn api1_takes_a_list_a_scalar_list_or_names() {
        let args = Args::from_json_list(r#"["user",12345678]"#).unwrap();
        assert!(matches!(args.get_positional(1), Some(Arg::Text(text)) if text == "12345678"));
        assert_eq!(text(&Args::from_json_list(r#"{"email":"user"}"#).unwrap(), "email"), "user");
    }

    #[test]
    fn debug_output_names_no_value() {
        let args = Args::from_json_object(r#"{"password":"s3cret"}"#).unwrap();
        assert_eq!(format!("{args:?}"), r#"["password"]"#);
    }
}
