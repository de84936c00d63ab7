//! The forms in which an answer is printed.

use liveapi_core::base::nearest;
use std::str::FromStr;

use liveapi_core::api::xml;

/// The form in which an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Yaml,
    Json,
    JsonPretty,
    Xml,
    /// What a function of API 1 prints, without an envelope.
    Text,
}

/// The names of the forms that every program has.
const NAMES: [&str; 4] = ["yaml", "json", "jsonpretty", "xml"];

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "yaml" => Ok(Self::Yaml),
            "json" => Ok(Self::Json),
            "jsonpretty" => Ok(Self::JsonPretty),
            "xml" => Ok(Self::Xml),
            "text" => Ok(Self::Text),
            other => Err(unknown(other)),
        }
    }
}

fn unknown(name: &str) -> String {
    let nearest = nearest(NAMES, name).unwrap_or_default();
    format!("There is no output format {name:?}; did you mean {nearest}? There are {}", NAMES.join(", "))
}

/// The text to print, with its last line feed.
pub(super) fn text(format: Format, envelope: &[u8]) -> Result<String, String> {
    let fail = |cause: &dyn std::fmt::Display| format!("The answer cannot be printed: {cause}");
    if format == Format::Json {
        return String::from_utf8(envelope.to_vec()).map(|text| text + "\n").map_err(|e| fail(&e));
    }
    let value: serde_json::Value = serde_json::from_slice(envelope).map_err(|e| fail(&e))?;
    match format {
        Format::Yaml => {
            yaml_serde::to_string(&value).map(|text| format!("---\n{text}")).map_err(|e| fail(&e))
        }
        Format::Xml => xml::document(&value, "result").map_err(|e| fail(&e)),
        Format::Text => Ok(printed(&value)),
        Format::JsonPretty | Format::Json => {
            serde_json::to_string_pretty(&value).map(|text| text + "\n").map_err(|e| fail(&e))
        }
    }
}

/// What a function of API 1 prints; a reason why it did not work is printed like that, too.
fn printed(answer: &serde_json::Value) -> String {
    let texts = [&answer["data"]["result"], &answer["error"]].map(|text| text.as_str().unwrap_or_default());
    match texts.iter().find(|text| !text.is_empty()) {
        Some(text) => format!("{text}\n"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, text};

    #[test]
    fn yaml_is_cpanels_default_shape() {
        let envelope = br#"{"cpanelresult":{"apiversion":2,"func":"f","data":[{"reason":"","result":1}],"event":{"result":1},"module":"M"}}"#;
        let expected = "---\ncpanelresult:\n  apiversion: 2\n  data:\n  - reason: ''\n    result: 1\n  event:\n    result: 1\n  func: f\n  module: M\n";
        assert_eq!(text(Format::Yaml, envelope).unwrap(), expected);
    }

    #[test]
    fn texts_that_look_like_numbers_stay_texts() {
        assert_eq!(
            text(Format::Yaml, br#"{"a":"24","b":"true","c":null}"#).unwrap(),
            "---\na: '24'\nb: 'true'\nc: null\n"
        );
    }
}
