//! The oldest form of a call: one parameter `xmlin` with a document that names module, function and arguments.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::super::http::{Bad, Params};
use super::{Asked, Form};
use crate::api::{Args, Call};

/// How deep a document may go: `cpanelaction`, `args`, a name.
const MAX_DEPTH: usize = 8;

/// A call, as the document says it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    module: String,
    func: String,
    version: String,
    /// Arguments with a name.
    named: Vec<(String, String)>,
    /// Arguments by their place, of API 1.
    placed: Vec<String>,
}

impl Document {
    /// The document of a request, if it has one.
    pub(super) fn of(params: &Params<'_>) -> Result<Option<Self>, Bad> {
        let wrong = |why: &str| Bad::parameters(format!("The document in the parameter xmlin {why}"));
        params
            .get("xmlin")
            .filter(|text| !text.trim().is_empty())
            .map(|text| Self::read(text).map_err(wrong))
            .transpose()
    }

    fn read(text: &str) -> Result<Self, &'static str> {
        const BROKEN: &str = "is no XML of the form <cpanelaction><module>…</module><func>…</func><args>…</args></cpanelaction>";
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
        if found.module.is_empty() || found.func.is_empty() || !path.is_empty() {
            return Err(BROKEN);
        }
        Ok(found)
    }

    /// The call. `user` stands beside the document.
    pub(super) fn asked<'r>(&'r self, user: Option<&'r str>, form: Form) -> Result<Asked<'r>, Bad> {
        let mut args = Args::default();
        for (name, value) in &self.named {
            args.push_text(name.as_str(), value.as_str());
        }
        for (index, value) in self.placed.iter().enumerate() {
            args.push_positional(index, value.as_str());
        }
        let family = super::cpanel::family(&self.version)?;
        Ok(Asked { call: Call { family, module: &self.module, func: &self.func, args }, user, form })
    }
}

fn character(entity: &quick_xml::events::BytesRef<'_>) -> Option<char> {
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
        let found = Document::read(text).unwrap();
        assert_eq!(
            (found.module.as_str(), found.func.as_str(), found.version.as_str()),
            ("Email", "passwdpop", "2")
        );
        assert_eq!(found.named, [("email".into(), "user".into()), ("password".into(), "a&b <<c>".into())]);
        let placed = "<cpanelaction><module>Email</module><func>addpop</func><apiversion>1</apiversion><args>user</args><args>pass</args></cpanelaction>";
        assert_eq!(Document::read(placed).unwrap().placed, ["user", "pass"]);
    }

    #[test]
    fn what_is_no_call_is_refused() {
        let deep = "<a>".repeat(50);
        let bomb = "<!DOCTYPE x [<!ENTITY e \"s3cret\">]><cpanelaction><module>&e;</module><func>f</func></cpanelaction>";
        for text in ["x", "<cpanelaction>", "<cpanelaction></cpanelaction>", "<a><b></a>", &deep, bomb] {
            assert!(Document::read(text).is_err(), "{text}");
        }
    }
}
