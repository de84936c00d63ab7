//! What was agreed on over a connection, and how its answers are framed.

use std::sync::Arc;

use serde_json::Value;
use zeroize::Zeroizing;

use super::frame::is_shutdown;
use super::service::Service;
use liveapi_core::api::{XmlAction, envelope, xml};
use liveapi_core::tags::Variables;

/// What stands around each answer. The line feed at the end is what clients wait for, and nothing may follow it.
const FRAME: [&[u8]; 2] = [b"<?xml version=\"1.0\" ?>\n<cpanelresult>", b"</cpanelresult>\n"];

/// One connection's state: JSON answers after the handshake, XML before.
#[derive(Clone, Debug, Default)]
pub struct Conversation {
    json: bool,
    /// What `setvar` set, for the requests that follow.
    variables: Arc<Variables>,
}

/// The bytes that go back to the client, and whether the connection goes on.
#[derive(Debug, PartialEq, Eq)]
pub enum SocketReply {
    /// An answer; the conversation goes on.
    Answer(Zeroizing<Vec<u8>>),
    /// The last words; the connection is closed after them.
    Goodbye(Zeroizing<Vec<u8>>),
}

impl Conversation {
    /// Answers a request; may take its time.
    pub fn answer(&mut self, request: &[u8], service: &dyn Service) -> SocketReply {
        let variables = Arc::clone(&self.variables);
        let reply = self.replied(request, |request| Some(service.answer(request, &variables)));
        reply.unwrap_or_else(|| SocketReply::Answer(self.refusal("The request was not answered")))
    }

    /// Answers a request if that is quickly done.
    pub fn answer_at_once(&mut self, request: &[u8], service: &dyn Service) -> Option<SocketReply> {
        self.replied(request, |request| service.answer_at_once(request))
    }

    fn replied(&mut self, request: &[u8], ask: impl FnOnce(&str) -> Option<Vec<u8>>) -> Option<SocketReply> {
        if is_shutdown(request) {
            // Some clients read to the end, some wait for one more answer, one until it sees this element.
            return Some(SocketReply::Goodbye(framed(b"")));
        }
        let answer = match std::str::from_utf8(request) {
            Ok(request) => self.reply(request, ask)?,
            Err(_) => complaint("The request is not UTF-8"),
        };
        Some(SocketReply::Answer(self.shaped(&answer)))
    }

    /// A complaint in the shape of an answer.
    pub fn refusal(&self, why: &str) -> Zeroizing<Vec<u8>> {
        self.shaped(&complaint(why))
    }

    fn reply(
        &mut self,
        request: &str,
        ask: impl FnOnce(&str) -> Option<Vec<u8>>,
    ) -> Option<Zeroizing<Vec<u8>>> {
        if let Some(json) = wanted_mode(request) {
            self.json = json;
            return Some(Zeroizing::new(if json { envelope::json_mode() } else { envelope::xml_mode() }));
        }
        let Some(document) = xml_action(request) else { return ask(request).map(Zeroizing::new) };
        match XmlAction::read(document) {
            Ok(action) => {
                let json = action.to_json();
                ask(std::str::from_utf8(&json).unwrap_or_default()).map(Zeroizing::new)
            }
            Err(why) => Some(complaint(&format!("The request {why}, nor is it JSON within <cpanelaction>"))),
        }
    }

    fn shaped(&self, answer: &[u8]) -> Zeroizing<Vec<u8>> {
        if self.json {
            return framed(answer);
        }
        let value = serde_json::from_slice::<Value>(answer).unwrap_or_default();
        match xml::members(&value) {
            Ok(members) => framed(members.as_bytes()),
            // Said in the form that is known to work.
            Err(_) => framed(answer),
        }
    }
}

/// Whether a request is the one that chooses between JSON and XML, and which it wants.
fn wanted_mode(request: &str) -> Option<bool> {
    let attributes = request.trim().strip_prefix("<cpaneljson")?;
    let off = ["\"0\"", "'0'"].iter().any(|zero| attributes.contains(&format!("enable={zero}")));
    Some(!off)
}

/// The document of a request that is `<cpanelaction>` with XML in it, not JSON.
fn xml_action(request: &str) -> Option<&str> {
    let request = request.trim();
    let inside = request.strip_prefix("<cpanelaction>")?.trim_start();
    (!inside.starts_with('{')).then_some(request)
}

fn complaint(why: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(envelope::unknown_request(Some(why)))
}

fn framed(payload: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([FRAME[0], payload, FRAME[1]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers with the request, as a function would that gets it.
    struct Echo;

    impl Service for Echo {
        fn answer(&self, request: &str, _: &Variables) -> Vec<u8> {
            envelope::printed(request, None)
        }
    }

    fn said(conversation: &mut Conversation, request: &str) -> String {
        match conversation.answer(request.as_bytes(), &Echo) {
            SocketReply::Answer(bytes) | SocketReply::Goodbye(bytes) => {
                String::from_utf8(bytes.to_vec()).unwrap()
            }
        }
    }

    #[test]
    fn the_recorded_handshake_and_end() {
        let mut conversation = Conversation::default();
        for handshake in ["<cpaneljson enable=\"1\">", "<cpaneljson enable='1' />\n", "<cpaneljson>"] {
            assert_eq!(
                said(&mut conversation, handshake),
                "<?xml version=\"1.0\" ?>\n<cpanelresult>{\"data\":{\"result\":\"json\"}}</cpanelresult>\n"
            );
        }
        let end = conversation.answer(b"<cpanelxml shutdown=\"1\" />", &Echo);
        let bytes = b"<?xml version=\"1.0\" ?>\n<cpanelresult></cpanelresult>\n".to_vec();
        assert_eq!(end, SocketReply::Goodbye(Zeroizing::new(bytes)));
    }

    #[test]
    fn answers_are_xml_until_the_handshake_and_again_after_it_is_taken_back() {
        let mut conversation = Conversation::default();
        let text = "a</cpanelresult>&";
        assert_eq!(
            said(&mut conversation, text),
            "<?xml version=\"1.0\" ?>\n<cpanelresult><apiversion>1</apiversion><command>print</command><data><result>a&lt;/cpanelresult&gt;&amp;</result></data><event><result>1</result></event><source>internal</source><type>internal</type></cpanelresult>\n"
        );
        said(&mut conversation, "<cpaneljson enable=\"1\">");
        let json = said(&mut conversation, text);
        assert!(json.contains(r#"{"result":"a\u003c/cpanelresult\u003e\u0026"}"#), "{json}");
        assert_eq!(json.matches("</cpanelresult>").count(), 1, "{json}");
        let off = said(&mut conversation, "<cpaneljson enable=\"0\">");
        assert!(off.ends_with("<cpanelresult><data><result>xml</result></data></cpanelresult>\n"), "{off}");
    }

    #[test]
    fn only_what_is_quickly_done_is_answered_at_once() {
        let mut conversation = Conversation { json: true, ..Conversation::default() };
        for own in ["<cpaneljson enable=\"1\">", "<cpanelxml shutdown=\"1\" />", "<cpanelaction><a>"] {
            let (at_once, later) = (
                conversation.answer_at_once(own.as_bytes(), &Echo),
                conversation.answer(own.as_bytes(), &Echo),
            );
            assert_eq!(at_once, Some(later), "{own}");
        }
        for asked in ["{}", "<cpanel print=\"x\">", "<cpanelaction><module>M</module></cpanelaction>"] {
            assert_eq!(conversation.answer_at_once(asked.as_bytes(), &Echo), None, "{asked}");
        }
    }

    #[test]
    fn actions_in_xml_reach_the_service_as_json() {
        let mut conversation = Conversation { json: true, ..Conversation::default() };
        let action =
            "<cpanelaction>\n<module>Email</module><func>f</func><args><a>&lt;</a></args></cpanelaction>";
        let answer = said(&mut conversation, action);
        let json: Value =
            serde_json::from_str(&answer[answer.find('{').unwrap()..=answer.rfind('}').unwrap()]).unwrap();
        let request: Value = serde_json::from_str(json["data"]["result"].as_str().unwrap()).unwrap();
        assert_eq!((&request["module"], &request["args"]["a"]), (&"Email".into(), &"<".into()));
        for wrong in ["<cpanelaction>", "<cpanelaction><module>", "<cpanelaction><a></b></cpanelaction>"] {
            let answer = said(&mut conversation, wrong);
            assert!(answer.contains(r#"{"result":0,"error":"The request is no XML of the form"#), "{answer}");
        }
        let SocketReply::Answer(bytes) = conversation.answer(b"\xff", &Echo) else { panic!() };
        assert!(String::from_utf8_lossy(&bytes).contains("not UTF-8"));
    }
}
