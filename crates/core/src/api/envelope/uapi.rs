//! UAPI: `{"apiversion":3,"func":…,"module":…,"result":{…}}`, the wrapping of the command line and of
//! WHM. `errors` is null on success, never an empty list: clients test for null.

use super::unknown::unknown_function;
use crate::api::json_writer::JsonWriter;
use crate::api::{Done, Error, Outcome};

pub(super) fn write(out: &mut JsonWriter, module: &str, func: &str, result: &Result<Outcome, Error>) {
    out.frame(r#"{"apiversion":3,"func":"#).text(func).frame(r#","module":"#).text(module);
    out.frame(r#","result":"#);
    write_result(out, module, func, result);
    out.frame("}");
}

/// The result alone, as HTTP gives it.
pub(super) fn write_result(out: &mut JsonWriter, module: &str, func: &str, result: &Result<Outcome, Error>) {
    out.frame("{");
    match result {
        Ok(Outcome::Done(done)) => {
            out.frame(r#""status":1,"errors":null,"warnings":"#);
            if done.warnings.is_empty() {
                out.frame("null");
            } else {
                out.texts(&done.warnings);
            }
            out.frame(r#","messages":null,"metadata":{"#).members(&done.metadata);
            modified(out, done);
            out.frame(r#"},"data":"#).data(&done.data);
        }
        Ok(Outcome::Refused(refusal, _)) => failure(out, &refusal.to_string()),
        Ok(Outcome::UnknownFunction) => failure(out, &unknown_function(module, func).concat()),
        Err(error) => failure(out, &error.to_string()),
        // Written as it came.
        Ok(Outcome::Answered(_)) => {}
    }
    out.frame("}");
}

/// What modifiers did, as further members of `metadata`.
fn modified(out: &mut JsonWriter, done: &Done) {
    let mut comma = if done.metadata.0.is_empty() { "" } else { "," };
    if let Some(page) = &done.paginate {
        out.frame(comma).frame(r#""paginate":{"#);
        for (name, count) in page.counts() {
            out.text(name).frame(":").int(count).frame(",");
        }
        out.frame(r#""start_result":"#).int(page.start_result).frame("}");
        comma = ",";
    }
    if let Some(records) = done.records_before_filter {
        out.frame(comma).frame(r#""filter":{"records_before_filter":"#).int(records).frame("}");
    }
}

fn failure(out: &mut JsonWriter, why: &str) {
    out.frame(r#""status":0,"errors":["#).text(why);
    out.frame(r#"],"warnings":null,"messages":null,"metadata":{},"data":null"#);
}
