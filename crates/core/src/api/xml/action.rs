//! A call as XML: `<cpanelaction>` with module, function and arguments.
//!
//! WHM's oldest clients send it as the parameter `xmlin`, and the oldest clients of the LiveAPI socket as a request.
//! Source: cPanel's page on the function `cpanel` of its XML API.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use zeroize::{Zeroize, Zeroizing};

use crate::api::json_writer::JsonWriter;

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
        let mut document = Document::default();
        loop {
            match reader.read_event().map_err(|_| BROKEN)? {
                Event::Start(element) => document.begin(element.name().as_ref())?,
                Event::Empty(element) => {
                    document.begin(element.name().as_ref())?;
                    document.end()?;
                }
                Event::Text(text) => document.value.push_str(&text.decode().map_err(|_| BROKEN)?),
                Event::CData(text) => document.value.push_str(&text.decode().map_err(|_| BROKEN)?),
                // Only the five that XML knows, and numbers: entities of a document's own are nobody's friends.
                Event::GeneralRef(entity) => document.value.push(character(&entity).ok_or(BROKEN)?),
                Event::End(_) => document.end()?,
                Event::Eof => return document.finish(),
                _ => {}
            }
        }
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

/// A document while it is read. Whatever stands where no call has anything is refused: left out, it would make another
/// call of it.
#[derive(Default)]
struct Document {
    found: XmlAction,
    path: Vec<String>,
    /// The text of the element that is open.
    value: Zeroizing<String>,
    /// Whether the element that was closed last was one of arguments by name.
    named_inside: bool,
    over: bool,
}

impl Document {
    fn begin(&mut self, name: &[u8]) -> Result<(), &'static str> {
        let name = String::from_utf8_lossy(name).into_owned();
        let names: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match (&names[..], name.as_str()) {
            ([], "cpanelaction") if !self.over => {}
            (["cpanelaction"], "reqtype" | "module" | "func" | "apiversion" | "args") => {}
            (["cpanelaction", "args"], _) => {}
            (["cpanelaction", "args", _], _) => {
                return Err("has elements within an argument; give each one text");
            }
            _ => return Err(BROKEN),
        }
        self.only_blanks()?;
        self.named_inside = false;
        self.path.push(name);
        Ok(())
    }

    fn end(&mut self) -> Result<(), &'static str> {
        let path = std::mem::take(&mut self.path);
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let value = &mut *self.value;
        match names[..] {
            ["cpanelaction", "reqtype"] => self.found.reqtype = std::mem::take(value),
            ["cpanelaction", "module"] => self.found.module = std::mem::take(value),
            ["cpanelaction", "func"] => self.found.func = std::mem::take(value),
            ["cpanelaction", "apiversion"] => self.found.version = std::mem::take(value),
            ["cpanelaction", "args", name] => {
                self.found.named.push((name.to_owned(), std::mem::take(value)));
            }
            ["cpanelaction", "args"] if !self.named_inside => self.found.placed.push(std::mem::take(value)),
            _ => self.only_blanks()?,
        }
        self.named_inside = names.len() == 3;
        self.over = names.len() == 1;
        self.path = path;
        self.path.pop();
        Ok(())
    }

    /// Text beside elements belongs to none.
    fn only_blanks(&mut self) -> Result<(), &'static str> {
        if !self.value.trim().is_empty() {
            return Err("has text beside its elements");
        }
        self.value.zeroize();
        Ok(())
    }

    fn finish(mut self) -> Result<XmlAction, &'static str> {
        self.only_blanks()?;
        // An empty place counts where one that is not stands behind it.
        let last = self.found.placed.iter().rposition(|value| !value.trim().is_empty());
        let rest = last.map_or(0, |last| last + 1);
        self.found.placed.drain(rest..).for_each(|mut value| value.zeroize());
        if !self.found.placed.is_empty() && !self.found.named.is_empty() {
            return Err("has arguments by name and by place; give one kind of them");
        }
        if self.found.module.is_empty() || !self.path.is_empty() {
            return Err(BROKEN);
        }
        Ok(self.found)
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
        for (args, expected) in [
            // Each place counts: behind an empty quota stands the domain.
            ("<args>u</args><args/><args></args><args>d</args>", &["u", "", "", "d"][..]),
            ("<args>u</args><args> </args>\n", &["u"]),
            ("<args></args>", &[]),
            ("<args/>", &[]),
            ("<args>\n</args>", &[]),
        ] {
            let text = format!("<cpanelaction><module>Email</module><func>f</func>{args}</cpanelaction>");
            assert_eq!(XmlAction::read(&text).unwrap().placed, expected, "{args}");
        }
        let blank = "<cpanelaction><module>E</module>\n<args> <email/> <password> a </password>\n</args></cpanelaction>\n";
        let named = &XmlAction::read(blank).unwrap().named;
        assert_eq!(*named, [("email".into(), String::new()), ("password".into(), " a ".into())]);
    }

    /// What is left out would make another call, or another password, of it.
    #[test]
    fn nothing_in_a_document_is_left_out() {
        for inside in [
            "<args><password>abc<b>x</b>def</password></args>",
            "<args><password>abc<b/></password></args>",
            "<args>text<email>u</email></args>",
            "<args><email>u</email>text</args>",
            "<args>u</args><args><email>u</email></args>",
            "<user>eve</user>",
            "<module>F</module>text",
            "</cpanelaction><cpanelaction><func>g</func>",
            "</cpanelaction>text<cpanelaction>",
            "<module><a>b</a></module>",
        ] {
            let text = format!("<cpanelaction><module>Email</module><func>f</func>{inside}</cpanelaction>");
            assert!(XmlAction::read(&text).is_err(), "{inside}");
        }
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
