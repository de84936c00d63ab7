//! What the daemon says of its work: one JSON object a line on standard error, where a service manager keeps it.
//!
//! No line holds a password, a token, a cookie, or anything that stands behind the question mark of an address.

use std::io::Write;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use super::auth::Denied;
use super::connection::From;
use super::http::Bad;

/// The log of one daemon.
#[derive(Debug, Default)]
pub(super) struct Log;

/// A call that was answered.
pub(super) struct Called<'c> {
    /// Who called, by the name of its login.
    pub(super) who: &'c str,
    /// What it showed: a token, a password, a session.
    pub(super) how: &'c str,
    /// The account that it was for.
    pub(super) account: Option<&'c str>,
    /// Family, module and function.
    pub(super) function: &'c str,
    /// `done`, `refused`, `failed` or `unknown function`.
    pub(super) outcome: &'c str,
    /// Why, for people; it may name a mailbox or a domain.
    pub(super) why: Option<&'c str>,
    /// How long it took.
    pub(super) took: Duration,
}

impl Log {
    /// Something that the owner of the machine should read.
    pub(super) fn say(&self, level: &str, text: &str) {
        self.write(level, Map::from_iter([("message".to_owned(), text.into())]));
    }

    /// A call.
    pub(super) fn called(&self, from: From, called: &Called<'_>) {
        let mut line = origin(from);
        line.insert("who".into(), called.who.into());
        line.insert("by".into(), called.how.to_lowercase().into());
        line.insert("account".into(), called.account.into());
        line.insert("function".into(), called.function.into());
        line.insert("outcome".into(), called.outcome.into());
        if let Some(why) = called.why {
            line.insert("why".into(), why.into());
        }
        line.insert("milliseconds".into(), json!(called.took.as_micros() as f64 / 1000.0));
        self.write(if called.outcome == "failed" { "warning" } else { "info" }, line);
    }

    /// A request of somebody who may not; with what only the machine's owner should know.
    pub(super) fn denied(&self, from: From, denied: &Denied) {
        let mut line = origin(from);
        line.insert("denied".into(), denied.why.as_str().into());
        if let Some(word) = &denied.log {
            line.insert("cause".into(), word.as_str().into());
        }
        self.write("notice", line);
    }

    /// A request that could not be read.
    pub(super) fn refused(&self, from: From, bad: &Bad) {
        let mut line = origin(from);
        line.insert("status".into(), bad.status.into());
        line.insert("why".into(), bad.why.as_str().into());
        self.write("notice", line);
    }

    fn write(&self, level: &str, fields: Map<String, Value>) {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let mut line = Map::from_iter([
            ("time".to_owned(), json!(now.as_millis() as f64 / 1000.0)),
            ("level".to_owned(), level.into()),
        ]);
        line.extend(fields);
        let text = format!("{}\n", Value::from(line));
        // Standard error may be closed; there is nobody to tell.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}

fn origin(from: From) -> Map<String, Value> {
    let service = format!("{:?}", from.service).to_lowercase();
    Map::from_iter([
        ("peer".to_owned(), from.peer.to_string().into()),
        ("service".to_owned(), service.into()),
    ])
}
