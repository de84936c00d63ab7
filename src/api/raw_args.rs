//! The outermost level of a JSON parameter text, taken apart: names, and the JSON texts of the values.
//!
//! Parameters are flat by nature, so one level is read here, strictly by the grammar of RFC 8259; a
//! nested value is checked and skipped by serde_json. Doing this level ourselves costs a third of a
//! general parser, and complaints name a place without quoting a text that may hold a password.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::args::positional;
use super::json_string;
use super::{Error, ErrorKind};

/// Names and the JSON texts of their values, in order.
pub(super) type RawArgs<'a> = Vec<(Cow<'a, str>, &'a str)>;

/// Parses an object, a list (which becomes positional), or null.
pub(super) fn parse(text: &str) -> Result<RawArgs<'_>, Error> {
    let mut scanner = Scanner { text, at: 0 };
    scanner.document().map_err(|broken| match broken {
        Broken::Syntax(what) => {
            let sentence = format!("The parameters are not valid JSON: {what} at byte {}", scanner.at + 1);
            Error::new(ErrorKind::BadJson, sentence)
        }
        Broken::NotArguments => {
            Error::new(ErrorKind::BadParams, "The parameters must be a JSON object of names and values")
        }
    })
}

/// Why a text is no set of parameters.
enum Broken {
    Syntax(&'static str),
    NotArguments,
}

const ENDS_EARLY: Broken = Broken::Syntax("the text ends too early");

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn document(&mut self) -> Result<RawArgs<'a>, Broken> {
        let args = match self.peek() {
            Some(b'{') => Some(self.object()?),
            Some(b'[') => Some(self.list()?),
            _ => (self.value()? == "null").then(Vec::new),
        };
        if self.peek().is_some() {
            return Err(Broken::Syntax("something follows the value"));
        }
        args.ok_or(Broken::NotArguments)
    }

    fn object(&mut self) -> Result<RawArgs<'a>, Broken> {
        let mut args = Vec::with_capacity(4);
        self.at += 1;
        if self.take(b'}') {
            return Ok(args);
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a name in quotation marks"));
            }
            let name = json_string::read(self.string()?).map_err(Broken::Syntax)?;
            if !self.take(b':') {
                return Err(self.unexpected("a colon"));
            }
            let value = self.value()?;
            args.push((name, value));
            match self.separator(b'}')? {
                true => {}
                false => return Ok(args),
            }
        }
    }

    fn list(&mut self) -> Result<RawArgs<'a>, Broken> {
        let mut args = Vec::new();
        self.at += 1;
        if self.take(b']') {
            return Ok(args);
        }
        loop {
            let value = self.value()?;
            args.push((Cow::Owned(positional(args.len())), value));
            match self.separator(b']')? {
                true => {}
                false => return Ok(args),
            }
        }
    }

    /// A comma (more follows) or the end.
    fn separator(&mut self, end: u8) -> Result<bool, Broken> {
        if self.take(b',') {
            Ok(true)
        } else if self.take(end) {
            Ok(false)
        } else {
            Err(self.unexpected("a comma or the end"))
        }
    }

    /// The JSON text of one value.
    fn value(&mut self) -> Result<&'a str, Broken> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{' | b'[') => self.nested(),
            Some(b'-' | b'0'..=b'9') => self.word(is_number),
            Some(_) => self.word(|word| matches!(word, "true" | "false" | "null")),
            None => Err(ENDS_EARLY),
        }
    }

    /// A string with its quotation marks; its escapes are checked when it is read.
    fn string(&mut self) -> Result<&'a str, Broken> {
        let bytes = &self.text.as_bytes()[self.at..];
        let mut end = 1;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => end += 2,
                Some(0..0x20) => return Err(Broken::Syntax("a control character in the text")),
                Some(_) => end += 1,
                None => return Err(ENDS_EARLY),
            }
        }
        self.advance(end + 1)
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
        if good(&rest[..end]) {
            self.advance(end)
        } else {
            Err(Broken::Syntax("a value that is none of JSON's"))
        }
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

    fn unexpected(&self, wanted: &'static str) -> Broken {
        if self.at == self.text.len() {
            return ENDS_EARLY;
        }
        Broken::Syntax(match wanted {
            "a colon" => "something else than a colon",
            "a comma or the end" => "something else than a comma or the end",
            _ => "something else than a name in quotation marks",
        })
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
        let strings_are_good = |raw: &str| !raw.starts_with('"') || json_string::read(raw).is_ok();
        parse(text).is_ok_and(|args| args.iter().all(|(_, raw)| strings_are_good(raw)))
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
        let args = parse(r#" {"a" : "b\n" , "c":[1, 2] ,"d":-0.5}"#).unwrap_or_default();
        let texts: Vec<_> = args.iter().map(|(name, raw)| (name.as_ref(), *raw)).collect();
        assert_eq!(texts, [("a", r#""b\n""#), ("c", "[1, 2]"), ("d", "-0.5")]);
    }

    #[test]
    fn deep_nesting_ends_in_words() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let _ = parse(&deep);
        assert!(parse(&deep[..100_000]).is_err());
    }
}
