//! Answers as XML: every element of a list is one element of the list's name, everything is text.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde_json::Value;

/// The document of an answer. An answer with one key at the top is named by it, others as `otherwise` says.
pub fn document(answer: &Value, otherwise: &str) -> Result<String, String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let root = match answer.as_object().map(|object| object.iter().collect::<Vec<_>>()).as_deref() {
        Some([(name, value)]) if value.is_object() => element(&mut writer, name, value),
        _ => element(&mut writer, otherwise, answer),
    };
    root.map_err(|cause| cause.to_string())?;
    let body = String::from_utf8(writer.into_inner()).map_err(|cause| cause.to_string())?;
    let mut head = Writer::new(Vec::new());
    head.write_event(Event::Decl(BytesDecl::new("1.0", None, None))).map_err(|cause| cause.to_string())?;
    Ok(format!("{}\n{body}\n", String::from_utf8_lossy(&head.into_inner())))
}

/// What stands within `<cpanelresult>` on the LiveAPI socket, on one line.
pub fn members(answer: &Value) -> Result<String, String> {
    let result = answer.get("cpanelresult").unwrap_or(answer);
    let mut writer = Writer::new(Vec::new());
    for (name, value) in result.as_object().into_iter().flatten() {
        element(&mut writer, name, value).map_err(|cause| cause.to_string())?;
    }
    String::from_utf8(writer.into_inner()).map_err(|cause| cause.to_string())
}

fn element(writer: &mut Writer<Vec<u8>>, name: &str, value: &Value) -> std::io::Result<()> {
    let name = element_name(name);
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| element(writer, &name, item)),
        Value::Object(members) => {
            writer.write_event(Event::Start(BytesStart::new(name.as_str())))?;
            for (name, value) in members {
                element(writer, name, value)?;
            }
            writer.write_event(Event::End(BytesEnd::new(name.as_str())))
        }
        scalar => {
            let text = match scalar {
                Value::String(text) => allowed(text),
                Value::Null => String::new(),
                other => other.to_string(),
            };
            writer.write_event(Event::Start(BytesStart::new(name.as_str())))?;
            writer.write_event(Event::Text(BytesText::new(&text)))?;
            writer.write_event(Event::End(BytesEnd::new(name.as_str())))
        }
    }
}

/// XML has no way to write most control characters.
fn allowed(text: &str) -> String {
    let bad = |c: char| (c < ' ' && !"\t\n\r".contains(c)) || c == '\u{fffe}' || c == '\u{ffff}';
    text.chars().map(|c| if bad(c) { '\u{fffd}' } else { c }).collect()
}

/// Keys of answers are names already; this keeps a foreign one from breaking the document.
fn element_name(name: &str) -> String {
    let good = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let mut name: String = name.chars().map(|c| if good(c) { c } else { '_' }).collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        name.insert(0, '_');
    }
    name
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn the_historic_shape() {
        let answer = json!({"cpanelresult":{"apiversion":2,"data":[{"reason":"","result":1}],"event":{"result":1},
            "func":"passwdpop","module":"Email"}});
        let expected = "<?xml version=\"1.0\"?>\n<cpanelresult>\n  <apiversion>2</apiversion>\n  <data>\n    \
            <reason></reason>\n    <result>1</result>\n  </data>\n  <event>\n    <result>1</result>\n  </event>\n  \
            <func>passwdpop</func>\n  <module>Email</module>\n</cpanelresult>\n";
        assert_eq!(super::document(&answer, "result").unwrap(), expected);
    }

    #[test]
    fn what_xml_would_read_is_escaped_and_lists_are_repeated() {
        let text = super::document(&json!({"a":1,"l":["<x>&",null,{"1 b":"\u{1}"}]}), "result").unwrap();
        assert!(text.contains("<l>&lt;x&gt;&amp;</l>"), "{text}");
        assert!(text.contains("<_1_b>\u{fffd}</_1_b>"), "{text}");
        assert!(text.contains("<result>\n  <a>1</a>"), "{text}");
    }
}
