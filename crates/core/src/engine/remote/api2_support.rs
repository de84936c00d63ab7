//! Servers that have no API 2, or not all of it: how they say so, and for how long that is remembered.
//!
//! SingleServer what proves that the function was not run counts: the call goes out a second time, as UAPI.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use memchr::memmem;

use crate::api::catalogue::Function;
use crate::api::{Members, members};
use crate::engine::remote::transport::exchange::HttpReply;

/// How long it is remembered. An upgrade may answer nonsense for some minutes; nothing is lost for ever.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// What a server does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// All of API 2.
    Api2,
    /// One function of it.
    Function,
}

/// What is remembered of a server: functions that it lacks, `None` for all of API 2.
#[derive(Default)]
pub(crate) struct KnownMissing(Mutex<Vec<Seen>>);

type Seen = (Option<(&'static str, &'static str)>, Instant);

/// Texts about versions of the API, and what they say of one.
const VERSIONS: [&str; 4] = ["api 2", "api2", "apiversion", "api version"];
const GONE: [&str; 8] = [
    "not supported",
    "unsupported",
    "no longer",
    "removed",
    "not available",
    "unavailable",
    "invalid",
    "disabled",
];

/// What the server lacks, by its answer to an API 2 call.
pub(crate) fn missing(reply: &HttpReply) -> Option<Missing> {
    // Nothing at that address, not there any more, no such method: nobody looked at the form.
    if matches!(reply.status, 404 | 410 | 501) {
        return Some(Missing::Api2);
    }
    // Long answers are parsed once, by those who pass them on.
    memmem::find(&reply.body, b"\"error\"")?;
    let top = members(std::str::from_utf8(&reply.body).ok()?)?;
    let inner = top.get("cpanelresult").and_then(|inner| members(inner.get())).unwrap_or(top);
    // An answer of a function has an event and data; before a function there is a text at most.
    let of_function = inner.contains_key("event") || inner.contains_key("data") && !is_text(&inner);
    let error: String = serde_json::from_str(inner.get("error").filter(|_| !of_function)?.get()).ok()?;
    let error = error.to_ascii_lowercase();
    if error.starts_with("could not find function") {
        return Some(Missing::Function);
    }
    let any = |words: &[&str]| words.iter().any(|word| error.contains(word));
    (any(&VERSIONS) && any(&GONE)).then_some(Missing::Api2)
}

fn is_text(members: &Members<'_>) -> bool {
    members.get("type").is_some_and(|kind| kind.get() == r#""text""#)
}

impl KnownMissing {
    /// A child's, which knows what its parent knew.
    pub(crate) fn of_child(parent: &Self) -> Self {
        Self(Mutex::new(parent.0.try_lock().map(|seen| seen.clone()).unwrap_or_default()))
    }

    /// What the server was found to lack of this function, lately.
    pub(crate) fn knows(&self, function: &Function) -> Option<Missing> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|(_, when)| when.elapsed() < REMEMBERED);
        seen.iter().find_map(|(lacking, _)| match lacking {
            None => Some(Missing::Api2),
            Some(name) => (*name == (function.module, function.func)).then_some(Missing::Function),
        })
    }

    /// Remembers it for a while, in place of what was remembered of the same.
    pub(crate) fn remember(&self, missing: Missing, function: &Function) {
        let lacking = (missing == Missing::Function).then_some((function.module, function.func));
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|(known, _)| *known != lacking);
        seen.push((lacking, Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, body: &str) -> Option<Missing> {
        missing(&HttpReply {
            status,
            body: body.into(),
            location: None,
            retry_after: None,
            cookies: Vec::new(),
        })
    }

    #[test]
    fn only_what_proves_that_nothing_was_run_counts() {
        for (status, body, lacks) in [
            (404, "", Some(Missing::Api2)),
            (410, "<html>", Some(Missing::Api2)),
            (501, "{}", Some(Missing::Api2)),
            (
                200,
                r#"{"cpanelresult":{"apiversion":2,"error":"Could not find function 'addpop' in module 'Email'","func":"addpop","module":"Email"}}"#,
                Some(Missing::Function),
            ),
            (
                200,
                r#"{"cpanelresult":{"apiversion":"2","error":"cPanel API 2 is no longer supported","data":{"reason":"x","result":"0"},"type":"text"}}"#,
                Some(Missing::Api2),
            ),
            (400, r#"{"error":"Invalid apiversion"}"#, Some(Missing::Api2)),
            // A function said it, or nobody knows who.
            (
                200,
                r#"{"cpanelresult":{"apiversion":2,"error":"Could not find function 'x' in module 'y'","data":[{"result":0}],"event":{"result":1}}}"#,
                None,
            ),
            (
                200,
                r#"{"cpanelresult":{"apiversion":2,"error":"API 2 is no longer supported","event":{"result":0}}}"#,
                None,
            ),
            (200, r#"{"cpanelresult":{"error":"Access denied","data":{"result":"0"},"type":"text"}}"#, None),
            (200, "", None),
            (200, "<html>api 2 is not supported</html>", None),
            (400, "", None),
            (500, "", None),
            (502, "<html>", None),
            (403, r#"{"cpanelresult":{"error":"Access denied","type":"text","data":{}}}"#, None),
        ] {
            assert_eq!(of(status, body), lacks, "{status} {body}");
        }
    }
}
