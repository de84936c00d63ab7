//! WHM API 1: `metadata` says how the call went, `data` holds the payload and is left out otherwise.

use serde::Serialize;

use crate::api::{Data, Error, Outcome};

#[derive(Serialize)]
pub(super) struct Envelope<'a> {
    metadata: Metadata<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Data>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    version: u8,
    reason: String,
    result: u8,
    command: &'a str,
}

pub(super) fn envelope<'a>(func: &'a str, result: &'a Result<Outcome, Error>) -> Envelope<'a> {
    let (reason, data) = match result {
        Ok(Outcome::Done(done)) => ("OK".to_owned(), Some(&done.data)),
        Ok(Outcome::Refused(refusal)) => (refusal.to_string(), None),
        // Recorded.
        Ok(Outcome::UnknownFunction) => {
            (format!("Unknown app (\"{func}\") requested for this version (1) of the API."), None)
        }
        Err(error) => (error.to_string(), None),
    };
    let metadata = Metadata { version: 1, reason, result: u8::from(data.is_some()), command: func };
    Envelope { metadata, data: data.filter(|data| !matches!(data, Data::Nothing)) }
}
