//! API 2 calls that go out as UAPI and come back in API 2's shape, for servers without API 2 (`prefer=uapi`).
//!
//! Only functions whose answers are the same in both are translated; a test compares them on the embedded store.
//! All others go out as they are.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::api::catalogue::{Answer, Equivalent, Function};
use crate::api::{Answered, Call, Family, Outcome};

/// Functions of API 2's module Email whose UAPI twin takes the same parameters and returns the same.
const SAME: [&str; 10] = [
    "addpop",
    "browseabsmailbox",
    "delforward",
    "editquota",
    "getdiskusage",
    "listforwards",
    "listmaildomains",
    "listpops",
    "listpopswithdisk",
    "passwdpop",
];

/// The UAPI function for a call, if the two are the same.
pub(super) fn twin(call: &Call<'_>, known: Option<&'static Function>) -> Option<&'static Equivalent> {
    let same = call.family == Family::Api2 && call.module == "Email" && SAME.contains(&call.func);
    known.filter(|_| same)?.uapi.as_ref()
}

/// A parameter's name in UAPI.
pub(super) fn name<'n>(twin: &Equivalent, name: &'n str) -> Cow<'n, str> {
    if let Some(modifier) = name.strip_prefix("api2_") {
        return Cow::Owned(format!("api.{modifier}"));
    }
    let renamed = twin.renamed.iter().find(|(here, _)| *here == name);
    Cow::Borrowed(renamed.map_or(name, |(_, there)| there))
}

/// UAPI's answer in API 2's shape; as it is, where it has none of UAPI's.
pub(super) fn back(call: &Call<'_>, function: &Function, outcome: Outcome) -> Outcome {
    let Outcome::Answered(answered) = &outcome else { return outcome };
    let Ok(mut answer) = serde_json::from_str::<Value>(answered.json()) else { return outcome };
    let Some(result) = answer.get_mut("result").map(Value::take) else { return outcome };
    let mut inner =
        json!({"apiversion": 2, "func": call.func, "module": call.module, "event": {"result": 1}});
    if result["status"] == 1 {
        inner["data"] = data(function, &result["data"]);
        if let Some(page) = result["metadata"].get("paginate") {
            inner["paginate"] = paginate(page);
        }
    } else {
        let why = result["errors"][0].as_str().unwrap_or("The server says no reason").to_owned();
        inner["data"] = refused(function.answer, &why);
        inner["error"] = Value::from(why);
    }
    Outcome::Answered(Answered::new(json!({"cpanelresult": inner}).to_string()))
}

/// A list is one in both; an action has a row that says so.
fn data(function: &Function, data: &Value) -> Value {
    if function.answer == Answer::List {
        return if data.is_array() { data.clone() } else { json!([]) };
    }
    let names = || function.returns.iter().map(|field| field.name);
    match function.answer {
        Answer::Status(_) => json!([{"statusmsg": "", "status": "1"}]),
        _ if names().any(|name| name == "result") => json!([{"reason": "", "result": 1}]),
        _ if data.is_object() => json!([data]),
        _ => data.clone(),
    }
}

fn refused(answer: Answer, why: &str) -> Value {
    match answer {
        Answer::Single | Answer::List => json!([{"reason": why, "result": 0}]),
        Answer::Status("") => json!([{"statusmsg": why, "status": "0"}]),
        Answer::Status(text) => json!([{"statusmsg": text, "status": "0"}]),
        Answer::Text => json!([why]),
    }
}

/// In API 2 the number of the first record is a text.
fn paginate(page: &Value) -> Value {
    let mut page = page.clone();
    if let Some(start) = page.get("start_result").filter(|start| start.is_number()) {
        page["start_result"] = Value::from(start.to_string());
    }
    page
}
