//! A call as XML: `<cpanelaction>` with module, function and arguments.
//!
//! WHM's oldest clients send it as the parameter `xmlin`, and the oldest clients of the LiveAPI socket as a request.
//! Source: cPanel's page on the function `cpanel` of its XML API.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use zeroize::{Zeroize, Zeroizing};

use crate::api::json_writer::JsonWriter;

/// How deep a document may go: `cpanelaction`, `args`, a name.
const MAX_DEPTH: usize = 8;
/// What is said of everything else.
const BROKEN: &str =
    "is no XML of the form <cpanelaction><module>…</module><func>…</func><args>…</args></cpanelaction>";

/// A call, as the document says it. Its texts are wiped when dropped: any of them may be a password.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct XmlAction {
    /// What is asked besides calls, as LiveAPI has it: `if`, `feature`, or nothing.
    pub reqtype: String,
    pub module: String,
    pub func: String,
    /// `1`, `2`, `3`, `uapi`, or nothing.
    pub version: String,
    pub named: Vec<(String, String)>,
    /// Arguments by their place, of API 1.
    pub placed: Vec<String>,
}

impl XmlAction {
    /// Reads a document. The complaint is the end of a sentence, and quotes nothing.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        let mut reader = Reader::from_str(text);
        let (mut found, mut path, mut value) = (Self::default(), Vec::<String>::new(), String::new());
        loop {
            match reader.read_event().map_err(|_| BROKEN)? {
                Event::Start(element) => {
                    if path.len() == MAX_DEPTH {
                        return Err(BROKEN);
                    }
                    path.push(String::from_utf8_lossy(element.name().as_ref()).into_owned());
                    value.clear();
                }
                Event::Text(text) => value.push_str(&text.decode().map_err(|_| BROKEN)?),
                Event::CData(text) => value.push_str(&text.decode().map_err(|_| BROKEN)?),
                // Only the five that XML knows, and numbers: entities of a document's own are nobody's friends.
                Event::GeneralRef(entity) => value.push(character(&entity).ok_or(BROKEN)?),
                Event::End(_) => {
                    let names: Vec<&str> = path.iter().map(String::as_str).collect();
                    match names[..] {
                        ["cpanelaction", "reqtype"] => found.reqtype = std::mem::take(&mut value),
                        ["cpanelaction", "module"] => found.module = std::mem::take(&mut value),
                        ["cpanelaction", "func"] => found.func = std::mem::take(&mut value),
                        ["cpanelaction", "apiversion"] => found.version = std::mem::take(&mut value),
                        ["cpanelaction", "args", name] => {
                            found.named.push((name.to_owned(), std::mem::take(&mut value)))
                        }
                        ["cpanelaction", "args"] if !value.trim().is_empty() => {
                            found.placed.push(std::mem::take(&mut value))
                        }
                        _ => {}
                    }
                    value.clear();
                    path.pop();
                }
                Event::Eof => break,
                _ => {}
            }
        }
        if found.module.is_empty() || !path.is_empty() {
            return Err(BROKEN);
        }
        Ok(found)
    }

    /// The call as the JSON object of a LiveAPI request.
    pub fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let mut out = JsonWriter::new();
        out.frame(r#"{"reqtype":"#).text(&self.reqtype).frame(r#","module":"#).text(&self.module);
        out.frame(r#","func":"#).text(&self.func).frame(r#","apiversion":"#).text(&self.version);
        if !self.placed.is_empty() {
            let mut between = r#","args":["#;
            for value in &self.placed {
                out.frame(between).text(value);
                between = ",";
            }
            out.frame("]");
        } else if !self.named.is_empty() {
            let mut between = r#","args":{"#;
            for (name, value) in &self.named {
                out.frame(between).text(name).frame(":").text(value);
                between = ",";
            }
            out.frame("}");
        }
        out.frame("}");
        Zeroizing::new(out.finish())
    }
}

impl Drop for XmlAction {
    fn drop(&mut self) {
        self.named.iter_mut().for_each(|(_, value)| value.zeroize());
        self.placed.zeroize();
    }
}

fn character(entity: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(char)) = entity.resolve_char_ref() {
        return Some(char);
    }
    match &**entity {
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"amp" => Some('&'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_function_and_arguments() {
        let text = "<cpanelaction><module>Email</module><func>passwdpop</func><apiversion>2</apiversion><args><email>user</email><password>a&amp;b &#60;<![CDATA[<c>]]></password></args></cpanelaction>";
        let found = XmlAction::read(text).unwrap();
        assert_eq!(
            (found.module.as_str(), found.func.as_str(), found.version.as_str()),
            ("Email", "passwdpop", "2")
        );
        assert_eq!(found.named, [("email".into(), "user".into()), ("password".into(), "a&b <<c>".into())]);
        let placed = "<cpanelaction><module>Email</module><func>addpop</func><apiversion>1</apiversion><args>user</args><args>pass</args></cpanelaction>";
        assert_eq!(XmlAction::read(placed).unwrap().placed, ["user", "pass"]);
    }

    #[test]
    fn the_same_as_json() {
        let json = |text: &str| String::from_utf8(XmlAction::read(text).unwrap().to_json().to_vec()).unwrap();
        assert_eq!(
            json(
                "<cpanelaction><module>Email</module><func>passwdpop</func><args><email>u</email><password>a&quot;b</password></args></cpanelaction>"
            ),
            r#"{"reqtype":"","module":"Email","func":"passwdpop","apiversion":"","args":{"email":"u","password":"a\"b"}}"#
        );
        assert_eq!(
            json(
                "<cpanelaction><reqtype>if</reqtype><module>if</module><apiversion>1</apiversion><args>1=gt=0</args></cpanelaction>"
            ),
            r#"{"reqtype":"if","module":"if","func":"","apiversion":"1","args":["1=gt=0"]}"#
        );
    }

    #[test]
    fn what_is_no_call_is_refused() {
        let deep = "<a>".repeat(50);
        let bomb = "<!DOCTYPE x [<!ENTITY e \"s3cret\">]><cpanelaction><module>&e;</module><func>f</func></cpanelaction>";
        for text in ["x", "<cpanelaction>", "<cpanelaction></cpanelaction>", "<a><b></a>", &deep, bomb] {
            assert!(XmlAction::read(text).is_err(), "{text}");
        }
    }
}
