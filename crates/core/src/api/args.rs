//! Arguments as scripts really send them.
//!
//! Scripts send texts, but also numbers, booleans, null, nested values, an empty list where PHP had
//! an empty array, or a list for API 1. Reading is tolerant and exact at once: a number is its own
//! decimal text (`12345678`, never `1.2345678e7`), true and false are `1` and `0`, null is as good
//! as absent; what was no text and may be printed in another way is marked so ([`Inexact`]), because it must
//! not become a password or a name. Values are parsed borrowed; the few that must be owned are wiped when dropped, because
//! any of them may be a password.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use zeroize::Zeroize;

use super::arg::{Arg, Inexact, is_positional, positional};
use super::decimal::{decimal, inexact};
use super::raw_args::Raw;
use super::{Error, ErrorKind, json_string, raw_args};

/// Longest parameter text that is read, in bytes; nothing that cPanel documents comes near it.
pub const MAX_PARAMS_BYTES: usize = 16 * 1024 * 1024;

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

    /// Adds one named value.
    pub fn push(&mut self, name: impl Into<Cow<'a, str>>, value: Arg<'a>) {
        self.pairs.push((name.into(), value));
    }

    /// Adds one named list or object, as JSON text.
    pub fn push_nested(&mut self, name: impl Into<Cow<'a, str>>, json: String) {
        self.pairs.push((name.into(), Arg::Nested(Cow::Owned(json))));
    }

    /// Adds those of `more`, which count more.
    pub fn append(&mut self, mut more: Self) {
        self.pairs.append(&mut more.pairs);
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

    /// Whether null stands under that name.
    pub(super) fn is_null(&self, name: &str) -> bool {
        self.pairs
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .is_some_and(|(_, arg)| matches!(arg, Arg::Absent))
    }

    /// The positional value of API 1 with that number, counted from 0.
    pub fn get_positional(&self, index: usize) -> Option<&Arg<'a>> {
        self.get(&positional(index))
    }

    /// The arguments whose names begin so, in the order given; null ones too.
    pub fn beginning_with<'s>(&'s self, start: &'s str) -> impl Iterator<Item = (&'s str, &'s Arg<'a>)> {
        let pairs = self.pairs.iter().filter(move |(name, _)| name.starts_with(start));
        pairs.map(|(name, value)| (&**name, value))
    }

    /// The arguments that count: of equal names the last one.
    pub fn effective(&self) -> impl Iterator<Item = (&str, &Arg<'a>)> {
        let last: HashMap<&str, usize> =
            self.pairs.iter().enumerate().map(|(at, (name, _))| (&**name, at)).collect();
        let pairs = self.pairs.iter().enumerate();
        let counted = pairs.filter(move |(at, (name, _))| last.get(&**name) == Some(at));
        counted.map(|(_, (name, value))| (&**name, value))
    }

    /// The name of a positional argument of API 1, as it is on HTTP.
    pub fn positional(index: usize) -> String {
        positional(index)
    }

    fn parse(text: &'a str) -> Result<Self, Error> {
        if text.len() > MAX_PARAMS_BYTES {
            let sentence =
                format!("The parameters are {} bytes long; the limit is {MAX_PARAMS_BYTES}", text.len());
            return Err(Error::new(ErrorKind::BadParams, sentence));
        }
        let mut args = Self { pairs: Vec::with_capacity(4) };
        raw_args::parse(text, |name, raw| {
            let value = meant(raw).map_err(|why| {
                Error::new(ErrorKind::BadJson, format!("The parameter {name:?} cannot be read: {why}"))
            })?;
            args.pairs.push((name, value));
            Ok(())
        })?;
        Ok(args)
    }
}

/// What the script meant by a value; the complaint quotes nothing of it.
fn meant(raw: Raw<'_>) -> Result<Arg<'_>, &'static str> {
    match raw {
        Raw::Text(text) => json_string::read(text).map(Arg::Text),
        Raw::Word("true") => Ok(Arg::Inexact(Cow::Borrowed("1"), Inexact::Boolean)),
        Raw::Word("false") => Ok(Arg::Inexact(Cow::Borrowed("0"), Inexact::Boolean)),
        Raw::Word("null") => Ok(Arg::Absent),
        Raw::Word(number) => decimal(number).map(|text| match inexact(number) {
            None => Arg::Text(text),
            Some(why) => Arg::Inexact(text, why),
        }),
        Raw::Nested(json) => Ok(Arg::Nested(Cow::Borrowed(json))),
    }
}

impl Drop for Args<'_> {
    fn drop(&mut self) {
        for (_, value) in &mut self.pairs {
            if let Arg::Text(Cow::Owned(text))
            | Arg::Inexact(Cow::Owned(text), _)
            | Arg::Nested(Cow::Owned(text)) = value
            {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn text<'x>(args: &'x Args<'_>, name: &str) -> &'x str {
        match args.get(name) {
            Some(Arg::Text(text) | Arg::Inexact(text, _)) => text,
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
    fn what_scripts_may_print_in_another_way_is_marked() {
        for (json, expected) in [
            ("12345678", None),
            ("-7", None),
            ("0", None),
            ("9007199254740992", None),
            ("-9007199254740992", None),
            (r#""512.0""#, None),
            ("9007199254740993", Some(("9007199254740993", Inexact::Large))),
            ("-9007199254740993", Some(("-9007199254740993", Inexact::Large))),
            ("99999999999999999999999", Some(("99999999999999999999999", Inexact::Large))),
            ("512.0", Some(("512", Inexact::Fraction))),
            ("-0", Some(("0", Inexact::Fraction))),
            ("-0.0", Some(("0", Inexact::Fraction))),
            ("0.5", Some(("0.5", Inexact::Fraction))),
            ("5e2", Some(("500", Inexact::Fraction))),
            ("true", Some(("1", Inexact::Boolean))),
            ("false", Some(("0", Inexact::Boolean))),
        ] {
            let text = format!(r#"{{"a":{json}}}"#);
            let args = Args::from_json_object(&text).unwrap();
            match (args.get("a"), expected) {
                (Some(Arg::Text(_)), None) => {}
                (Some(Arg::Inexact(text, why)), Some(expected)) => assert_eq!((&**text, *why), expected),
                other => panic!("{json}: {other:?}"),
            }
        }
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
