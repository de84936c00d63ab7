//! Answers to requests that no function saw: who sent them is not known, or may not do what they ask for.
//!
//! What the client expects depends on its library rather than on the call, so the reason stands in every place
//! where some client looks for it. Recorded is the `cpanelresult` of a server's “Access denied”.

use crate::api::Family;
use crate::api::json_writer::JsonWriter;

/// What servers say of a WHM call for an account that does not exist or was not named. Recorded.
const BAD_USER: &str = "User parameter is invalid or was not supplied";

/// A refusal. `call` is the family, module and function, where the request got so far; `message` is what
/// the login form's answer calls it.
pub fn denied(call: Option<(Family, &str, &str)>, message: &str, why: &str) -> Vec<u8> {
    let mut out = JsonWriter::new();
    let (family, module, func) =
        call.map_or((None, "", ""), |(family, module, func)| (Some(family), module, func));
    out.frame(r#"{"cpanelresult":{"apiversion":"2","error":"#).text(why);
    if family.is_some() {
        out.frame(r#","func":"#).text(func).frame(r#","module":"#).text(module);
    }
    out.frame(r#","data":{"reason":"#)
        .text(why)
        .frame(r#","result":"0"},"type":"text","event":{"result":0,"reason":"#);
    out.text(why).frame(r#"}},"metadata":{"version":1,"reason":"#).text(why);
    out.frame(r#","result":0,"command":"#).text(func);
    out.frame(r#"},"status":0,"statusmsg":"#).text(why).frame(r#","error":"#).text(why);
    out.frame(r#","message":"#).text(message);
    out.frame(r#","errors":["#).text(why).frame(r#"],"warnings":null,"messages":null,"data":null"#);
    match family {
        Some(Family::Uapi) => {
            out.frame(r#","apiversion":3,"func":"#).text(func).frame(r#","module":"#).text(module);
            out.frame(r#","result":{"status":0,"errors":["#).text(why);
            out.frame(r#"],"warnings":null,"messages":null,"metadata":{},"data":null}"#);
        }
        Some(Family::Api1) => {
            out.frame(r#","event":{"result":0,"reason":"#).text(why).frame("}");
        }
        _ => {}
    }
    out.frame("}");
    out.finish()
}

/// The answer to a WHM call for an account that does not exist or was not named; its HTTP status is 200.
pub fn bad_user() -> Vec<u8> {
    let mut out = JsonWriter::new();
    out.frame(r#"{"data":{"reason":"#).text(BAD_USER).frame(r#","result":"0"},"type":"text","error":"#);
    out.text(BAD_USER).frame("}");
    out.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::api::Answered;

    #[test]
    fn the_reason_is_wherever_a_client_looks_and_nothing_looks_like_success() {
        let why = "Access denied: <no>";
        let families = [Family::Api1, Family::Api2, Family::Uapi, Family::Whm, Family::Whm0];
        for family in families.map(Some).into_iter().chain([None]) {
            let text = denied(family.map(|family| (family, "Email", "passwdpop")), "invalid_login", why);
            let text = String::from_utf8(text).unwrap();
            assert!(!text.contains(['<', '\n']), "{text}");
            let body: Value = serde_json::from_str(&text).unwrap();
            for place in [
                "/cpanelresult/error",
                "/cpanelresult/data/reason",
                "/cpanelresult/event/reason",
                "/errors/0",
                "/metadata/reason",
                "/statusmsg",
                "/error",
            ] {
                assert_eq!(body.pointer(place), Some(&json!(why)), "{place}");
            }
            for place in ["/status", "/metadata/result", "/cpanelresult/event/result"] {
                assert_eq!(body.pointer(place), Some(&json!(0)), "{place}");
            }
            assert_eq!(body["message"], "invalid_login");
            if let Some(family) = family {
                assert!(!Answered::new(text).is_done(family), "{family:?}");
            }
            if family == Some(Family::Uapi) {
                assert_eq!((&body["result"]["errors"][0], &body["func"]), (&json!(why), &json!("passwdpop")));
            }
        }
    }

    #[test]
    fn a_bad_user_is_the_recorded_answer() {
        assert_eq!(
            serde_json::from_slice::<Value>(&bad_user()).unwrap(),
            json!({"data":{"reason":BAD_USER,"result":"0"},"type":"text","error":BAD_USER})
        );
    }
}
