//! What a caller decides for a batch.

use std::time::Duration;

use serde_json::Value;

use crate::api::{Error, ErrorKind, Family};
use crate::base::nearest;
use crate::engine::batch::item::family_of;

/// Calls in flight to each server, unless decided.
const IN_FLIGHT: usize = 32;
/// The most that may be decided: each holds a connection of the server's and a descriptor of the host's.
const MOST_IN_FLIGHT: usize = 256;
/// The names of the options.
const KEYS: [&str; 4] = ["in_flight", "stop_on_error", "seconds", "family"];

/// The options of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchOptions {
    /// How many calls are in flight to one server at the same time, 1 to 256.
    pub in_flight: usize,
    /// Whether no more is sent after the first item that is not done.
    pub stop_on_error: bool,
    /// After which time no more is sent.
    pub within: Option<Duration>,
    /// The family of items that name none.
    pub family: Family,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self { in_flight: IN_FLIGHT, stop_on_error: false, within: None, family: Family::Api2 }
    }
}

impl BatchOptions {
    /// Reads `{"in_flight":32,"stop_on_error":false,"seconds":20,"family":"uapi"}`; `{}`, `null` and `[]` mean none.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let value: Value = serde_json::from_str(text).map_err(|cause| {
            Error::new(ErrorKind::BadJson, format!("The options of the batch are not valid JSON: {cause}"))
        })?;
        let mut options = Self::default();
        match value {
            Value::Null => {}
            Value::Array(list) if list.is_empty() => {}
            Value::Object(map) => {
                for (key, value) in &map {
                    options.set(key, value)?;
                }
            }
            _ => {
                return Err(Error::new(ErrorKind::BadParams, "The options of a batch must be a JSON object"));
            }
        }
        Ok(options)
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), Error> {
        let number = || value.as_u64().or_else(|| value.as_str()?.parse().ok());
        match (key, value) {
            (_, Value::Null) => {}
            ("in_flight", _) => self.in_flight = Self::in_flight(number()).map_err(|why| wrong(key, why))?,
            ("stop_on_error", Value::Bool(wanted)) => self.stop_on_error = *wanted,
            ("stop_on_error", _) => match number() {
                Some(wanted @ (0 | 1)) => self.stop_on_error = wanted == 1,
                _ => return Err(wrong(key, "must be true or false")),
            },
            ("seconds", _) => match number() {
                Some(seconds @ 1..) => self.within = Some(Duration::from_secs(seconds)),
                _ => return Err(wrong(key, "must be a whole number of seconds, at least 1")),
            },
            ("family", Value::String(name)) => {
                self.family =
                    family_of(name).ok_or_else(|| wrong(key, "must be api1, api2, uapi, whm or whm0"))?;
            }
            ("family", _) => return Err(wrong(key, "must be a text")),
            _ => return Err(unknown(key)),
        }
        Ok(())
    }

    /// A number of calls in flight, if it can be one.
    pub fn in_flight(number: Option<u64>) -> Result<usize, &'static str> {
        let number = number.and_then(|number| usize::try_from(number).ok());
        number
            .filter(|number| (1..=MOST_IN_FLIGHT).contains(number))
            .ok_or("must be a whole number from 1 to 256")
    }
}

fn wrong(key: &str, why: &str) -> Error {
    Error::new(ErrorKind::BadParams, format!("The option “{key}” of the batch {why}"))
}

fn unknown(key: &str) -> Error {
    let nearest = nearest(KEYS, key).unwrap_or_default();
    let known = KEYS.join(", ");
    let sentence = format!("A batch has no option “{key}”; did you mean “{nearest}”? Known are {known}");
    Error::new(ErrorKind::BadParams, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_mistakes_named() {
        for none in ["{}", "null", "[]", r#"{"seconds":null}"#] {
            assert_eq!(BatchOptions::from_json(none).unwrap(), BatchOptions::default());
        }
        let read =
            BatchOptions::from_json(r#"{"in_flight":"256","stop_on_error":1,"seconds":7,"family":"whm"}"#);
        let expected = BatchOptions {
            in_flight: 256,
            stop_on_error: true,
            within: Some(Duration::from_secs(7)),
            family: Family::Whm,
        };
        assert_eq!(read.unwrap(), expected);
        for (bad, word) in [
            (r#"{"in_flight":0}"#, "1 to 256"),
            (r#"{"in_flight":257}"#, "1 to 256"),
            (r#"{"inflight":3}"#, "“in_flight”"),
            (r#"{"stop_on_error":2}"#, "true or false"),
            (r#"{"seconds":0}"#, "at least 1"),
            (r#"{"family":"api4"}"#, "api1, api2"),
            ("[1]", "object"),
            ("{", "not valid JSON"),
        ] {
            let why = BatchOptions::from_json(bad).unwrap_err().to_string();
            assert!(why.contains(word), "{bad}: {why}");
        }
    }
}
