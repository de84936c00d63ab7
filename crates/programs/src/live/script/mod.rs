//! Scripts written for the panel: what they are, how they are started, and what they answer.
//!
//! A [`Launch`] names a script's interpreter, its environment, the ids it runs under and its [`ScriptLimits`]. The
//! program starts itself again for it: that process becomes the account first, then sets the limits on itself,
//! closes what it was left, and only then becomes the interpreter ([`launched`]). [`answer()`] is the other end of
//! a script that answers a visitor (CGI, RFC 3875): it sends the request's body, reads the head and the body of the
//! answer piece by piece, and ends the script when it takes too long, prints too much, or the visitor has gone.

mod answer;
mod environment;
mod errors;
mod exit_text;
mod head;
mod kind;
mod launch;
mod launcher;
mod limits;
mod pipe;
mod process;
mod size_signal;

pub use answer::{Gone, Report, ResponseSink, ScriptEnd, answer};
pub use environment::{PATH, Variables, is_secret_field};
pub use exit_text::{HTML, page};
pub use head::{BadHead, CgiHead};
pub use kind::{ScriptInterface, ScriptKind};
pub use launch::{Ids, Launch};
pub use launcher::launched;
pub use limits::ScriptLimits;
pub use process::{Exit, Process};
pub use size_signal::hold_back_size_signal;

/// What the panel appends to a page that never asked it anything.
pub const NEVER_CONNECTED: &str = "Child failed to make LIVEAPI connection to cPanel";
