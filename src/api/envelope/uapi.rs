//! UAPI: `{"apiversion":3,"func":…,"module":…,"result":{…}}`, the wrapping of the command line and of
//! WHM. `errors` is null on success, never an empty list: clients test for null.

use super::{JsonWriter, unknown_function};
use crate::api::{Error, Outcome};

pub(super) fn write(out: &mut JsonWriter, module: &str, func: &str, result: &Result<Outcome, Error>) {
    out.frame(r#"{"apiversion":3,"func":"#).text(func).frame(r#","module":"#).text(module);
    out.frame(r#","result":{"#);
    match result {
        Ok(Outcome::Done(done)) => {
            out.frame(r#""status":1,"errors":null,"warnings":"#);
            if done.warnings.is_empty() {
                out.frame("null");
            } else {
                out.texts(&done.warnings);
            }
            out.frame(r#","messages":null,"metadata":"#).row(&done.metadata);
            out.frame(r#","data":"#).data(&done.data);
        }
        Ok(Outcome::Refused(refusal)) => failure(out, &refusal.to_string()),
        Ok(Outcome::UnknownFunction) => failure(out, &unknown_function(module, func).concat()),
        Err(error) => failure(out, &error.to_string()),
    }
    out.frame("}}");
}

fn failure(out: &mut JsonWriter, why: &str) {
    out.frame(r#""status":0,"errors":["#).text(why);
    out.frame(r#"],"warnings":null,"messages":null,"metadata":{},"data":null"#);
}
