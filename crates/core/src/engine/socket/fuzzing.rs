//! Answers of old panels in XML, for `fuzz/`.

use serde_json::{Map, Value};

/// Reads an answer; what is one becomes an object.
pub fn answer(element: &str) {
    if let Some(json) = super::xml::json(element) {
        assert!(serde_json::from_str::<Map<String, Value>>(&json).is_ok(), "{json} is no object");
    }
}
