//! WHM API 0, which old billing systems still speak: what a call without `api.version=1` gets.
//!
//! There is no common frame. Lists stand at the top, some beside `status` and `statusmsg`; an action's one
//! answer is an object in a list named `result`, for `passwd` named `passwd`. Recorded for `listaccts`
//! and the unknown function; the others as cPanel's public pages show them.

use crate::api::json_writer::JsonWriter;
use crate::api::{Data, Done, Error, Field, Outcome, Row};

/// Functions whose answer is what they tell, with nothing around it; and how API 0 calls a list that has another name.
const BARE: [(&str, &str, &str); 13] = [
    ("version", "", ""),
    ("gethostname", "", ""),
    ("applist", "", ""),
    ("listpkgs", "pkg", "package"),
    ("getpkginfo", "", ""),
    ("list_users", "", ""),
    ("listsuspended", "account", "accts"),
    ("listlockedaccounts", "", ""),
    ("get_domain_info", "", ""),
    ("getdomainowner", "", ""),
    ("get_nameserver_config", "", ""),
    ("showbw", "", "bandwidth"),
    ("getdiskusage", "", ""),
];

pub(super) fn write(out: &mut JsonWriter, func: &str, result: &Result<Outcome, Error>) {
    let why = match result {
        Ok(Outcome::Done(done)) => return done_answer(out, func, done),
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

fn done_answer(out: &mut JsonWriter, func: &str, done: &Done) {
    let nothing = Row::default();
    let row = if let Data::Object(row) = &done.data { row } else { &nothing };
    if let Some((_, name, other)) = BARE.iter().find(|(known, ..)| *known == func) {
        return bare(out, row, (name, other), &done.warnings);
    }
    let message = done.message.as_deref().unwrap_or("Ok");
    match done.metadata.get("output") {
        Some(Field::Object(output)) => reported(out, func, message, row, output, &done.warnings),
        _ => answer(out, func, 1, message, row, &done.warnings),
    }
}

/// What a function tells, a list under the name that it has in API 0. Without a name here all of it is one row of that
/// list.
fn bare(out: &mut JsonWriter, row: &Row, (name, other): (&str, &str), warnings: &[String]) {
    out.frame("{");
    if name.is_empty() && !other.is_empty() {
        out.text(other).frame(":[").row(row).frame("]");
    }
    for (index, (known, field)) in row.0.iter().enumerate().filter(|_| name.is_empty() == other.is_empty()) {
        let renamed = !name.is_empty() && *known == name;
        out.frame(if index > 0 { "," } else { "" }).member(if renamed { other } else { known }, field);
    }
    if !warnings.is_empty() {
        out.frame(r#","warnings":"#).texts(warnings);
    }
    out.frame("}");
}

/// An action with a report: API 0 has it beside the answer, and once more what was answered, under `options`.
fn reported(out: &mut JsonWriter, func: &str, message: &str, row: &Row, output: &Row, warnings: &[String]) {
    out.frame(r#"{"result":[{"status":1,"statusmsg":"#).text(message);
    if let Some(raw) = output.get("raw") {
        out.frame(",").member("rawout", raw);
    }
    if func == "createacct" {
        out.frame(r#","options":"#).row(row);
    }
    if !warnings.is_empty() {
        out.frame(r#","warnings":"#).texts(warnings);
    }
    if !row.0.is_empty() {
        out.frame(",").members(row);
    }
    out.frame("}]}");
}

fn answer(out: &mut JsonWriter, func: &str, status: i64, message: &str, row: &Row, warnings: &[String]) {
    let list = match func {
        "listaccts" | "accountsummary" => None,
        "passwd" => Some("passwd"),
        "domainuserdata" if status == 1 => None,
        _ => Some("result"),
    };
    out.frame("{");
    if let Some(name) = list {
        out.text(name).frame(":[{");
    }
    out.frame(r#""status":"#).int(status).frame(r#","statusmsg":"#).text(message);
    if !warnings.is_empty() {
        out.frame(r#","warnings":"#).texts(warnings);
    }
    if !row.0.is_empty() {
        out.frame(",").members(row);
    } else if list.is_none() && func != "domainuserdata" {
        out.frame(",").members(&Row(vec![("acct", Field::Rows(Vec::new()))]));
    }
    out.frame(if list.is_some() { "}]}" } else { "}" });
}
