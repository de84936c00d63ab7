//! Plain data that every other room speaks: calls, outcomes, refusals, errors, the envelopes of the
//! API families, and the types of the function catalogue. Nothing here does I/O.

mod answered;
mod append;
mod args;
mod call;
pub mod catalogue;
pub mod envelope;

mod html;
mod json_string;
mod json_writer;
pub mod modifiers;
mod not_done;
mod outcome;
mod params;
mod pattern;
mod raw_args;
mod refusal;
mod urlencoded;
mod value;
pub mod xml;
mod xml_action;

pub use crate::base::{Error, ErrorKind};
pub use answered::{Answered, Members, members};
pub use append::append;
pub use args::{Arg, Args, MAX_PARAMS_BYTES};
pub use call::{Call, Family};
pub use html::escape_html;
pub use not_done::NotDone;
pub use outcome::{Data, Done, Field, Outcome, Row};
pub use params::Params;
pub use pattern::pattern;
pub use refusal::Refusal;
pub use urlencoded::urlencoded;
pub use xml_action::XmlAction;
