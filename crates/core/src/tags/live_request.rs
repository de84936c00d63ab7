//! A request in JSON: what it wants, and the texts of its fields.

use std::borrow::Cow;

use crate::api::{Arg, Args, Error, ErrorKind, Family};
use crate::tags::form::Form;

/// What a request wants, by its `reqtype` and `module`.
pub(crate) enum RequestKind {
    If,
    Feature,
    Print,
    LangPrint,
    Call(Family),
    Unknown,
}

/// The texts of a request's fields.
pub(crate) struct LiveRequest<'a>(pub(crate) Args<'a>);

impl LiveRequest<'_> {
    pub(crate) fn kind(&self) -> RequestKind {
        match (self.field("reqtype"), self.field("module")) {
            ("if", _) | ("exec" | "", "if") => RequestKind::If,
            ("feature", _) | ("exec" | "", "feature") => RequestKind::Feature,
            ("exec" | "", "print") => RequestKind::Print,
            ("exec" | "", "langprint") => RequestKind::LangPrint,
            ("exec" | "", module) if !module.is_empty() => match self.field("apiversion") {
                "" => RequestKind::Call(Family::Api2),
                version => Family::of_version(version).map_or(RequestKind::Unknown, RequestKind::Call),
            },
            _ => RequestKind::Unknown,
        }
    }

    pub(crate) fn field(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(Arg::Text(text) | Arg::Inexact(text, _)) => text,
            _ => "",
        }
    }

    /// `args` as one text: a string, or a list with one.
    pub(crate) fn text(&self) -> Result<String, Error> {
        match self.0.get("args") {
            None | Some(Arg::Absent) => Ok(String::new()),
            Some(Arg::Text(text) | Arg::Inexact(text, _)) => Ok(text.clone().into_owned()),
            Some(Arg::Nested(json)) => match Args::from_json_list(json)?.get_positional(0) {
                Some(Arg::Text(text) | Arg::Inexact(text, _)) => Ok(text.clone().into_owned()),
                _ => Ok(String::new()),
            },
        }
    }

    /// `args` as the arguments of a call.
    pub(crate) fn args(&self, family: Family) -> Result<Args<'_>, Error> {
        match (self.0.get("args"), family) {
            (None | Some(Arg::Absent), _) => Ok(Args::default()),
            (Some(Arg::Nested(json)), Family::Api1) => Args::from_json_list(json),
            (Some(Arg::Nested(json)), _) => Args::from_json_object(json),
            (Some(Arg::Text(text)), Family::Api1) => {
                let mut args = Args::default();
                args.push_positional(0, &**text);
                Ok(args)
            }
            (Some(Arg::Inexact(text, given)), Family::Api1) => {
                let mut args = Args::default();
                args.push(Args::positional(0), Arg::Inexact(Cow::Borrowed(text), *given));
                Ok(args)
            }
            (Some(Arg::Text(text)), _) if text.is_empty() => Ok(Args::default()),
            (Some(Arg::Text(_) | Arg::Inexact(..)), _) => {
                let sentence = "The args of this call must be a JSON object of names and values";
                Err(Error::new(ErrorKind::BadParams, sentence))
            }
        }
    }

    /// The form that the request brings along, before the one that is known.
    pub(crate) fn form(&self) -> Result<Option<Form>, Error> {
        let Some(Arg::Nested(json)) = self.0.get("form") else { return Ok(None) };
        Form::from_json(json).map(Some)
    }
}
