//! Requests: a decimal length in bytes, a line feed, and that many bytes.
//!
//! Requests may hold passwords: each is written into memory of its size at once ([`super::ascii`]), and wiped when
//! dropped.

use zeroize::Zeroizing;

use crate::api::catalogue::Function;
use crate::api::{Arg, Call, Error, ErrorKind, Family, members};
use crate::engine::socket::ascii::{Out, frame, json, quoted};
use crate::engine::wire::names::by_position;
use crate::engine::wire::retry::is_idempotent;

/// Longest request, in bytes, without its length; panels take no longer one.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Makes the panel answer in JSON instead of XML.
const JSON_MODE: &str = "<cpaneljson enable=\"1\">";
/// Tells the panel that no more comes, so that it need not wait.
const SHUTDOWN: &str = "<cpanelxml shutdown=\"1\" />";

/// A request, ready to be sent.
pub(crate) struct SocketRequest {
    frame: Zeroizing<Vec<u8>>,
    /// Whether a second time does nothing that the first did not.
    pub(crate) idempotent: bool,
}

impl SocketRequest {
    /// The first request of a connection.
    pub(crate) fn json_mode() -> Self {
        Self { frame: frame(|out| out.add(JSON_MODE)), idempotent: true }
    }

    /// The last request of a connection.
    pub(crate) fn shutdown() -> Self {
        Self { frame: frame(|out| out.add(SHUTDOWN)), idempotent: true }
    }

    /// A call. `known` is what the catalogue says of the function.
    pub(crate) fn of_call(call: &Call<'_>, known: Option<&Function>) -> Result<Self, Error> {
        let is_print = is_print(call);
        let frame = frame(|out| {
            out.add("<cpanelaction>\n{\"reqtype\":\"exec\",\"module\":");
            quoted(out, call.module);
            out.add(",\"func\":");
            quoted(out, call.func);
            out.add(match call.family {
                Family::Api1 => ",\"apiversion\":\"1\"",
                Family::Uapi => ",\"apiversion\":\"uapi\"",
                Family::Api2 | Family::Whm | Family::Whm0 => ",\"apiversion\":\"2\"",
            });
            match call.family {
                Family::Api1 if is_print => print(out, call),
                Family::Api1 => list(out, call, known),
                _ => object(out, call),
            }
            out.add("}\n</cpanelaction>");
        });
        Self { frame, idempotent: is_print || is_idempotent(call) }.checked()
    }

    /// A request of a page: a tag as it is, or JSON, with `<cpanelaction>` around it.
    pub(crate) fn of_text(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let idempotent = repeatable(text);
        let frame = frame(|out| {
            if text.starts_with('{') {
                out.add("<cpanelaction>\n");
                json(out, text);
                out.add("\n</cpanelaction>");
            } else {
                out.add(text);
            }
        });
        Self { frame, idempotent }.checked()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.frame
    }

    fn checked(self) -> Result<Self, Error> {
        if self.frame.len() > MAX_BYTES {
            let sentence = format!(
                "The request is longer than {MAX_BYTES} bytes, which no panel takes; nothing was sent"
            );
            return Err(Error::new(ErrorKind::BadParams, sentence));
        }
        Ok(self)
    }
}

/// Whether a call is printing, which is no function: cPanel's `print` with one text.
pub(crate) fn is_print(call: &Call<'_>) -> bool {
    call.family == Family::Api1 && matches!(call.module, "print" | "langprint") && call.func.is_empty()
}

/// Whether a request of a page may be sent twice.
fn repeatable(text: &str) -> bool {
    let text = text.strip_prefix("<cpanelaction>").unwrap_or(text).trim_start();
    if !text.starts_with('{') {
        let only_asks = ["<cpanel print=", "<cpanelif", "<cpanelfeature"];
        return only_asks.iter().any(|tag| text.starts_with(tag)) && text.matches('<').count() == 1;
    }
    let text = text.strip_suffix("</cpanelaction>").unwrap_or(text);
    let Some(request) = members(text) else { return false };
    let field = |name: &str| -> String {
        request.get(name).and_then(|value| serde_json::from_str(value.get()).ok()).unwrap_or_default()
    };
    let (reqtype, module, func) = (field("reqtype"), field("module"), field("func"));
    let words = ["if", "feature", "print", "langprint"];
    let call = Call { family: Family::Api2, module: &module, func: &func, args: Default::default() };
    words.contains(&&*reqtype) || words.contains(&&*module) || is_idempotent(&call)
}

/// `args` of API 2 and UAPI. cPanel's class sends none where there are none.
fn object(out: &mut dyn Out, call: &Call<'_>) {
    let mut before = ",\"args\":{";
    for (name, arg) in call.args.effective() {
        if matches!(arg, Arg::Absent) {
            continue;
        }
        out.add(before);
        quoted(out, name);
        out.add(":");
        value(out, arg);
        before = ",";
    }
    if before == "," {
        out.add("}");
    }
}

/// `args` of API 1. A parameter without a position cannot be sent in a list; then all are sent by name.
fn list(out: &mut dyn Out, call: &Call<'_>, known: Option<&Function>) {
    let args: Vec<(Option<usize>, &Arg<'_>)> = call
        .args
        .effective()
        .map(|(name, arg)| {
            (by_position(known, name).strip_prefix("arg-").and_then(|number| number.parse().ok()), arg)
        })
        .collect();
    let Some(last) = args.iter().map(|(at, _)| *at).max().flatten() else { return };
    if args.iter().any(|(at, _)| at.is_none()) || last >= MAX_BYTES {
        return object(out, call);
    }
    for at in 0..=last {
        out.add(if at == 0 { ",\"args\":[" } else { "," });
        match args.iter().rev().find(|(place, _)| *place == Some(at)) {
            Some((_, arg)) => value(out, arg),
            None => out.add("null"),
        }
    }
    out.add("]");
}

/// `args` of `print`: the text.
fn print(out: &mut dyn Out, call: &Call<'_>) {
    out.add(",\"args\":");
    match call.args.get_positional(0) {
        Some(arg) => value(out, arg),
        None => out.add("\"\""),
    }
}

fn value(out: &mut dyn Out, arg: &Arg<'_>) {
    match arg {
        Arg::Absent => out.add("null"),
        Arg::Text(text) | Arg::Inexact(text, _) => quoted(out, text),
        Arg::Nested(text) => json(out, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Args;

    fn sent(family: Family, module: &str, func: &str, args: &str) -> String {
        let args = if family == Family::Api1 {
            Args::from_json_list(args).unwrap()
        } else {
            Args::from_json_object(args).unwrap()
        };
        let request = SocketRequest::of_call(&Call { family, module, func, args }, None).unwrap();
        String::from_utf8(request.bytes().to_vec()).unwrap()
    }

    /// The payload of a frame whose length is right.
    fn payload(frame: &str) -> &str {
        let (length, payload) = frame.split_once('\n').unwrap();
        assert_eq!(length.parse(), Ok(payload.len()));
        payload
    }

    #[test]
    fn the_recorded_bytes_of_cpanels_own_class() {
        let params = r#"{"domain":"example.com","email":"user","password":"12345luggage"}"#;
        assert_eq!(
            sent(Family::Api2, "Email", "passwdpop", params),
            format!(
                "175\n<cpanelaction>\n{{\"reqtype\":\"exec\",\"module\":\"Email\",\"func\":\"passwdpop\",\"apiversion\":\"2\",\"args\":{params}}}\n</cpanelaction>"
            )
        );
        assert!(sent(Family::Uapi, "Email", "passwd_pop", params).starts_with("179\n"));
        assert_eq!(SocketRequest::json_mode().bytes(), b"23\n<cpaneljson enable=\"1\">");
        assert_eq!(SocketRequest::shutdown().bytes(), b"26\n<cpanelxml shutdown=\"1\" />");
        let print = SocketRequest::of_text("<cpanel print=\"$homedir\">").unwrap();
        assert_eq!((print.bytes(), print.idempotent), (&b"25\n<cpanel print=\"$homedir\">"[..], true));
        assert!(
            sent(Family::Api1, "print", "", r#"["$homedir"]"#)
                .contains("\"module\":\"print\",\"func\":\"\",\"apiversion\":\"1\",\"args\":\"$homedir\"}")
        );
    }

    #[test]
    fn values_stay_what_they_are_and_are_ascii() {
        let password = "p&a%s+s \"q\" \\ é<b>#/ 😀\u{7f}\n</cpanelaction>";
        let args =
            serde_json::json!({"p": password, "n": 12345678, "t": true, "x": null, "o": {"é": "<\n>"}});
        let frame = sent(Family::Uapi, "M", "f", &serde_json::to_string_pretty(&args).unwrap());
        assert!(frame.is_ascii());
        let json = payload(&frame).strip_prefix("<cpanelaction>\n").unwrap();
        let json = json.strip_suffix("\n</cpanelaction>").unwrap();
        assert!(!json.contains(['<', '>', '&', '\n']), "{json}");
        let read: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(
            read["args"],
            serde_json::json!({"p": password, "n": "12345678", "t": "1", "o": {"é": "<\n>"}})
        );
    }

    #[test]
    fn arguments_in_every_form() {
        let args = |family, args| {
            let frame = sent(family, "M", "f", args);
            let at = frame.find(",\"args\"").map(|at| frame[at + 8..].replace("}\n</cpanelaction>", ""));
            at.unwrap_or_default()
        };
        for (family, given, expected) in [
            (Family::Api2, "{}", ""),
            (Family::Api2, r#"{"a":null}"#, ""),
            (Family::Api2, r#"{"a":"1","b":"2","a":"3"}"#, r#"{"b":"2","a":"3"}"#),
            (Family::Api1, "[]", ""),
            (Family::Api1, r#"["a",null,7]"#, r#"["a",null,"7"]"#),
            (Family::Api1, r#"{"arg-2":"c","arg-0":"a"}"#, r#"["a",null,"c"]"#),
            (Family::Api1, r#"{"email":"u","arg-0":"a"}"#, r#"{"email":"u","arg-0":"a"}"#),
        ] {
            assert_eq!(args(family, given), expected, "{given}");
        }
    }

    #[test]
    fn what_may_be_asked_twice() {
        for (text, twice) in [
            ("<cpanelif $haspostgres>", true),
            ("<cpanelif $a><?cp Email::delpop(%) ?></cpanelif>", false),
            ("<cpanel Email=\"delpop('u')\">", false),
            ("<?cp Email::delpop(%) ?>", false),
            (r#"{"reqtype":"if","module":"if","args":"x"}"#, true),
            (r#"<cpanelaction>{"reqtype":"exec","module":"print","args":"x"}</cpanelaction>"#, true),
            (r#"{"reqtype":"exec","module":"Email","func":"passwdpop"}"#, true),
            (r#"{"reqtype":"exec","module":"Email","func":"addpop"}"#, false),
            ("{", false),
        ] {
            assert_eq!(SocketRequest::of_text(text).unwrap().idempotent, twice, "{text}");
        }
    }

    #[test]
    fn what_no_panel_takes_is_not_sent() {
        let error = SocketRequest::of_text(&"x".repeat(MAX_BYTES)).map(drop).unwrap_err();
        assert!(error.to_string().contains("nothing was sent"), "{error}");
        // A position that nobody can mean does not become a list of that length.
        let args = r#"{"arg-99999999999":"a"}"#;
        assert!(sent(Family::Api1, "M", "f", args).contains(args));
    }
}
