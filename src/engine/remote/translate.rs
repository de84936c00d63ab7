//! API 2 calls that go out as UAPI and come back in API 2's shape, for servers without API 2.
//!
//! Which function, which parameters and which answer: the catalogue's [`Equivalent`] decides. What it cannot say
//! without a loss is refused by name, before anything is sent.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::Lookup;
use super::form::Form;
use crate::api::catalogue::{self, Added, Answer, Equivalent, Function, Payload};
use crate::api::{Answered, Arg, Args, Call, Error, ErrorKind, Family, Outcome, Params, Refusal};

/// The names by which API 2's modifiers begin; the bare name is a switch.
const SWITCHES: [&str; 4] = ["api2_filter", "api2_sort", "api2_paginate", "api2_columns"];

/// An API 2 function and the UAPI function that stands in for it.
#[derive(Clone, Copy)]
pub(super) struct Twin {
    function: &'static Function,
    equivalent: &'static Equivalent,
}

impl Twin {
    /// The twin of a function of API 2; why there is none otherwise.
    pub(super) fn of(function: &'static Function) -> Result<Self, String> {
        let Some(equivalent) = function.uapi.as_ref() else {
            return Err("UAPI has no function that answers the same".to_owned());
        };
        match equivalent.payload {
            Payload::Other(why) => Err(format!("UAPI's {} is not the same: {why}", equivalent.func)),
            _ => Ok(Self { function, equivalent }),
        }
    }

    /// The UAPI function's name.
    pub(super) fn func(&self) -> &'static str {
        self.equivalent.func
    }

    /// What kind of answer API 2 gives.
    pub(super) fn answer(&self) -> Answer {
        self.function.answer
    }

    /// Refuses as API 2 does what lacks a parameter: UAPI would take a default, for example the main domain.
    /// Fails where UAPI has no place for a parameter.
    pub(super) fn check(&self, call: &Call<'_>, lookup: Lookup) -> Result<Option<Refusal>, Error> {
        if let Err(refusal) = Params::new(self.function, &call.args).require() {
            return Ok(Some(refusal));
        }
        let there = lookup(Family::Uapi, call.module, self.func()).map_or(&[][..], |there| there.params);
        for param in self.function.params {
            let is_filter = self.equivalent.filters.iter().any(|filter| filter.flag == param.name);
            let name = self.renamed(param.name);
            if is_filter || there.iter().any(|there| there.name == name) || !is_set(&call.args, param.name) {
                continue;
            }
            let sentence = format!(
                "The parameter {} of {}::{} was not sent: the call goes out as UAPI's {}, which has nothing like it; leave it out. Nothing was done",
                param.name,
                call.module,
                call.func,
                self.func()
            );
            return Err(Error::new(ErrorKind::BadParams, sentence));
        }
        Ok(None)
    }

    /// The call's parameters under UAPI's names.
    pub(super) fn push(&self, form: &mut Form, user: Option<&str>, args: &Args<'_>) -> Result<(), Error> {
        let off: Vec<&str> = SWITCHES.into_iter().filter(|switch| !is_one(args, switch)).collect();
        form.push_args(args, |name| {
            let is_filter = self.equivalent.filters.iter().any(|filter| filter.flag == name);
            // In UAPI numbered rules count without their switch.
            if is_filter || off.iter().any(|switch| name.starts_with(switch)) {
                return None;
            }
            Some(match name.strip_prefix("api2_") {
                Some(modifier) => Cow::Owned(format!("api.{modifier}")),
                None => Cow::Borrowed(self.renamed(name)),
            })
        })?;
        for (name, added) in self.equivalent.added {
            match (added, user) {
                (Added::Text(text), _) => form.push(name, text),
                (Added::Account, Some(user)) if args.get(name).is_none() => form.push(name, user),
                (Added::Account, _) => {}
            }
        }
        self.push_filters(form, args, !off.contains(&"api2_filter"));
        Ok(())
    }

    /// Flags that are filters in UAPI, behind the call's own.
    fn push_filters(&self, form: &mut Form, args: &Args<'_>, others: bool) {
        let set = self.equivalent.filters.iter().filter(|filter| is_one(args, filter.flag));
        for (filter, number) in set.zip(free_number(args)..) {
            let end = if others { format!("_{number}") } else { String::new() };
            if !others {
                form.push("api.filter", "1");
            }
            for (part, value) in [("column", filter.column), ("type", "gt"), ("term", filter.above)] {
                form.push(&format!("api.filter_{part}{end}"), value);
            }
        }
    }

    fn renamed<'n>(&self, name: &'n str) -> &'n str {
        self.equivalent.renamed.iter().find(|(here, _)| *here == name).map_or(name, |(_, there)| there)
    }

    /// UAPI's answer in API 2's shape; as it is, where it has none of UAPI's.
    pub(super) fn back(&self, call: &Call<'_>, outcome: Outcome) -> Outcome {
        let Outcome::Answered(answered) = &outcome else { return outcome };
        let Ok(mut answer) = serde_json::from_str::<Value>(answered.json()) else { return outcome };
        let Some(mut result) = answer.get_mut("result").map(Value::take) else { return outcome };
        let mut inner =
            json!({"apiversion": 2, "func": call.func, "module": call.module, "event": {"result": 1}});
        if result["status"] == 1 || result["status"] == "1" {
            inner["data"] = self.data(result["data"].take());
            if let Some(page) = result["metadata"].get("paginate") {
                inner["paginate"] = paginate(page);
            }
        } else {
            let why = self.here(result["errors"][0].as_str().unwrap_or("The server says no reason"));
            inner["data"] = refused(self.function.answer, &why);
            inner["error"] = Value::from(why);
        }
        Outcome::Answered(Answered::new(json!({"cpanelresult": inner}).to_string()))
    }

    /// A refusal with the names that parameters have in API 2.
    fn here(&self, why: &str) -> String {
        let mut why = why.replace("“api.", "“api2_");
        for (here, there) in self.equivalent.renamed {
            for (open, close) in [("“", "”"), ("\"", "\"")] {
                why = why.replace(&format!("{open}{there}{close}"), &format!("{open}{here}{close}"));
            }
        }
        why
    }

    fn data(&self, data: Value) -> Value {
        match self.equivalent.payload {
            Payload::Rows(texts) => {
                let rows = match data {
                    Value::Array(rows) => rows,
                    Value::Null => Vec::new(),
                    one => vec![one],
                };
                rows.into_iter().map(|row| self.row(row, texts)).collect()
            }
            Payload::Success(members) => {
                let value = |value: &catalogue::Value| match value {
                    catalogue::Value::Text(text) => Value::from(*text),
                    catalogue::Value::Int(number) => Value::from(*number),
                };
                let row = members.iter().map(|(name, member)| ((*name).to_owned(), value(member)));
                Value::Array(vec![Value::Object(row.collect())])
            }
            Payload::Word(word) => json!([word]),
            Payload::Named(name) => json!([{name: data}]),
            Payload::Other(_) => data,
        }
    }

    /// A row with the fields that API 2 has.
    fn row(&self, mut row: Value, texts: &[&str]) -> Value {
        let Some(members) = row.as_object_mut() else { return row };
        if !self.function.returns.is_empty() {
            members.retain(|name, _| self.function.fields().any(|field| field == name));
        }
        for (_, value) in members.iter_mut().filter(|(name, _)| texts.contains(&name.as_str())) {
            if value.is_number() {
                *value = Value::from(value.to_string());
            }
        }
        row
    }
}

fn is_one(args: &Args<'_>, name: &str) -> bool {
    matches!(args.get(name), Some(Arg::Text(text)) if text == "1")
}

fn is_set(args: &Args<'_>, name: &str) -> bool {
    match args.get(name) {
        Some(Arg::Text(text)) => !matches!(&**text, "" | "0"),
        Some(Arg::Nested(_)) => true,
        Some(Arg::Absent) | None => false,
    }
}

/// The first number that no filter of the call has.
fn free_number(args: &Args<'_>) -> u64 {
    let numbers = args.effective().filter_map(|(name, _)| {
        name.strip_prefix("api2_filter_")?.rsplit_once('_').map(|(_, number)| number)?.parse::<u64>().ok()
    });
    numbers.max().map_or(0, |number| number.saturating_add(1))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::catalogue::{Kind, Param, Return};

    const UAPI: Equivalent = Equivalent {
        renamed: &[("old", "new")],
        added: &[("user", Added::Account), ("fixed", Added::Text("7"))],
        filters: &[catalogue::FlagFilter { flag: "near", column: "percent", above: "94" }],
        ..Equivalent::new("g", Payload::Rows(&["size"]))
    };
    const HERE: Function = Function {
        family: Family::Api2,
        module: "M",
        func: "f",
        summary: "",
        answer: Answer::List,
        params: &[Param::required("old", Kind::Text, ""), Param::optional("only", Kind::Flag, "")],
        returns: &[Return::new("name, size", ""), Return::new("time", "")],
        uapi: None,
    };
    static LIST: Function = Function { uapi: Some(UAPI), ..HERE };
    static LONELY: Function = HERE;
    static THERE: Function = Function {
        family: Family::Uapi,
        func: "g",
        params: &[Param::required("new", Kind::Text, "")],
        ..HERE
    };

    fn lookup(family: Family, _: &str, func: &str) -> Option<&'static Function> {
        (family == Family::Uapi && func == "g").then_some(&THERE)
    }

    fn form(json: &str) -> String {
        let mut form = Form::new();
        let args = Args::from_json_object(json).unwrap();
        Twin::of(&LIST).unwrap().push(&mut form, Some("bob"), &args).unwrap();
        String::from_utf8(form.finish().to_vec()).unwrap()
    }

    #[test]
    fn parameters_take_their_names_there() {
        for (json, sent) in [
            (r#"{"old":"x","z":"1"}"#, "new=x&z=1&user=bob&fixed=7"),
            (r#"{"old":"x","user":"eve"}"#, "new=x&user=eve&fixed=7"),
            // Rules without their switch do not count in API 2, and would in UAPI.
            (
                r#"{"old":"x","api2_filter_column_0":"name","api2_sort_column_1":"n","api2_columns_0":"n"}"#,
                "new=x&user=bob&fixed=7",
            ),
            (
                r#"{"old":"x","api2_sort":1,"api2_sort_column":"name"}"#,
                "new=x&api.sort=1&api.sort_column=name&user=bob&fixed=7",
            ),
            (
                r#"{"old":"x","near":1}"#,
                "new=x&user=bob&fixed=7&api.filter=1&api.filter_column=percent&api.filter_type=gt&api.filter_term=94",
            ),
            (r#"{"old":"x","near":0}"#, "new=x&user=bob&fixed=7"),
            (
                r#"{"old":"x","near":1,"api2_filter":1,"api2_filter_column_4":"name"}"#,
                "new=x&api.filter=1&api.filter_column_4=name&user=bob&fixed=7&api.filter_column_5=percent&api.filter_type_5=gt&api.filter_term_5=94",
            ),
        ] {
            assert_eq!(form(json), sent, "{json}");
        }
    }

    fn check(json: &str) -> Result<Option<Refusal>, String> {
        let call = Call {
            family: Family::Api2,
            module: "M",
            func: "f",
            args: Args::from_json_object(json).unwrap(),
        };
        Twin::of(&LIST).unwrap().check(&call, lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn what_api_2_refuses_and_what_uapi_lacks_is_not_sent() {
        assert_eq!(check(r#"{"old":"x","only":0}"#), Ok(None));
        assert_eq!(check("{}"), Ok(Some(Refusal::Missing("old"))));
        let why = check(r#"{"old":"s3cret","only":1}"#).unwrap_err();
        assert!(why.contains("only") && why.contains("UAPI's g") && !why.contains("s3cret"), "{why}");
        assert!(Twin::of(&LONELY).map(|_| ()).unwrap_err().contains("no function"));
    }

    fn back(result: Value) -> Value {
        let call = Call { family: Family::Api2, module: "M", func: "f", args: Args::default() };
        let answered = Answered::new(json!({"result": result}).to_string());
        match Twin::of(&LIST).unwrap().back(&call, Outcome::Answered(answered)) {
            Outcome::Answered(answered) => serde_json::from_str(answered.json()).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rows_have_the_fields_and_kinds_of_api_2() {
        let rows = json!([{"name":"a","size":0.5,"time":7,"more":1},{"name":"b","size":"1"}]);
        let page = json!({"start_result": 1, "total_results": 2});
        assert_eq!(
            back(json!({"status":1,"data":rows,"metadata":{"paginate":page}})),
            json!({"cpanelresult":{"apiversion":2,"func":"f","module":"M","event":{"result":1},
                "data":[{"name":"a","size":"0.5","time":7},{"name":"b","size":"1"}],
                "paginate":{"start_result":"1","total_results":2}}})
        );
        assert_eq!(back(json!({"status":1,"data":null}))["cpanelresult"]["data"], json!([]));
        assert_eq!(
            back(json!({"status":"1","data":{"name":"a"}}))["cpanelresult"]["data"],
            json!([{"name":"a"}])
        );
    }

    #[test]
    fn refusals_speak_of_api_2s_names() {
        let why = "The parameter “new” and \"new\", “api.sort_method”";
        let said = "The parameter “old” and \"old\", “api2_sort_method”";
        assert_eq!(
            back(json!({"status":0,"errors":[why],"data":null}))["cpanelresult"],
            json!({"apiversion":2,"func":"f","module":"M","event":{"result":1},"error":said,"data":[{"reason":said,"result":0}]})
        );
    }
}
