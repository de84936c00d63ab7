//! Bodies by what they are, whatever they are called: clients name them wrongly, or not at all.

use super::error::HttpError;
use super::multipart::{self, Boundary};
use super::params;
use liveapi_core::api::Args;

/// Adds the parameters of a body.
pub(super) fn push<'r>(args: &mut Args<'r>, kind: &[u8], body: &'r [u8]) -> Result<(), HttpError> {
    let kind = String::from_utf8_lossy(kind);
    let named = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if let Some(boundary) = Boundary::of(&kind, body) {
        return multipart::push(args, &boundary, body);
    }
    let text = body.trim_ascii();
    let is_json = named.ends_with("json") || (text.starts_with(b"{") && text.ends_with(b"}"));
    if text.is_empty() || !is_json {
        return params::push_form(args, without_line_end(body));
    }
    let text =
        std::str::from_utf8(text).map_err(|_| HttpError::new(400, "The JSON in the body is not UTF-8"))?;
    match Args::from_json_object(text) {
        Ok(object) => {
            args.append(object);
            Ok(())
        }
        // It looked like one only. What begins as an object does is one that is broken: taken for a form, all of it
        // would be the name of a parameter.
        Err(_) if !named.ends_with("json") && !begins_as_object(text) => params::push_form(args, body),
        Err(error) => Err(HttpError::new(400, format!("The body of the request: {error}"))),
    }
}

fn begins_as_object(text: &str) -> bool {
    text.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with('"'))
}

/// Clients end a form with a line end that is no part of the last value.
fn without_line_end(body: &[u8]) -> &[u8] {
    let is_end = |byte: &&u8| matches!(**byte, b'\r' | b'\n');
    &body[..body.len() - body.iter().rev().take_while(is_end).count()]
}
