//! What the daemon says of its work: one JSON object a line on standard error, where a service manager keeps it.
//!
//! No line holds a password, a token, a cookie, or anything that stands behind the question mark of an address.

use liveapi_core::base::clock;
use std::fmt::{Display, Write as _};
use std::io::Write as _;
use std::time::Duration;

use serde_json::Value;

use super::Service;
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

/// A page whose script has run.
pub(super) struct Paged<'p> {
    /// Who asked for it, and by what.
    pub(super) who: &'p str,
    pub(super) how: &'p str,
    /// Its path below the folder of pages.
    pub(super) page: &'p str,
    /// HTTP's status, if the visitor got one.
    pub(super) status: Option<u16>,
    /// Whether the visitor got all of it.
    pub(super) is_whole: bool,
    /// How it ended.
    pub(super) ended: &'p str,
    /// Whether it connected to its LiveAPI socket.
    pub(super) connected: bool,
    /// How many bytes it printed.
    pub(super) bytes: u64,
    /// How long it took.
    pub(super) took: Duration,
}

impl Log {
    /// Something that the owner of the machine should read.
    pub(super) fn say(&self, level: &str, text: &str) {
        Line::new(level).text("message", text).write();
    }

    /// A call.
    pub(super) fn called(&self, from: From, called: &Called<'_>) {
        let mut line = Line::new(if called.outcome == "failed" { "warning" } else { "info" });
        line.origin(from).text("who", called.who).text("by", called.how);
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
    pub(super) fn paged(&self, from: From, page: &Paged<'_>) {
        let mut line = Line::new(if page.is_whole { "info" } else { "warning" });
        line.origin(from).text("who", page.who).text("by", page.how).text("page", page.page);
        if let Some(status) = page.status {
            line.raw("status", status);
        }
        line.raw("whole", page.is_whole).text("outcome", page.ended).raw("connected", page.connected);
        line.raw("bytes", page.bytes).raw("milliseconds", page.took.as_micros() as f64 / 1000.0).write();
    }

    /// A line that a page wrote on standard error.
    pub(super) fn page_says(&self, who: &str, page: &str, text: &str) {
        Line::new("warning").text("who", who).text("page", page).text("says", text).write();
    }

    /// A request of somebody who may not; with what only the machine's owner should know.
    pub(super) fn denied(&self, from: From, denied: &Denied) {
        let mut line = Line::new("notice");
        line.origin(from).text("denied", &denied.why);
        if let Some(word) = &denied.log {
            line.text("cause", word);
        }
        line.write();
    }

    /// A request that could not be read.
    pub(super) fn refused(&self, from: From, bad: &Bad) {
        Line::new("notice").origin(from).raw("status", bad.status).text("why", &bad.why).write();
    }
}

/// One line; its fields in the order given.
struct Line(String);

impl Line {
    fn new(level: &str) -> Self {
        let mut line = Self(String::with_capacity(256));
        line.raw("time", clock::now().as_millis() as f64 / 1000.0).text("level", level);
        line
    }

    /// Where a request came from.
    fn origin(&mut self, from: From) -> &mut Self {
        let service = match from.service {
            Service::Whm => "whm",
            Service::Cpanel => "cpanel",
            Service::Webmail => "webmail",
        };
        self.raw("peer", format_args!("\"{}\"", from.peer)).text("service", service)
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
