//! UAPI's answers in API 2's shape.

use serde_json::{Value, json};

use crate::api::catalogue::{self, Answer, Payload};
use crate::api::{Answered, Call, Outcome, modifiers};
use crate::engine::remote::translate::twin::Twin;

impl Twin {
    /// UAPI's answer in API 2's shape; as it is, where it has none of UAPI's.
    pub(crate) fn back(&self, call: &Call<'_>, outcome: Outcome) -> Outcome {
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
            let warnings = result["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str);
            // Modifiers that do not count were not sent.
            let mut told = modifiers::check(self.function, &call.args).unwrap_or_default();
            told.extend(warnings.map(|warning| self.here(warning)));
            if !told.is_empty() {
                inner["warnings"] = told.into();
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
