//! Answers of panels that know no JSON: elements become members, elements of one name a list.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

/// How deep elements may stand in each other; answers have five.
const MAX_DEPTH: usize = 32;
/// What callers compare with numbers.
const NUMBERS: [&str; 3] = ["result", "status", "apiversion"];

/// An element with its name on the way.
struct OpenElement {
    name: String,
    members: Map<String, Value>,
    text: String,
}

/// The JSON of an answer in XML; `None` for what is none.
pub(crate) fn json(element: &str) -> Option<String> {
    let mut top = read(element)?;
    for inner in top.values_mut().filter_map(Value::as_object_mut) {
        // No row, no element: XML has no other way to write an empty list.
        if inner.contains_key("event") && !inner.contains_key("data") && !inner.contains_key("error") {
            inner.insert("data".to_owned(), Value::Array(Vec::new()));
        }
    }
    // An answer without any element in it says nothing.
    top.values().any(Value::is_object).then(|| Value::Object(top).to_string())
}

fn read(text: &str) -> Option<Map<String, Value>> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![OpenElement::named(String::new())];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if open.len() <= MAX_DEPTH => open.push(OpenElement::named(name(&start)?)),
            Event::Empty(start) => {
                let element = OpenElement::named(name(&start)?);
                element.close(open.last_mut()?);
            }
            Event::End(_) => {
                let element = open.pop()?;
                element.close(open.last_mut()?);
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text.decode().ok()?),
            Event::CData(text) => open.last_mut()?.text.push_str(&text.decode().ok()?),
            Event::GeneralRef(entity) => {
                let text = &mut open.last_mut()?.text;
                match entity.resolve_char_ref().ok()? {
                    Some(c) => text.push(c),
                    None => text.push_str(resolve_predefined_entity(&entity.decode().ok()?)?),
                }
            }
            Event::Eof if open.len() == 1 => return Some(open.pop()?.members),
            Event::Decl(_) | Event::Comment(_) => {}
            // Too deep, not closed, or with a definition of entities, which no answer needs.
            Event::Start(_) | Event::Eof | Event::DocType(_) | Event::PI(_) => return None,
        }
    }
}

fn name(start: &BytesStart<'_>) -> Option<String> {
    String::from_utf8(start.name().as_ref().to_vec()).ok()
}

impl OpenElement {
    fn named(name: String) -> Self {
        Self { name, members: Map::new(), text: String::new() }
    }

    /// Becomes a member of the element around it.
    fn close(self, parent: &mut Self) {
        let number = |text: &str| text.trim().parse::<u64>().ok().filter(|_| NUMBERS.contains(&&*self.name));
        let value = match number(&self.text) {
            _ if !self.members.is_empty() => Value::Object(self.members),
            Some(number) => Value::from(number),
            None => Value::String(self.text),
        };
        match parent.members.get_mut(&self.name) {
            None => drop(parent.members.insert(self.name, value)),
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json as value;

    use super::*;

    fn read(text: &str) -> Option<Value> {
        json(text).map(|json| serde_json::from_str(&json).unwrap())
    }

    #[test]
    fn the_historic_shape() {
        let text = "<cpanelresult>\n  <apiversion>2</apiversion>\n  <data>\n    <reason></reason>\n    <result>1</result>\n  </data>\n  <event>\n    <result>1</result>\n  </event>\n  <func>passwdpop</func>\n  <module>Email</module>\n</cpanelresult>";
        assert_eq!(
            read(text).unwrap(),
            value!({"cpanelresult":{"apiversion":2,"data":{"reason":"","result":1},"event":{"result":1},
                "func":"passwdpop","module":"Email"}})
        );
    }

    #[test]
    fn lists_entities_and_what_is_missing() {
        let rows = "<cpanelresult><data><email>a&amp;b&lt;&#233;&#x20AC;</email></data><data><email><![CDATA[<c>]]></email><x/></data><event><result>1</result></event></cpanelresult>";
        assert_eq!(
            read(rows).unwrap(),
            value!({"cpanelresult":{"data":[{"email":"a&b<é€"},{"email":"<c>","x":""}],"event":{"result":1}}})
        );
        let none = "<cpanelresult><event><result>1</result></event></cpanelresult>";
        assert_eq!(read(none).unwrap()["cpanelresult"]["data"], value!([]));
        let error = "<cpanelresult><error>no</error></cpanelresult>";
        assert_eq!(read(error).unwrap(), value!({"cpanelresult":{"error":"no"}}));
    }

    #[test]
    fn what_is_no_answer_is_none() {
        let deep = format!("<cpanelresult>{}{}</cpanelresult>", "<a>".repeat(40), "</a>".repeat(40));
        for bad in [
            "<cpanelresult>words</cpanelresult>",
            "<cpanelresult><a></cpanelresult>",
            "<cpanelresult><a>&unknown;</a></cpanelresult>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><cpanelresult><a>&a;</a></cpanelresult>",
            "<cpanelresult><a>&#0;</a></cpanelresult>",
            "<cpanelresult><a",
            &deep,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
