//! How an import says no.

use crate::api::{Error, ErrorKind, NotDone};

/// A reason not to import that is no failure of a system call.
pub fn refusal(sentence: impl Into<String>) -> NotDone {
    Error::new(ErrorKind::Config, sentence).into()
}
