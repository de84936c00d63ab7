//! Plain data that every other room speaks: calls, outcomes, refusals, errors, the envelopes of the
//! API families, and the types of the function catalogue. Nothing here does I/O.

mod answered;
mod arg;
mod args;
mod call;
pub mod catalogue;
mod decimal;
pub mod envelope;
pub(crate) mod flag;
mod json_string;
mod json_writer;
mod limit;
mod many_rows;
pub mod modifiers;
mod not_done;
mod outcome;
mod page;
mod params;
mod raw_args;
mod refusal;
mod row;
mod unused;
pub mod xml;

pub use crate::base::{Error, ErrorKind};
pub use answered::{Answered, Members, members};
pub use arg::{Arg, Inexact};
pub use args::{Args, MAX_PARAMS_BYTES};
pub use call::{Call, Family};
pub use limit::{UNLIMITED, limit_text};
pub use many_rows::ManyRows;
pub use not_done::NotDone;
pub use outcome::{Data, Done, Outcome};
pub use page::Page;
pub use params::Params;
pub use refusal::Refusal;
pub use row::{Field, Row};
pub use xml::XmlAction;
