//! The requests that pages send over LiveAPI, whatever brings them here: a socket or a C function.
//!
//! A request is a tag (`<cpanel print="$homedir">`) or a JSON object with `reqtype`, `module`, `func`,
//! `apiversion` and `args`. Values come back as they are, not escaped for HTML: the page that asked writes
//! them. Of cPanel's `<cpanelaction>` around the JSON there may be some or none.

use super::condition::Condition;
use super::cursor::Cursor;
use super::error::Bad;
use super::evaluate::Evaluator;
use super::output::Escape;
use super::page::Question;
use super::{ClientWorld, Form, World, rendered};
use crate::api::{Arg, Args, Call, Error, ErrorKind, Family, envelope};
use crate::engine::Client;

/// Answers a request: always one line of JSON.
pub fn answer(client: &Client, request: &str, form: &Form) -> Vec<u8> {
    answer_or_failure(client, request, form).0
}

/// The same, and the failure where the panel that runs this page could not be asked.
///
/// Such a panel has tags and variables of its own, so it gets the request as it is. Only fields of the form, which
/// no request can carry there, are filled in here.
pub fn answer_or_failure(client: &Client, request: &str, form: &Form) -> (Vec<u8>, Option<Error>) {
    let has_fields = !form.is_empty() && request.contains("$FORM");
    match if has_fields { None } else { client.live(request) } {
        None => (answer_in(&ClientWorld { client, form }, request), None),
        Some(Ok(answered)) => (envelope::passed_on(&answered), None),
        Some(Err(error)) => (failed(request, &error), Some(error)),
    }
}

/// The same in any world.
pub fn answer_in(world: &dyn World, request: &str) -> Vec<u8> {
    let request = inside(request);
    if request.starts_with('{') {
        return object(world, request);
    }
    if !request.starts_with("<cpanel") && !request.starts_with("<?cp") {
        return envelope::unknown_request(None);
    }
    if request.starts_with("<cpaneljson") {
        return envelope::json_mode();
    }
    match lone_question(request) {
        Some(("cpanelif", condition)) => decide(world, "if", condition),
        Some((_, name)) => decide(world, "feature", name),
        None => tag(world, request),
    }
}

/// The call that a request wants, if it is one: its family, module and function.
pub fn called(request: &str) -> Option<(Family, String, String)> {
    let request = Args::from_json_object(inside(request)).map(Request).ok()?;
    match request.kind() {
        Kind::Call(family) => {
            Some((family, request.field("module").to_owned(), request.field("func").to_owned()))
        }
        Kind::If | Kind::Feature | Kind::Print | Kind::LangPrint | Kind::Unknown => None,
    }
}

/// A failure, in the shape of the answer that was asked for.
pub(super) fn failed(request: &str, error: &Error) -> Vec<u8> {
    let why = error.to_string();
    let request = inside(request);
    let kind = match lone_question(request) {
        Some(("cpanelif", _)) => Kind::If,
        Some(_) => Kind::Feature,
        None if !request.starts_with('{') => Kind::Print,
        None => match Args::from_json_object(request).map(Request) {
            Ok(request) => match request.kind() {
                Kind::Call(family) => {
                    let (module, func) = (request.field("module"), request.field("func"));
                    return envelope::write(family, module, func, &Err(error.clone()));
                }
                kind => kind,
            },
            Err(_) => Kind::Unknown,
        },
    };
    match kind {
        Kind::If => envelope::decided("if", Err(&why)),
        Kind::Feature => envelope::decided("feature", Err(&why)),
        Kind::Print | Kind::LangPrint => envelope::printed("", Some(&why)),
        Kind::Call(_) | Kind::Unknown => envelope::unknown_request(Some(&why)),
    }
}

/// A request without cPanel's `<cpanelaction>` around it.
fn inside(request: &str) -> &str {
    let request = request.trim();
    let inner = request.strip_prefix("<cpanelaction>").map(|rest| rest.strip_suffix("</cpanelaction>"));
    inner.map_or(request, |inner| inner.unwrap_or_default().trim())
}

/// `<cpanelif …>` or `<cpanelfeature …>` alone, without content and end: a question.
fn lone_question(request: &str) -> Option<(&str, &str)> {
    ["cpanelif", "cpanelfeature"].into_iter().find_map(|name| {
        let inside = request.strip_prefix('<')?.strip_prefix(name)?.strip_suffix('>')?;
        (inside.starts_with([' ', '\t', '\n', '\r']) && !inside.contains('<')).then_some((name, inside))
    })
}

fn tag(world: &dyn World, request: &str) -> Vec<u8> {
    match rendered(request.as_bytes(), world, Escape::Raw) {
        Ok(rendered) => {
            let text = String::from_utf8_lossy(&rendered.bytes);
            envelope::printed(&text, rendered.failure.as_deref())
        }
        Err(bad) => envelope::printed("", Some(&bad.locate(request.as_bytes()).to_string())),
    }
}

/// Answers a condition or a question for a feature.
fn decide(world: &dyn World, module: &str, question: &str) -> Vec<u8> {
    let holds = holds(world, module, question);
    let holds = holds.map_err(|bad| bad.locate(question.as_bytes()).to_string());
    envelope::decided(module, holds.as_ref().copied().map_err(String::as_str))
}

fn holds(world: &dyn World, module: &str, question: &str) -> Result<bool, Bad> {
    let mut cursor = Cursor::new(question.as_bytes());
    let question = match module {
        "if" => Question::If(Condition::parse(&mut cursor)?),
        _ => Question::feature(&mut cursor)?,
    };
    if !cursor.rest().is_empty() {
        return Err(cursor.bad("The question must end here; compare with =gt= and =lt="));
    }
    Evaluator::new(world, Escape::Raw, 0).answer(0, &question)
}

/// What a request wants.
enum Kind {
    If,
    Feature,
    Print,
    LangPrint,
    Call(Family),
    Unknown,
}

/// The texts of a request's fields.
struct Request<'a>(Args<'a>);

impl Request<'_> {
    fn kind(&self) -> Kind {
        match (self.field("reqtype"), self.field("module")) {
            ("if", _) | ("exec" | "", "if") => Kind::If,
            ("feature", _) | ("exec" | "", "feature") => Kind::Feature,
            ("exec" | "", "print") => Kind::Print,
            ("exec" | "", "langprint") => Kind::LangPrint,
            ("exec" | "", module) if !module.is_empty() => {
                family(self.field("apiversion")).map_or(Kind::Unknown, Kind::Call)
            }
            _ => Kind::Unknown,
        }
    }

    fn field(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(Arg::Text(text)) => text,
            _ => "",
        }
    }

    /// `args` as one text: a string, or a list with one.
    fn text(&self) -> Result<String, Error> {
        match self.0.get("args") {
            None | Some(Arg::Absent) => Ok(String::new()),
            Some(Arg::Text(text)) => Ok(text.clone().into_owned()),
            Some(Arg::Nested(json)) => match Args::from_json_list(json)?.get_positional(0) {
                Some(Arg::Text(text)) => Ok(text.clone().into_owned()),
                _ => Ok(String::new()),
            },
        }
    }

    /// `args` as the arguments of a call.
    fn args(&self, family: Family) -> Result<Args<'_>, Error> {
        match (self.0.get("args"), family) {
            (None | Some(Arg::Absent), _) => Ok(Args::default()),
            (Some(Arg::Nested(json)), Family::Api1) => Args::from_json_list(json),
            (Some(Arg::Nested(json)), _) => Args::from_json_object(json),
            (Some(Arg::Text(text)), Family::Api1) => {
                let mut args = Args::default();
                args.push_positional(0, &**text);
                Ok(args)
            }
            (Some(Arg::Text(text)), _) if text.is_empty() => Ok(Args::default()),
            (Some(Arg::Text(_)), _) => {
                let sentence = "The args of this call must be a JSON object of names and values";
                Err(Error::new(ErrorKind::BadParams, sentence))
            }
        }
    }

    /// The form that the request brings along, before the one that is known.
    fn form(&self) -> Result<Option<Form>, Error> {
        let Some(Arg::Nested(json)) = self.0.get("form") else { return Ok(None) };
        Form::from_json(json).map(Some)
    }
}

fn object(world: &dyn World, json: &str) -> Vec<u8> {
    let read = Args::from_json_object(json).map(Request);
    let request = match read.and_then(|request| request.form().map(|form| (request, form))) {
        Ok((request, Some(form))) => return known(&WithForm { world, form }, &request),
        Ok((request, None)) => request,
        Err(error) => {
            let why = format!("The LiveAPI request cannot be read: {error}");
            return envelope::unknown_request(Some(&why));
        }
    };
    known(world, &request)
}

fn known(world: &dyn World, request: &Request<'_>) -> Vec<u8> {
    let (module, func) = (request.field("module"), request.field("func"));
    match request.kind() {
        Kind::If => special(request, |text| decide(world, "if", text)),
        Kind::Feature => special(request, |text| decide(world, "feature", text)),
        Kind::Print => special(request, |text| print(world, text)),
        // The language system that the key is from is gone from cPanel.
        Kind::LangPrint => special(request, |text| envelope::printed(text, None)),
        Kind::Call(family) => {
            let result =
                request.args(family).and_then(|args| world.call(&Call { family, module, func, args }));
            envelope::write(family, module, func, &result)
        }
        Kind::Unknown => envelope::unknown_request(None),
    }
}

fn special(request: &Request<'_>, answer: impl FnOnce(&str) -> Vec<u8>) -> Vec<u8> {
    match request.text() {
        Ok(text) => answer(&text),
        Err(error) => envelope::unknown_request(Some(&error.to_string())),
    }
}

fn print(world: &dyn World, text: &str) -> Vec<u8> {
    match Evaluator::new(world, Escape::Raw, 0).print(text) {
        Ok(text) => envelope::printed(&text, None),
        Err(bad) => envelope::printed("", Some(&bad.sentence)),
    }
}

fn family(version: &str) -> Option<Family> {
    match version {
        "1" => Some(Family::Api1),
        "2" | "" => Some(Family::Api2),
        "3" | "uapi" => Some(Family::Uapi),
        _ => None,
    }
}

/// Another form in the same world.
struct WithForm<'a> {
    world: &'a dyn World,
    form: Form,
}

impl World for WithForm<'_> {
    fn call(&self, call: &Call<'_>) -> Result<crate::api::Outcome, Error> {
        self.world.call(call)
    }

    fn print(&self, text: &str) -> Result<String, Error> {
        self.world.print(text)
    }

    fn feature(&self, name: &str) -> Result<bool, Error> {
        self.world.feature(name)
    }

    fn form(&self, name: &str) -> Option<&str> {
        self.form.get(name).or_else(|| self.world.form(name))
    }
}
