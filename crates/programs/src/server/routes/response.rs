//! The shapes around an answer that only HTTP has.

use serde_json::Value;

use crate::server::http::Reply;
use liveapi_core::api::{members, xml};

/// What WHM's `uapi_cpanel` puts around UAPI's result.
pub(super) const IN_WHM: [&[u8]; 2] = [
    br#"{"data":{"uapi":"#,
    br#"},"metadata":{"command":"uapi_cpanel","reason":"OK","result":1,"version":1}}"#,
];

/// UAPI's result alone, as `/execute` gives it.
pub(super) fn bare(envelope: Vec<u8>) -> Vec<u8> {
    part(&envelope, &["result"]).unwrap_or(envelope)
}

/// UAPI's result as WHM's `uapi_cpanel` gives it. The call of that function worked, whatever the result says.
pub(crate) fn in_whm(envelope: Vec<u8>) -> Vec<u8> {
    let Some(result) = part(&envelope, &["result"]) else { return envelope };
    let [before, behind] = IN_WHM;
    [before, result.as_slice(), behind].concat()
}

/// API 2's envelope with the reason of a refusal beside it, in a list `errors`: there is a client that looks
/// nowhere else. Successes stay as they are.
pub(super) fn with_errors(mut envelope: Vec<u8>) -> Vec<u8> {
    if let Some(error) = part(&envelope, &["cpanelresult", "error"])
        && envelope.pop_if(|last| *last == b'}').is_some()
    {
        envelope.extend_from_slice(br#","errors":["#);
        envelope.extend_from_slice(&error);
        envelope.extend_from_slice(b"]}");
    }
    envelope
}

/// The envelope as an XML document; as JSON where XML cannot say it.
pub(super) fn xml(status: u16, envelope: &[u8], func: &str) -> Reply {
    let value = serde_json::from_slice::<Value>(envelope).unwrap_or_default();
    match xml::document(&value, func) {
        Ok(text) => Reply::text(status, "text/xml; charset=\"utf-8\"", text),
        // Said in the form that is known to work.
        Err(_) => Reply::json(status, envelope.to_vec()),
    }
}

/// A member of a member of an object, as its text.
fn part(json: &[u8], path: &[&str]) -> Option<Vec<u8>> {
    let mut text = std::str::from_utf8(json).ok()?;
    for name in path {
        text = members(text)?.get(*name)?.get();
    }
    Some(text.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_result() {
        let uapi = br#"{"apiversion":3,"func":"f","module":"M","result":{"status":1,"data":"\u003c"}}"#;
        assert_eq!(bare(uapi.to_vec()), br#"{"status":1,"data":"\u003c"}"#);
        assert_eq!(
            in_whm(uapi.to_vec()),
            br#"{"data":{"uapi":{"status":1,"data":"\u003c"}},"metadata":{"command":"uapi_cpanel","reason":"OK","result":1,"version":1}}"#
        );
    }

    #[test]
    fn only_refusals_get_the_second_list() {
        let done = br#"{"cpanelresult":{"apiversion":2,"data":[{"reason":"","result":1}]}}"#;
        assert_eq!(with_errors(done.to_vec()), done);
        let refused = br#"{"cpanelresult":{"error":"no","data":[{"reason":"no","result":0}]}}"#;
        let expected =
            br#"{"cpanelresult":{"error":"no","data":[{"reason":"no","result":0}]},"errors":["no"]}"#;
        assert_eq!(with_errors(refused.to_vec()), expected);
    }
}
