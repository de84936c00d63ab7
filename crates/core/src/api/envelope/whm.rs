//! WHM API 1: `metadata` says how the call went, `data` holds the payload and is left out otherwise.

use crate::api::json_writer::JsonWriter;
use crate::api::{Data, Error, Outcome};

pub(super) fn write(out: &mut JsonWriter, func: &str, result: &Result<Outcome, Error>) {
    match result {
        Ok(Outcome::Done(done)) => {
            metadata(out, func, done.message.as_deref().unwrap_or("OK"), 1, &done.warnings);
            if !matches!(done.data, Data::Nothing) {
                out.frame(r#","data":"#).data(&done.data);
            }
        }
        Ok(Outcome::Refused(refusal, _)) => metadata(out, func, &refusal.to_string(), 0, &[]),
        // Recorded.
        Ok(Outcome::UnknownFunction) => {
            metadata(
                out,
                func,
                &format!("Unknown app (\"{func}\") requested for this version (1) of the API."),
                0,
                &[],
            );
        }
        Err(error) => metadata(out, func, &error.to_string(), 0, &[]),
        // Written as it came.
        Ok(Outcome::Answered(_)) => {}
    }
    out.frame("}");
}

fn metadata(out: &mut JsonWriter, func: &str, reason: &str, result: i64, warnings: &[String]) {
    out.frame(r#"{"metadata":{"version":1,"reason":"#).text(reason).frame(r#","result":"#).int(result);
    out.frame(r#","command":"#).text(func);
    if !warnings.is_empty() {
        out.frame(r#","warnings":"#).texts(warnings);
    }
    out.frame("}");
}
