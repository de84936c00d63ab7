//! The outermost level of a JSON parameter text, taken apart without reading the values.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::args::positional;
use super::{Error, ErrorKind};

/// Parses an object, a list (which becomes positional), or null.
pub(super) fn parse(text: &str) -> Result<RawArgs<'_>, Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let parsed = json.deserialize_any(ArgsVisitor).and_then(|args| json.end().map(|()| args));
    // The parser's own sentence can quote the text, and the text can hold a password.
    let args = parsed.map_err(|cause| {
        let sentence =
            format!("The parameters are not valid JSON: {} at column {}", describe(&cause), cause.column());
        Error::new(ErrorKind::BadJson, sentence)
    })?;
    args.ok_or_else(|| {
        Error::new(ErrorKind::BadParams, "The parameters must be a JSON object of names and values")
    })
}

/// Names and the JSON texts of their values, in order.
pub(super) struct RawArgs<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

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

/// The parser's complaint by category, without its quotation of the input.
fn describe(cause: &serde_json::Error) -> &'static str {
    match cause.classify() {
        serde_json::error::Category::Eof => "the text ends too early",
        serde_json::error::Category::Data => "a value of a kind that was not expected",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "a syntax error",
    }
}
