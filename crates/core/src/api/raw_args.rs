//! The outermost level of a JSON parameter text, taken apart: names, and values by their kind.
//!
//! Parameters are flat by nature, so one level is read here, strictly by the grammar of RFC 8259; a
//! nested value is checked and skipped by serde_json. Doing this level ourselves costs a third of a
//! general parser, and complaints name a place without quoting a text that may hold a password.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::arg::positional;
use super::json_string::{self, JsonString};
use super::{Error, ErrorKind};

/// One value, as far as its first byte tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Raw<'a> {
    /// A string; its escapes are still to be read.
    Text(JsonString<'a>),
    /// A number, `true`, `false` or `null`.
    Word(&'a str),
    Nested(&'a str),
}

/// Parses an object, a list (which becomes positional), or null, and hands each value to `take`.
pub(super) fn parse<'a>(
    text: &'a str,
    mut take: impl FnMut(Cow<'a, str>, Raw<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut scanner = Scanner { text, at: 0 };
    scanner.document(&mut take).map_err(|broken| match broken {
        Broken::Syntax(what) => {
            let sentence = format!("The parameters are not valid JSON: {what} at byte {}", scanner.at + 1);
            Error::new(ErrorKind::BadJson, sentence)
        }
        Broken::NotArguments => {
            Error::new(ErrorKind::BadParams, "The parameters must be a JSON object of names and values")
        }
        Broken::Value(error) => error,
    })
}

/// Why a text is no set of parameters.
enum Broken {
    Syntax(&'static str),
    NotArguments,
    Value(Error),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Value(error)
    }
}

/// What a word is that JSON has no place for, such as the infinity that some languages write.
const NO_VALUE: &str = "a value that JSON does not have";

/// A complaint of such a word, with the name under which it stands.
fn named(broken: Broken, name: &str) -> Broken {
    match broken {
        Broken::Syntax(NO_VALUE) => {
            let sentence = format!("The parameters are not valid JSON: {name:?} has {NO_VALUE}");
            Broken::Value(Error::new(ErrorKind::BadJson, sentence))
        }
        other => other,
    }
}

const ENDS_EARLY: Broken = Broken::Syntax("the text ends too early");

/// Bytes at which the search for a string's end stops: its end, an escape, a control character.
static STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        stops[byte] = true;
        byte += 1;
    }
    stops[b'"' as usize] = true;
    stops[b'\\' as usize] = true;
    stops
};

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn document<T>(&mut self, take: &mut T) -> Result<(), Broken>
    where
        T: FnMut(Cow<'a, str>, Raw<'a>) -> Result<(), Error>,
    {
        let arguments = match self.peek() {
            Some(b'{') => self.object(take).map(|()| true)?,
            Some(b'[') => self.list(take).map(|()| true)?,
            _ => self.value()? == Raw::Word("null"),
        };
        if self.peek().is_some() {
            return Err(Broken::Syntax("something follows the value"));
        }
        if arguments { Ok(()) } else { Err(Broken::NotArguments) }
    }

    fn object<T>(&mut self, take: &mut T) -> Result<(), Broken>
    where
        T: FnMut(Cow<'a, str>, Raw<'a>) -> Result<(), Error>,
    {
        self.at += 1;
        let mut more = !self.take(b'}');
        while more {
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("something else than a name in quotation marks"));
            }
            let name = json_string::read(self.string()?).map_err(Broken::Syntax)?;
            if !self.take(b':') {
                return Err(self.unexpected("something else than a colon"));
            }
            let value = self.value().map_err(|broken| named(broken, &name))?;
            take(name, value)?;
            more = self.separator(b'}')?;
        }
        Ok(())
    }

    fn list<T>(&mut self, take: &mut T) -> Result<(), Broken>
    where
        T: FnMut(Cow<'a, str>, Raw<'a>) -> Result<(), Error>,
    {
        self.at += 1;
        let mut more = !self.take(b']');
        let mut index = 0;
        while more {
            let value = self.value()?;
            take(Cow::Owned(positional(index)), value)?;
            index += 1;
            more = self.separator(b']')?;
        }
        Ok(())
    }

    /// A comma (more follows) or the end.
    fn separator(&mut self, end: u8) -> Result<bool, Broken> {
        if self.take(b',') {
            Ok(true)
        } else if self.take(end) {
            Ok(false)
        } else {
            Err(self.unexpected("something else than a comma or the end"))
        }
    }

    fn value(&mut self) -> Result<Raw<'a>, Broken> {
        match self.peek() {
            Some(b'"') => self.string().map(Raw::Text),
            Some(b'{' | b'[') => self.nested().map(Raw::Nested),
            Some(b'-' | b'0'..=b'9') => self.word(is_number).map(Raw::Word),
            Some(_) => self.word(|word| matches!(word, "true" | "false" | "null")).map(Raw::Word),
            None => Err(ENDS_EARLY),
        }
    }

    /// A string; its escapes are checked when it is read.
    fn string(&mut self) -> Result<JsonString<'a>, Broken> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let (mut end, mut escaped) = (start, false);
        loop {
            let rest = bytes.get(end..).ok_or(ENDS_EARLY)?;
            end += rest.iter().position(|&byte| STOPS[usize::from(byte)]).ok_or(ENDS_EARLY)?;
            match bytes[end] {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    end += 2;
                }
                _ => return Err(Broken::Syntax("a control character in the text")),
            }
        }
        self.at = end + 1;
        let inner = self.text.get(start..end).ok_or(ENDS_EARLY)?;
        Ok(JsonString { inner, escaped })
    }

    fn nested(&mut self) -> Result<&'a str, Broken> {
        let rest = &self.text[self.at..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
        match values.next() {
            Some(Ok(raw)) => self.advance(raw.get().len()),
            _ => Err(Broken::Syntax("a syntax error in the list or object")),
        }
    }

    /// A number or a literal: up to the next delimiter.
    fn word(&mut self, good: impl Fn(&str) -> bool) -> Result<&'a str, Broken> {
        let rest = &self.text[self.at..];
        let end = rest.find([',', '}', ']', ' ', '\t', '\n', '\r', ':', '"']).unwrap_or(rest.len());
        if good(&rest[..end]) { self.advance(end) } else { Err(Broken::Syntax(NO_VALUE)) }
    }

    fn advance(&mut self, length: usize) -> Result<&'a str, Broken> {
        let taken = self.text.get(self.at..self.at + length).ok_or(ENDS_EARLY)?;
        self.at += length;
        Ok(taken)
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn unexpected(&self, what: &'static str) -> Broken {
        if self.at == self.text.len() { ENDS_EARLY } else { Broken::Syntax(what) }
    }
}

/// JSON's grammar of numbers.
fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = word.split_once(['e', 'E']).map_or((word, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts around every rule of the grammar.
    const SEEDS: [&str; 12] = [
        r#"{"a":"b","c":"d\u00e9\n\"","e":-1.5e+3,"f":[1,{"g":null}],"h":true}"#,
        r#" { "a" : 0 , "b" : false } "#,
        r#"["x",1,null,{"a":[]},[[]]]"#,
        "{}",
        "[]",
        "null",
        r#"{"":""}"#,
        r#"{"a":01,"b":1.,"c":.5,"d":1e,"e":--1,"f":+1}"#,
        "{\"a\":\"\u{7f}ä🙂\"}",
        r#"{"a":"\ud83d\ude00","b":"\\\/\b\f"}"#,
        r#"{"a":1,}"#,
        "\"text\"",
    ];

    /// The same question answered by serde_json: an object, a list or null?
    fn accepted_by_serde(text: &str) -> bool {
        serde_json::from_str::<serde_json::Value>(text)
            .is_ok_and(|value| value.is_object() || value.is_array() || value.is_null())
    }

    /// And by us, strings included.
    fn accepted(text: &str) -> bool {
        parse(text, |_, raw| match raw {
            Raw::Text(text) => {
                json_string::read(text).map(drop).map_err(|why| Error::new(ErrorKind::BadJson, why))
            }
            Raw::Word(_) | Raw::Nested(_) => Ok(()),
        })
        .is_ok()
    }

    #[test]
    fn what_is_json_is_decided_as_serde_json_decides() {
        let mut compared = 0;
        for seed in SEEDS {
            assert_eq!(accepted(seed), accepted_by_serde(seed), "{seed}");
            // Every deletion and many substitutions of one character.
            for at in (0..=seed.len()).filter(|&at| seed.is_char_boundary(at)) {
                let (before, after) = seed.split_at(at);
                let rest = after.char_indices().nth(1).map_or("", |(next, _)| &after[next..]);
                for middle in [
                    "", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "1", "-", "e", ".", "u", "n", " ",
                    "\n", "\u{1}", "ä",
                ] {
                    for text in [format!("{before}{middle}{rest}"), format!("{before}{middle}{after}")] {
                        // A number too large for a float is JSON, but serde_json's Value cannot hold it.
                        assert_eq!(accepted(&text), accepted_by_serde(&text), "{text}");
                        compared += 1;
                    }
                }
            }
        }
        assert!(compared > 5000, "{compared}");
    }

    #[test]
    fn values_are_their_json_texts() {
        let mut seen = Vec::new();
        parse(r#" {"a" : "b\n" , "c":[1, 2] ,"d":-0.5}"#, |name, raw| {
            seen.push((name.into_owned(), raw));
            Ok(())
        })
        .unwrap();
        let text = Raw::Text(JsonString { inner: "b\\n", escaped: true });
        let expected = [("a", text), ("c", Raw::Nested("[1, 2]")), ("d", Raw::Word("-0.5"))];
        assert_eq!(seen, expected.map(|(name, raw)| (name.to_owned(), raw)));
    }

    #[test]
    fn deep_nesting_ends_in_words() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let _ = parse(&deep, |_, _| Ok(()));
        assert!(parse(&deep[..100_000], |_, _| Ok(())).is_err());
    }
}
