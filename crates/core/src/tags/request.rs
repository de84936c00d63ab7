//! The requests that pages send over LiveAPI, whatever brings them here: a socket or a C function.
//!
//! A request is a tag (`<cpanel print="$homedir">`) or a JSON object with `reqtype`, `module`, `func`,
//! `apiversion` and `args`. Values come back as they are, not escaped for HTML: the page that asked writes
//! them. Of cPanel's `<cpanelaction>` around the JSON there may be some or none.

use crate::api::{Args, Call, Error, Family, envelope};
use crate::engine::Client;
use crate::tags::condition::Condition;
use crate::tags::cursor::Cursor;
use crate::tags::error::Bad;
use crate::tags::evaluate::Evaluator;
use crate::tags::form::Form;
use crate::tags::live_request::{LiveRequest, RequestKind};
use crate::tags::output::Escape;
use crate::tags::question::Question;
use crate::tags::render::rendered;
use crate::tags::variables::Variables;
use crate::tags::world::{ClientWorld, Within, World};

/// Answers a request, always with one line of JSON; and the failure where the panel that runs this page could not be
/// asked. What `setvar` sets is kept in `variables`, for the requests that follow.
///
/// Such a panel has tags and variables of its own, so it gets the request as it is. Only fields of the form, which
/// no request can carry there, are filled in here, and with them the variables that were set from such fields.
pub fn answer_or_failure(
    client: &Client,
    request: &str,
    form: &Form,
    variables: &Variables,
) -> (Vec<u8>, Option<Error>) {
    let has_fields = !form.is_empty() && request.contains("$FORM");
    let is_for_here = has_fields || variables.concern(request);
    match if is_for_here { None } else { client.live(request) } {
        None => (answer_within(&ClientWorld { client, form }, request, variables), None),
        Some(Ok(answered)) => (envelope::passed_on(answered), None),
        Some(Err(error)) => (failed(request, &error), Some(error)),
    }
}

/// The answer alone.
pub fn answer(client: &Client, request: &str, form: &Form, variables: &Variables) -> Vec<u8> {
    answer_or_failure(client, request, form, variables).0
}

/// Answers a request of a conversation: `setvar` holds for those that follow.
pub fn answer_within(world: &dyn World, request: &str, variables: &Variables) -> Vec<u8> {
    answer_in(&Within { world, form: Form::default(), variables: Some(variables) }, request)
}

/// Answers a request in any world.
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
    let request = Args::from_json_object(inside(request)).map(LiveRequest).ok()?;
    match request.kind() {
        RequestKind::Call(family) => {
            Some((family, request.field("module").to_owned(), request.field("func").to_owned()))
        }
        RequestKind::If
        | RequestKind::Feature
        | RequestKind::Print
        | RequestKind::LangPrint
        | RequestKind::Unknown => None,
    }
}

/// A failure, in the shape of the answer that was asked for.
pub(super) fn failed(request: &str, error: &Error) -> Vec<u8> {
    let why = error.to_string();
    let request = inside(request);
    let kind = match lone_question(request) {
        Some(("cpanelif", _)) => RequestKind::If,
        Some(_) => RequestKind::Feature,
        None if !request.starts_with('{') => RequestKind::Print,
        None => match Args::from_json_object(request).map(LiveRequest) {
            Ok(request) => match request.kind() {
                RequestKind::Call(family) => {
                    let (module, func) = (request.field("module"), request.field("func"));
                    return envelope::write(family, module, func, &Err(error.clone()));
                }
                kind => kind,
            },
            Err(_) => RequestKind::Unknown,
        },
    };
    match kind {
        RequestKind::If => envelope::decided("if", Err(&why)),
        RequestKind::Feature => envelope::decided("feature", Err(&why)),
        RequestKind::Print | RequestKind::LangPrint => envelope::printed("", Some(&why)),
        RequestKind::Call(_) | RequestKind::Unknown => envelope::unknown_request(Some(&why)),
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
            let warnings: Vec<_> = rendered.warnings.into_iter().map(|warning| warning.sentence).collect();
            envelope::printed_with(&text, rendered.failure.as_deref(), &warnings)
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

fn object(world: &dyn World, json: &str) -> Vec<u8> {
    let read = Args::from_json_object(json).map(LiveRequest);
    let request = match read.and_then(|request| request.form().map(|form| (request, form))) {
        Ok((request, Some(form))) => return known(&Within { world, form, variables: None }, &request),
        Ok((request, None)) => request,
        Err(error) => {
            let why = format!("The LiveAPI request cannot be read: {error}");
            return envelope::unknown_request(Some(&why));
        }
    };
    known(world, &request)
}

fn known(world: &dyn World, request: &LiveRequest<'_>) -> Vec<u8> {
    let (module, func) = (request.field("module"), request.field("func"));
    match request.kind() {
        RequestKind::If => special(request, |text| decide(world, "if", text)),
        RequestKind::Feature => special(request, |text| decide(world, "feature", text)),
        RequestKind::Print => special(request, |text| print(world, text)),
        // The language system that the key is from is gone from cPanel.
        RequestKind::LangPrint => special(request, |text| envelope::printed(text, None)),
        RequestKind::Call(family) => {
            let result =
                request.args(family).and_then(|args| world.call(&Call { family, module, func, args }));
            envelope::write(family, module, func, &result)
        }
        RequestKind::Unknown => envelope::unknown_request(None),
    }
}

fn special(request: &LiveRequest<'_>, answer: impl FnOnce(&str) -> Vec<u8>) -> Vec<u8> {
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
