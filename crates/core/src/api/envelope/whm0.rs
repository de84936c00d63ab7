//! WHM API 0, which old billing systems still speak: what a call without `api.version=1` gets.
//!
//! There is no common frame. Lists stand at the top beside `status` and `statusmsg`; an action's one
//! answer is an object in a list named `result`, for `passwd` named `passwd`. Recorded for `listaccts`
//! and the unknown function; the others as cPanel's public pages show them.

use crate::api::json_writer::JsonWriter;
use crate::api::{Data, Error, Field, Outcome, Row};

pub(super) fn write(out: &mut JsonWriter, func: &str, result: &Result<Outcome, Error>) {
    let why = match result {
        Ok(Outcome::Done(done)) => {
            let message = done.message.as_deref().unwrap_or("Ok");
            return match &done.data {
                Data::Object(row) => answer(out, func, 1, message, row, &done.warnings),
                _ => answer(out, func, 1, message, &Row::default(), &done.warnings),
            };
        }
        Ok(Outcome::Refused(refusal, _)) => refusal.to_string(),
        Err(error) => error.to_string(),
        // Written as it came.
        Ok(Outcome::Answered(_)) => return,
        Ok(Outcome::UnknownFunction) => {
            out.frame(r#"{"error":"#).text(&format!("Unknown App Requested: {func}")).frame("}");
            return;
        }
    };
    answer(out, func, 0, &why, &Row::default(), &[]);
}

fn answer(out: &mut JsonWriter, func: &str, status: i64, message: &str, row: &Row, warnings: &[String]) {
    let list = match func {
        "listaccts" | "accountsummary" => None,
        "passwd" => Some("passwd"),
        _ => Some("result"),
    };
    out.frame("{");
    if matches!(func, "version" | "gethostname") && status == 1 {
        out.members(row).frame("}");
        return;
    }
    if let Some(name) = list {
        out.text(name).frame(":[{");
    }
    out.frame(r#""status":"#).int(status).frame(r#","statusmsg":"#).text(message);
    if !warnings.is_empty() {
        out.frame(r#","warnings":"#).texts(warnings);
    }
    if !row.0.is_empty() {
        out.frame(",").members(row);
    } else if list.is_none() {
        out.frame(",").members(&Row(vec![("acct", Field::Rows(Vec::new()))]));
    }
    out.frame(if list.is_some() { "}]}" } else { "}" });
}
