//! What API functions return, as pages show it.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::api::catalogue::Answer;
use crate::api::{Answered, Data, Family, Field, Row};

/// A row, whoever returned it.
pub(super) trait Fields: Sized {
    /// A field as text; nothing where it is missing, null, or a list of rows.
    fn text(&self, name: &str) -> Cow<'_, str>;
    /// The rows in a field; one object is one row.
    fn rows(&self, name: &str) -> &[Self];
}

impl Fields for Row {
    fn text(&self, name: &str) -> Cow<'_, str> {
        match self.get(name) {
            Some(Field::Text(text)) => Cow::Borrowed(text),
            Some(Field::Int(number)) => Cow::Owned(number.to_string()),
            Some(Field::Float(number)) => Cow::Owned(number.to_string()),
            Some(Field::Texts(texts)) => Cow::Owned(texts.join(", ")),
            Some(Field::Null | Field::Rows(_) | Field::Object(_) | Field::Named(_)) | None => {
                Cow::Borrowed("")
            }
        }
    }

    fn rows(&self, name: &str) -> &[Self] {
        match self.get(name) {
            Some(Field::Rows(rows)) => rows,
            Some(Field::Object(row)) => std::slice::from_ref(row),
            _ => &[],
        }
    }
}

impl Fields for Value {
    fn text(&self, name: &str) -> Cow<'_, str> {
        match self.get(name) {
            Some(Self::String(text)) => Cow::Borrowed(text),
            Some(Self::Number(number)) => Cow::Owned(number.to_string()),
            Some(Self::Bool(yes)) => Cow::Borrowed(if *yes { "1" } else { "0" }),
            Some(Self::Array(texts)) if texts.iter().all(Self::is_string) => {
                Cow::Owned(texts.iter().filter_map(Self::as_str).collect::<Vec<_>>().join(", "))
            }
            Some(Self::Null | Self::Array(_) | Self::Object(_)) | None => Cow::Borrowed(""),
        }
    }

    fn rows(&self, name: &str) -> &[Self] {
        match self.get(name) {
            Some(Self::Array(rows)) => rows,
            Some(row @ Self::Object(_)) => std::slice::from_ref(row),
            _ => &[],
        }
    }
}

/// What a server's function returned: what it printed, its rows, or why it did not do its work.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The text of API 1.
    Printed(String),
    Rows(Vec<Value>),
    /// The reason of a refusal.
    Not(String),
    /// There is no such function.
    Unknown,
}

/// Reads a server's answer. A value that is no row shows under the name `data`, as in [`rows`].
pub(super) fn told(answered: &Answered, family: Family) -> Told {
    if family == Family::Api1 {
        return answered.printed().map_or_else(Told::Not, Told::Printed);
    }
    let answer: Value = serde_json::from_str(answered.json()).unwrap_or_default();
    let inner = &answer["cpanelresult"];
    if answered.is_done(Family::Api2) {
        let rows = inner["data"].as_array().cloned().unwrap_or_default();
        let row = |value: Value| if value.is_object() { value } else { json!({"data": value}) };
        return Told::Rows(rows.into_iter().map(row).collect());
    }
    if inner.get("data").is_none() && inner.get("event").is_none() {
        return Told::Unknown;
    }
    let first = &inner["data"][0];
    let places = [&inner["error"], &first["reason"], &first["statusmsg"], first, &inner["event"]["reason"]];
    let why = places.into_iter().filter_map(Value::as_str).find(|why| !why.is_empty());
    Told::Not(why.unwrap_or("The server says no reason").to_owned())
}

/// What a server remarked, where it is one that does.
pub(super) fn warnings(answered: &Answered) -> Vec<String> {
    // Most answers hold none, and long ones are not read twice for it.
    if !answered.json().contains("\"warnings\"") {
        return Vec::new();
    }
    let answer: Value = serde_json::from_str(answered.json()).unwrap_or_default();
    let lists = [&answer["cpanelresult"]["warnings"], &answer["warnings"]];
    let texts = lists.into_iter().filter_map(Value::as_array).flatten();
    texts.filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// The payload of an API 2 function as rows. A value that is no row shows under the name `data`.
pub(super) fn rows(data: Data) -> Vec<Row> {
    let single = |field| Row(vec![("data", field)]);
    match data {
        Data::Nothing => Vec::new(),
        Data::Int(number) => vec![single(Field::Int(number))],
        Data::Text(text) => vec![single(Field::Text(text))],
        Data::Object(row) => vec![row],
        Data::Rows(rows) => rows,
        Data::Many(rows) => rows.iter().collect(),
        Data::Texts(texts) => texts.into_iter().map(|text| single(Field::Text(text))).collect(),
    }
}

/// The fields under which a refusal tells its reason.
pub(super) const REFUSAL: [&str; 5] = ["reason", "result", "statusmsg", "status", "data"];

/// The row of a refusal: as in the JSON answer, with the reason under every name it may be looked for.
pub(super) fn refusal(why: &str, answer: Answer) -> Row {
    let reason = || Field::Text(why.to_owned());
    let message = match answer {
        Answer::Status(text) if !text.is_empty() => Field::Text(text.to_owned()),
        _ => reason(),
    };
    let no = || Field::Int(0);
    let [first, second, third, fourth, fifth] = REFUSAL;
    Row(vec![(first, reason()), (second, no()), (third, message), (fourth, no()), (fifth, reason())])
}

/// What an API 1 function prints.
pub(super) fn printed(data: Data) -> String {
    match data {
        Data::Text(text) => text,
        Data::Int(number) => number.to_string(),
        Data::Nothing | Data::Object(_) | Data::Rows(_) | Data::Many(_) | Data::Texts(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Told {
        told(&Answered::new(json.to_owned()), Family::Api2)
    }

    #[test]
    fn what_a_server_remarks() {
        let of = |json: &str| warnings(&Answered::new(json.to_owned()));
        assert_eq!(of(r#"{"cpanelresult":{"data":[],"warnings":["a","b"]}}"#), ["a", "b"]);
        assert_eq!(of(r#"{"data":{"result":""},"warnings":["a"],"event":{"result":1}}"#), ["a"]);
        for none in
            [r#"{"cpanelresult":{"data":[{"warnings":["a"]}]}}"#, r#"{"warnings":null}"#, "\"warnings\""]
        {
            assert!(of(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn a_servers_answer_is_rows_or_a_reason() {
        let rows = of(r#"{"cpanelresult":{"data":[{"a":1},"b"],"event":{"result":1}}}"#);
        assert_eq!(rows, Told::Rows(vec![json!({"a":1}), json!({"data":"b"})]));
        for refused in [
            r#"{"cpanelresult":{"error":"no","data":[{"reason":"no","result":0}],"event":{"result":1}}}"#,
            r#"{"cpanelresult":{"data":[{"reason":"no","result":"0"}],"event":{"result":1}}}"#,
            r#"{"cpanelresult":{"data":[],"event":{"result":0,"reason":"no"}}}"#,
        ] {
            assert_eq!(of(refused), Told::Not("no".into()), "{refused}");
        }
        let unknown = r#"{"cpanelresult":{"error":"Could not find function 'x' in module 'Email'"}}"#;
        assert_eq!(of(unknown), Told::Unknown);
    }

    #[test]
    fn fields_of_both_kinds_of_row_read_alike() {
        let ours = Row(vec![
            ("t", Field::Text("a".into())),
            ("n", Field::Int(7)),
            ("l", Field::Texts(vec!["a".into(), "b".into()])),
            ("o", Field::Object(Row(vec![("t", Field::Text("x".into()))]))),
            ("r", Field::Rows(vec![Row(vec![("t", Field::Text("y".into()))])])),
            ("z", Field::Null),
        ]);
        let theirs = json!({"t":"a","n":7,"l":["a","b"],"o":{"t":"x"},"r":[{"t":"y"}],"z":null});
        for name in ["t", "n", "l", "o", "r", "z", "none"] {
            assert_eq!(ours.text(name), theirs.text(name), "{name}");
        }
        assert_eq!((ours.rows("o")[0].text("t"), ours.rows("r")[0].text("t")), ("x".into(), "y".into()));
        assert_eq!((theirs.rows("o")[0].text("t"), theirs.rows("r")[0].text("t")), ("x".into(), "y".into()));
    }
}
