//! cPanel API 1: no `cpanelresult`, `apiversion` as a text, and `data.result` holds what the function
//! printed. A reason is printed there as well, because old pages show nothing else.

use serde::Serialize;

use super::unknown_function;
use crate::api::{Data, Error, Outcome};

#[derive(Serialize)]
pub(super) struct Envelope<'a> {
    apiversion: &'static str,
    r#type: &'static str,
    module: &'a str,
    func: &'a str,
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    data: Printed,
    event: Event,
}

#[derive(Serialize)]
struct Printed {
    result: String,
}

#[derive(Serialize)]
struct Event {
    result: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(super) fn envelope<'a>(module: &'a str, func: &'a str, result: &Result<Outcome, Error>) -> Envelope<'a> {
    let (printed, error) = match result {
        Ok(Outcome::Done(done)) => (printed(&done.data), None),
        Ok(Outcome::Refused(refusal)) => (refusal.to_string(), Some(refusal.to_string())),
        Ok(Outcome::UnknownFunction) => {
            let why = format!("{module}::{func}() failed: {}", unknown_function(module, func));
            (String::new(), Some(why))
        }
        Err(error) => (error.to_string(), Some(error.to_string())),
    };
    let event = Event { result: u8::from(error.is_none()), reason: error.clone() };
    let data = Printed { result: printed };
    Envelope { apiversion: "1", r#type: "event", module, func, source: "module", error, data, event }
}

/// API 1 has texts only.
fn printed(data: &Data) -> String {
    match data {
        Data::Text(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Nothing | Data::Object(_) | Data::Rows(_) => String::new(),
    }
}
