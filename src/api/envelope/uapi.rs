//! UAPI: `{"apiversion":3,"func":…,"module":…,"result":{…}}`, the wrapping of the command line and of
//! WHM. `errors` is null on success, never an empty list: clients test for null.

use serde::Serialize;

use super::unknown_function;
use crate::api::{Data, Error, Outcome, Row};

#[derive(Serialize)]
pub(super) struct Envelope<'a> {
    apiversion: u8,
    func: &'a str,
    module: &'a str,
    result: Inner<'a>,
}

#[derive(Serialize)]
struct Inner<'a> {
    status: u8,
    errors: Option<[String; 1]>,
    warnings: Option<&'a [String]>,
    messages: Option<&'a [String]>,
    metadata: &'a Row,
    data: &'a Data,
}

static NO_METADATA: Row = Row(Vec::new());

pub(super) fn envelope<'a>(
    module: &'a str,
    func: &'a str,
    result: &'a Result<Outcome, Error>,
) -> Envelope<'a> {
    let result = match result {
        Ok(Outcome::Done(done)) => Inner {
            status: 1,
            errors: None,
            warnings: (!done.warnings.is_empty()).then_some(&done.warnings),
            messages: None,
            metadata: &done.metadata,
            data: &done.data,
        },
        Ok(Outcome::Refused(refusal)) => failure(refusal.to_string()),
        Ok(Outcome::UnknownFunction) => failure(unknown_function(module, func)),
        Err(error) => failure(error.to_string()),
    };
    Envelope { apiversion: 3, func, module, result }
}

fn failure<'a>(why: String) -> Inner<'a> {
    Inner {
        status: 0,
        errors: Some([why]),
        warnings: None,
        messages: None,
        metadata: &NO_METADATA,
        data: &Data::Nothing,
    }
}
