//! WHM API 1: `metadata` says how the call went, `data` holds the payload and is left out otherwise.

use crate::api::json_writer::JsonWriter;
use crate::api::{Data, Done, Error, Field, Outcome};

pub(super) fn write(out: &mut JsonWriter, func: &str, result: &Result<Outcome, Error>) {
    match result {
        Ok(Outcome::Done(done)) => {
            metadata(out, func, done.message.as_deref().unwrap_or("OK"), 1);
            additional(out, done);
            out.frame("}");
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
    metadata(out, func, reason, 0);
    out.frame("}");
}

fn metadata(out: &mut JsonWriter, func: &str, reason: &str, result: i64) {
    out.frame(r#"{"metadata":{"version":1,"reason":"#).text(reason).frame(r#","result":"#).int(result);
    out.frame(r#","command":"#).text(func);
}

/// What else is said of a success: what modifiers did, the function's own members, and in `output` its report and
/// the warnings.
fn additional(out: &mut JsonWriter, done: &Done) {
    if let Some(records) = done.records_before_filter {
        out.frame(r#","filter":{"filtered":"#).int(records).frame("}");
    }
    if let Some(page) = &done.paginate {
        out.frame(r#","chunk":{"start":"#).int(page.start_result);
        out.frame(r#","current":"#).int(page.current_page).frame(r#","size":"#).int(page.results_per_page);
        out.frame(r#","chunks":"#).int(page.total_pages).frame(r#","records":"#).int(page.total_results);
        out.frame("}");
    }
    let mut output = None;
    for (name, field) in &done.metadata.0 {
        match field {
            Field::Object(members) if *name == "output" => output = Some(members),
            _ => {
                out.frame(",").member(name, field);
            }
        }
    }
    if output.is_none() && done.warnings.is_empty() {
        return;
    }
    out.frame(r#","output":{"#);
    if let Some(members) = output {
        out.members(members).frame(if done.warnings.is_empty() { "" } else { "," });
    }
    if !done.warnings.is_empty() {
        out.frame(r#""warnings":"#).texts(&done.warnings);
    }
    out.frame("}");
}
