//! One setting as a source gives it, and what is said of a wrong one.

use serde_json::Value;

use crate::api::{Error, ErrorKind};

/// The text of a setting's value; `None` for null, which counts as not given.
pub(crate) fn text(key: &str, value: Value, source: &str) -> Result<Option<String>, Error> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(wrong(key, "must be a text or a number", source)),
    }
}

/// A setting with a value that it cannot have.
pub(crate) fn wrong(key: &str, why: &str, source: &str) -> Error {
    Error::new(ErrorKind::Config, format!("The setting “{key}” in {source} {why}"))
}
