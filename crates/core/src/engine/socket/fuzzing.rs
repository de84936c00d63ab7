//! Answers of old panels in XML, for `fuzz/`.

/// Reads an answer; what is one becomes an object.
pub fn answer(element: &str) {
    if let Some(json) = super::xml::json(element) {
        assert!(
            serde_json::from_str::<std::collections::BTreeMap<String, &serde_json::value::RawValue>>(&json)
                .is_ok(),
            "{json} is no object"
        );
    }
}
