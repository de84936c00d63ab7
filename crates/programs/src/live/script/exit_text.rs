//! What is said of a script's end: to its visitor, and to the log.

use std::fmt;

use super::{Exit, ScriptEnd};
use liveapi_core::base::text::escape_html;

/// The content type of pages.
pub const HTML: &str = "text/html; charset=utf-8";

/// A page with a sentence, for visitors who get no other.
pub fn page(sentence: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>No page</title>\n</head>\n\
         <body>\n<p>{}</p>\n</body>\n</html>\n",
        escape_html(sentence)
    )
}

impl ScriptEnd {
    /// HTTP's status and a sentence in place of a page that never began; nothing that only a log may say.
    pub fn for_visitor(&self) -> (u16, String) {
        match self {
            Self::TooLong(seconds) => (
                504,
                format!(
                    "This page did not answer within {seconds} seconds and was ended. What it did until then is done. The server's log has more."
                ),
            ),
            Self::Failed(_) => (500, "This page cannot be started. The server's log says why.".to_owned()),
            _ => (
                502,
                "This page ended without an answer that a browser could show. The server's log says why."
                    .to_owned(),
            ),
        }
    }
}

impl fmt::Display for ScriptEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(exit) => exit.fmt(f),
            Self::NoHead(why, Some(exit)) => write!(f, "{why}; it {exit}"),
            Self::NoHead(why, None) => write!(f, "{why}; it was ended"),
            Self::TooLong(seconds) => {
                write!(f, "took longer than {seconds} seconds, its limit, and was ended")
            }
            Self::TooMuch(limit) => {
                write!(
                    f,
                    "printed more than {limit} MiB, its limit, and was ended; its visitor has a part of it"
                )
            }
            Self::Gone => f.write_str("was ended because its visitor went away"),
            Self::Failed(cause) => cause.fmt(f),
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(0) => f.write_str("ended"),
            Self::Status(status) => write!(f, "ended with the status {status}"),
            Self::Signal(signal) => write!(f, "ended by the signal {signal}"),
        }
    }
}
