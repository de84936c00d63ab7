//! What API functions return, as pages show it.

use std::borrow::Cow;

use crate::api::catalogue::Answer;
use crate::api::{Data, Field, Row};

/// The payload of an API 2 function as rows. A value that is no row shows under the name `data`.
pub(super) fn rows(data: Data) -> Vec<Row> {
    let single = |field| Row(vec![("data", field)]);
    match data {
        Data::Nothing => Vec::new(),
        Data::Int(number) => vec![single(Field::Int(number))],
        Data::Text(text) => vec![single(Field::Text(text))],
        Data::Object(row) => vec![row],
        Data::Rows(rows) => rows,
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
        Data::Nothing | Data::Object(_) | Data::Rows(_) | Data::Texts(_) => String::new(),
    }
}

/// A field as text; nothing where it is missing, null, or a list of rows.
pub(super) fn text(field: Option<&Field>) -> Cow<'_, str> {
    match field {
        Some(Field::Text(text)) => Cow::Borrowed(text),
        Some(Field::Int(number)) => Cow::Owned(number.to_string()),
        Some(Field::Float(number)) => Cow::Owned(number.to_string()),
        Some(Field::Texts(texts)) => Cow::Owned(texts.join(", ")),
        Some(Field::Null | Field::Rows(_) | Field::Object(_) | Field::Named(_)) | None => Cow::Borrowed(""),
    }
}
