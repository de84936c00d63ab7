//! cPanel API 2: `{"cpanelresult": {…}}`.
//!
//! A function that refuses still has `event.result` 1, as real servers send it; only a failure of the
//! library (nothing was reached, nothing could be written) sets `event.result` to 0 with a reason.

use serde::Serialize;

use super::unknown_function;
use crate::api::{Data, Error, Outcome};

#[derive(Serialize)]
pub(super) struct Envelope<'a> {
    cpanelresult: Inner<'a>,
}

#[derive(Serialize)]
struct Inner<'a> {
    apiversion: u8,
    func: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Rows<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Event>,
    module: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Rows<'a> {
    Given(&'a Data),
    Refused([Verdict; 1]),
}

#[derive(Serialize)]
struct Verdict {
    reason: String,
    result: u8,
}

#[derive(Serialize)]
struct Event {
    result: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(super) fn envelope<'a>(
    module: &'a str,
    func: &'a str,
    result: &'a Result<Outcome, Error>,
) -> Envelope<'a> {
    let (error, data, event) = match result {
        Ok(Outcome::Done(done)) => {
            (None, Some(Rows::Given(&done.data)), Some(Event { result: 1, reason: None }))
        }
        Ok(Outcome::Refused(refusal)) => no(refusal.to_string(), Event { result: 1, reason: None }),
        Err(error) => no(error.to_string(), Event { result: 0, reason: Some(error.to_string()) }),
        Ok(Outcome::UnknownFunction) => (Some(unknown_function(module, func)), None, None),
    };
    Envelope { cpanelresult: Inner { apiversion: 2, func, error, data, event, module } }
}

fn no<'a>(reason: String, event: Event) -> (Option<String>, Option<Rows<'a>>, Option<Event>) {
    (Some(reason.clone()), Some(Rows::Refused([Verdict { reason, result: 0 }])), Some(event))
}
