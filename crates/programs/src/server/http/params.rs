//! The parameters of a request, wherever they stood.

use std::borrow::Cow;

use super::error::HttpError;
use liveapi_core::api::{Arg, Args, Inexact};
use liveapi_core::base::text::urlencoded;
use liveapi_core::tags::Form;

/// What stands around texts that were copied from the documentation with their quotation marks.
const QUOTE: char = '"';
/// Parameters that never hold a quotation mark, and so tell whose hand the marks around the others are.
const NEVER_QUOTED: [&str; 2] = ["domain", "email"];

/// Parameters by name; the function's own and those that say which function it is.
#[derive(Debug, Default)]
pub struct Params<'r>(Args<'r>);

impl<'r> Params<'r> {
    /// The parameters of address and body, in the order in which they count.
    pub(super) fn new(args: Args<'r>) -> Self {
        Self(args)
    }

    /// The text of that name. Of equal names the last one counts, and the body's more than the address's.
    pub fn get(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            // 3.0 is the version 3.
            Arg::Text(text) | Arg::Inexact(text, Inexact::Fraction) => Some(text),
            Arg::Absent | Arg::Inexact(..) | Arg::Nested(_) => None,
        }
    }

    /// The text of the first of those names that has one.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// The parameters as the fields of a form.
    pub fn form(&self) -> Form {
        let mut form = Form::default();
        for (name, value) in self.0.beginning_with("") {
            if let Arg::Text(text) | Arg::Inexact(text, _) = value {
                form.push(name, &**text);
            }
        }
        form
    }

    /// The parameters for the function itself: those that `keep` wants, without quotation marks around all of them.
    pub fn for_function(&self, keep: impl Fn(&str) -> bool) -> Args<'_> {
        let quoted = self.is_quoted();
        let mut args = Args::default();
        for (name, value) in self.0.beginning_with("").filter(|(name, _)| keep(name)) {
            match value {
                Arg::Text(text) => args.push_text(name, if quoted { unquoted(text) } else { text }),
                Arg::Nested(json) => args.push_nested(name, json.to_string()),
                Arg::Inexact(text, given) => args.push(name, Arg::Inexact(Cow::Borrowed(text), *given)),
                Arg::Absent => args.push(name, Arg::Absent),
            }
        }
        args
    }

    /// Whether the sender writes quotation marks around values, as the documentation's addresses do:
    /// `domain="example.com"&email="user"&password="12345luggage"`. No domain and no mailbox has one in its name, so
    /// where such a value stands in them they are the sender's, not the value's, and the password's are too: whoever
    /// copied that line logs in with `12345luggage`. Elsewhere a password's quotation marks are its own.
    fn is_quoted(&self) -> bool {
        let mut given = NEVER_QUOTED.iter().filter_map(|name| self.get(name)).peekable();
        given.peek().is_some() && given.all(|value| unquoted(value).len() + 2 == value.len())
    }
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix(QUOTE).and_then(|rest| rest.strip_suffix(QUOTE)).unwrap_or(value)
}

/// Adds the fields of a form (`a=b&c=d`).
pub(super) fn push_form<'r>(args: &mut Args<'r>, form: &'r [u8]) -> Result<(), HttpError> {
    for pair in urlencoded(form) {
        let (name, value): (Cow<'r, str>, Cow<'r, str>) =
            pair.map_err(|why| HttpError::new(400, format!("A request must be UTF-8: {why}")))?;
        if !(name.is_empty() && value.is_empty()) {
            args.push_text(name, value);
        }
    }
    Ok(())
}
