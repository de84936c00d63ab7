//! cPanel API 1: no `cpanelresult`, `apiversion` as a text, and `data.result` holds what the function
//! printed. A reason is printed there as well, because old pages show nothing else.

use super::unknown::unknown_function;
use crate::api::json_writer::JsonWriter;
use crate::api::{Data, Error, Outcome};

pub(super) fn write(out: &mut JsonWriter, module: &str, func: &str, result: &Result<Outcome, Error>) {
    out.frame(r#"{"apiversion":"1","type":"event","module":"#).text(module);
    out.frame(r#","func":"#).text(func).frame(r#","source":"module""#);
    match result {
        Ok(Outcome::Done(done)) => {
            printed(out, &text(&done.data));
            if !done.warnings.is_empty() {
                out.frame(r#","warnings":"#).texts(&done.warnings);
            }
            out.frame(r#","event":{"result":1}}"#);
        }
        Ok(Outcome::Refused(refusal, _)) => failure(out, &refusal.to_string(), true),
        Ok(Outcome::UnknownFunction) => {
            failure(
                out,
                &format!("{module}::{func}() failed: {}", unknown_function(module, func).concat()),
                false,
            );
        }
        Err(error) => failure(out, &error.to_string(), true),
        // Written as it came.
        Ok(Outcome::Answered(_)) => {}
    }
}

fn printed<'w>(out: &'w mut JsonWriter, text: &str) -> &'w mut JsonWriter {
    out.frame(r#","data":{"result":"#).text(text).frame("}")
}

fn failure(out: &mut JsonWriter, why: &str, print: bool) {
    out.frame(r#","error":"#).text(why);
    printed(out, if print { why } else { "" });
    out.frame(r#","event":{"result":0,"reason":"#).text(why).frame("}}");
}

/// API 1 has texts only.
fn text(data: &Data) -> String {
    match data {
        Data::Text(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Nothing | Data::Object(_) | Data::Rows(_) | Data::Many(_) | Data::Texts(_) => String::new(),
    }
}
