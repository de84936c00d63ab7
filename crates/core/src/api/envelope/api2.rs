//! cPanel API 2: `{"cpanelresult": {…}}`.
//!
//! A function that refuses still has `event.result` 1, as real servers send it; only a failure of the
//! library (nothing was reached, nothing could be written) sets `event.result` to 0 with a reason, and so does a function
//! that this store never does: a client that looks at nothing else must not read success.

use super::unknown::unknown_function;
use crate::api::catalogue::Answer;
use crate::api::json_writer::JsonWriter;
use crate::api::{Error, Outcome, Page, Refusal};

pub(super) fn write(out: &mut JsonWriter, module: &str, func: &str, result: &Result<Outcome, Error>) {
    out.frame(r#"{"cpanelresult":{"apiversion":2,"func":"#).text(func);
    match result {
        Ok(Outcome::Done(done)) => {
            out.frame(r#","data":"#).data(&done.data);
            if let Some(page) = &done.paginate {
                paginate(out, page);
            }
            if !done.warnings.is_empty() {
                out.frame(r#","warnings":"#).texts(&done.warnings);
            }
            out.frame(r#","event":{"result":1}"#);
        }
        Ok(Outcome::Refused(refusal, answer)) => {
            let why = refusal.to_string();
            out.frame(r#","error":"#).text(&why);
            refused(out, &why, *answer);
            if matches!(refusal, Refusal::NotInStore(_)) {
                out.frame(r#","event":{"result":0,"reason":"#).text(&why).frame("}");
            } else {
                out.frame(r#","event":{"result":1}"#);
            }
        }
        Err(error) => {
            let why = error.to_string();
            out.frame(r#","error":"#).text(&why);
            refused(out, &why, Answer::Single);
            out.frame(r#","event":{"result":0,"reason":"#).text(&why).frame("}");
        }
        Ok(Outcome::UnknownFunction) => {
            out.frame(r#","error":"#).joined(&unknown_function(module, func));
        }
        // Written as it came.
        Ok(Outcome::Answered(_)) => {}
    }
    out.frame(r#","module":"#).text(module).frame("}}");
}

/// Documented: `start_result` is a text here, the others are numbers.
fn paginate(out: &mut JsonWriter, page: &Page) {
    out.frame(r#","paginate":{"#);
    for (name, count) in page.counts() {
        out.text(name).frame(":").int(count).frame(",");
    }
    out.frame(r#""start_result":"#).text(&page.start_result.to_string()).frame("}");
}

/// The reason in the payload, where most clients look for it; recorded in three forms.
fn refused<'w>(out: &'w mut JsonWriter, why: &str, answer: Answer) -> &'w mut JsonWriter {
    match answer {
        Answer::Single | Answer::List => {
            out.frame(r#","data":[{"reason":"#).text(why).frame(r#","result":0}]"#)
        }
        Answer::Status(text) => {
            let message = if text.is_empty() { why } else { text };
            out.frame(r#","data":[{"statusmsg":"#).text(message).frame(r#","status":"0"}]"#)
        }
        Answer::Text => out.frame(r#","data":["#).text(why).frame("]"),
    }
}
