//! What the daemon says of its work: one JSON object a line on standard error, where a service manager keeps it.
//!
//! No line holds a password, a token, a cookie, or anything that stands behind the question mark of an address.

use liveapi_core::base::clock;
use std::fmt::{Display, Write as _};
use std::io::Write as _;
use std::time::Duration;

use serde_json::Value;

use crate::server::auth::Denied;
use crate::server::http::HttpError;
use crate::server::origin::{Origin, ServiceKind};

/// The log of one daemon.
#[derive(Debug, Default)]
pub(crate) struct Log;

/// A call that was answered.
pub(crate) struct CallRecord<'c> {
    /// Who called, by the name of its login.
    pub(crate) who: &'c str,
    /// What it showed: a token, a password, a session.
    pub(crate) how: &'c str,
    /// The account that it was for.
    pub(crate) account: Option<&'c str>,
    pub(crate) function: &'c str,
    /// `done`, `refused`, `failed` or `unknown function`.
    pub(crate) outcome: &'c str,
    /// Why, for people; it may name a mailbox or a domain.
    pub(crate) why: Option<&'c str>,
    pub(crate) took: Duration,
}

/// A page whose script has run.
pub(crate) struct PageRecord<'p> {
    /// Who asked for it, and by what.
    pub(crate) who: &'p str,
    pub(crate) how: &'p str,
    /// Its path below the folder of pages.
    pub(crate) page: &'p str,
    /// HTTP's status, if the visitor got one.
    pub(crate) status: Option<u16>,
    /// Whether the visitor got all of it.
    pub(crate) is_whole: bool,
    pub(crate) ended: &'p str,
    /// Whether it connected to its LiveAPI socket.
    pub(crate) connected: bool,
    /// How many bytes it printed.
    pub(crate) bytes: u64,
    pub(crate) took: Duration,
}

impl Log {
    /// Something that the owner of the machine should read.
    pub(crate) fn say(&self, level: &str, text: &str) {
        LogLine::new(level).text("message", text).write();
    }

    /// Writes the line of a call; a failure is a warning.
    pub(crate) fn called(&self, origin: Origin, called: &CallRecord<'_>) {
        let mut line = LogLine::new(if called.outcome == "failed" { "warning" } else { "info" });
        line.origin(origin).text("who", called.who).text("by", called.how);
        match called.account {
            Some(account) => line.text("account", account),
            None => line.raw("account", "null"),
        };
        line.text("function", called.function).text("outcome", called.outcome);
        if let Some(why) = called.why {
            line.text("why", why);
        }
        line.raw("milliseconds", called.took.as_micros() as f64 / 1000.0).write();
    }

    /// A page that has run.
    pub(crate) fn paged(&self, origin: Origin, page: &PageRecord<'_>) {
        let mut line = LogLine::new(if page.is_whole { "info" } else { "warning" });
        line.origin(origin).text("who", page.who).text("by", page.how).text("page", page.page);
        if let Some(status) = page.status {
            line.raw("status", status);
        }
        line.raw("whole", page.is_whole).text("outcome", page.ended).raw("connected", page.connected);
        line.raw("bytes", page.bytes).raw("milliseconds", page.took.as_micros() as f64 / 1000.0).write();
    }

    /// A line that a page wrote on standard error.
    pub(crate) fn page_says(&self, who: &str, page: &str, text: &str) {
        LogLine::new("warning").text("who", who).text("page", page).text("says", text).write();
    }

    /// A request of somebody who may not; with what only the machine's owner should know.
    pub(crate) fn denied(&self, origin: Origin, denied: &Denied) {
        let mut line = LogLine::new("notice");
        line.origin(origin).text("denied", &denied.why);
        if let Some(word) = &denied.log {
            line.text("cause", word);
        }
        line.write();
    }

    /// A request that could not be read.
    pub(crate) fn refused(&self, origin: Origin, bad: &HttpError) {
        LogLine::new("notice").origin(origin).raw("status", bad.status).text("why", &bad.why).write();
    }
}

/// One line; its fields in the order given.
struct LogLine(String);

impl LogLine {
    fn new(level: &str) -> Self {
        let mut line = Self(String::with_capacity(256));
        line.raw("time", clock::now().as_millis() as f64 / 1000.0).text("level", level);
        line
    }

    /// Where a request came from.
    fn origin(&mut self, origin: Origin) -> &mut Self {
        let service = match origin.service {
            ServiceKind::Whm => "whm",
            ServiceKind::Cpanel => "cpanel",
            ServiceKind::Webmail => "webmail",
        };
        self.raw("peer", format_args!("\"{}\"", origin.peer)).text("service", service)
    }

    fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.raw(name, Value::from(text))
    }

    /// A value that is JSON as it is displayed.
    fn raw(&mut self, name: &str, json: impl Display) -> &mut Self {
        let before = if self.0.is_empty() { '{' } else { ',' };
        // Writing to a String cannot fail.
        let _ = write!(self.0, "{before}\"{name}\":{json}");
        self
    }

    fn write(&mut self) {
        self.0.push_str("}\n");
        // Standard error may be closed; there is nobody to tell.
        let _ = std::io::stderr().write_all(self.0.as_bytes());
    }
}
