//! WHM API 1: `metadata` says how the call went, `data` holds the payload and is left out otherwise.

use crate::api::json_writer::JsonWriter;
use crate::api::{Data, Error, Outcome, Row};

pub(super) fn write(out: &mut JsonWriter, func: &str, result: &Result<Outcome, Error>) {
    match result {
        Ok(Outcome::Done(done)) => {
            metadata(out, func, done.message.as_deref().unwrap_or("OK"), 1, &done.warnings, &done.metadata);
            if !matches!(done.data, Data::Nothing) {
                out.frame(r#","data":"#).data(&done.data);
            }
        }
        Ok(Outcome::Refused(refusal, _)) => refused(out, func, &refusal.to_string()),
        // Recorded.
        Ok(Outcome::UnknownFunction) => {
            refused(
                out,
                func,
                &format!("Unknown app (\"{func}\") requested for this version (1) of the API."),
            );
        }
        Err(error) => refused(out, func, &error.to_string()),
        // Written as it came.
        Ok(Outcome::Answered(_)) => {}
    }
    out.frame("}");
}

fn refused(out: &mut JsonWriter, func: &str, reason: &str) {
    metadata(out, func, reason, 0, &[], &Row::default());
}

fn metadata(
    out: &mut JsonWriter,
    func: &str,
    reason: &str,
    result: i64,
    warnings: &[String],
    additional: &Row,
) {
    out.frame(r#"{"metadata":{"version":1,"reason":"#).text(reason).frame(r#","result":"#).int(result);
    out.frame(r#","command":"#).text(func);
    if !warnings.is_empty() {
        out.frame(r#","warnings":"#).texts(warnings);
    }
    if !additional.0.is_empty() {
        out.frame(",").members(additional);
    }
    out.frame("}");
}
