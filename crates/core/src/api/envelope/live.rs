//! Answers to what LiveAPI has besides calls: printing, conditions, features, and requests that are none.
//!
//! The successes are recorded to the letter. cPanel's forms of the failures are not known; ours tell the
//! reason where the neighbouring forms of API 1 and API 2 have it.

use crate::api::json_writer::JsonWriter;

/// What a tag or a text printed. With a reason if a function did not do its work; the reason may be in the
/// text too.
pub fn printed(text: &str, failure: Option<&str>) -> Vec<u8> {
    printed_with(text, failure, &[])
}

/// The same with what functions remarked, where API 1 has it.
pub fn printed_with(text: &str, failure: Option<&str>, warnings: &[String]) -> Vec<u8> {
    let mut out = JsonWriter::new();
    out.frame(r#"{"apiversion":"1","type":"internal","command":"print","source":"internal""#);
    if let Some(why) = failure {
        out.frame(r#","error":"#).text(why);
    }
    out.frame(r#","data":{"result":"#).text(text).frame("}");
    if !warnings.is_empty() {
        out.frame(r#","warnings":"#).texts(warnings);
    }
    out.frame(r#","event":{"result":"#);
    match failure {
        None => out.frame("1}}"),
        Some(why) => out.frame(r#"0,"reason":"#).text(why).frame("}}"),
    };
    out.finish()
}

/// Whether a condition (`module` is `if`) or a feature (`feature`) holds, or why that cannot be said.
pub fn decided(module: &str, holds: Result<bool, &str>) -> Vec<u8> {
    let mut out = JsonWriter::new();
    out.frame(r#"{"cpanelresult":{"data":{"result":"#).int(i64::from(holds == Ok(true))).frame("}");
    if let Err(why) = holds {
        out.frame(r#","error":"#).text(why);
    }
    out.frame(r#","module":"#).text(module).frame(r#","apiversion":1}}"#);
    out.finish()
}

/// That the answers are JSON from now on.
pub fn json_mode() -> Vec<u8> {
    br#"{"data":{"result":"json"}}"#.to_vec()
}

/// That the answers are XML from now on; ours, in the form of the other.
pub fn xml_mode() -> Vec<u8> {
    br#"{"data":{"result":"xml"}}"#.to_vec()
}

/// That a request is none of LiveAPI's; with the reason where it looked like one.
pub fn unknown_request(why: Option<&str>) -> Vec<u8> {
    let mut out = JsonWriter::new();
    out.frame(r#"{"result":0,"error":"#).text(why.unwrap_or("Unknown API request")).frame("}");
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successes_are_the_recorded_bytes() {
        for (answer, recorded) in [
            (
                printed("/home/user", None),
                r#"{"apiversion":"1","type":"internal","command":"print","source":"internal","data":{"result":"/home/user"},"event":{"result":1}}"#,
            ),
            (
                decided("if", Ok(true)),
                r#"{"cpanelresult":{"data":{"result":1},"module":"if","apiversion":1}}"#,
            ),
            (
                decided("feature", Ok(false)),
                r#"{"cpanelresult":{"data":{"result":0},"module":"feature","apiversion":1}}"#,
            ),
            (json_mode(), r#"{"data":{"result":"json"}}"#),
            (unknown_request(None), r#"{"result":0,"error":"Unknown API request"}"#),
        ] {
            assert_eq!(String::from_utf8(answer).unwrap(), recorded);
        }
    }

    #[test]
    fn failures_are_no_successes() {
        let value = |answer: Vec<u8>| serde_json::from_slice::<serde_json::Value>(&answer).unwrap();
        let printed = value(printed("a", Some("<no>")));
        assert_eq!(printed["event"], serde_json::json!({"result":0,"reason":"<no>"}));
        assert_eq!((&printed["error"], &printed["data"]["result"]), (&"<no>".into(), &"a".into()));
        let decided = value(decided("if", Err("no")));
        assert_eq!(
            decided["cpanelresult"],
            serde_json::json!({"data":{"result":0},"error":"no","module":"if","apiversion":1})
        );
    }
}
