//! Requests that got no whole answer: whether they may have been done all the same, and what to do.

use std::fmt::Display;

use crate::api::{Error, ErrorKind};

/// A request without a whole answer. The sentences continue “The call … was not made: ” or “… was sent, but ”.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TransportError {
    /// It never left: no address, no connection, no trust.
    Unsent(ErrorKind, String),
    /// The connection was closed before anything of the answer came.
    Silent(String),
    /// The answer broke off, was none of HTTP, or did not come in time.
    Broken(ErrorKind, String),
    /// The answer is longer than anybody needs.
    TooLong,
}

impl TransportError {
    /// The failure of a call in words. What may have been done must not look like what was not.
    pub(crate) fn error(self, step: &impl Display, idempotent: bool) -> Error {
        let (kind, why) = (self.kind(), self.why());
        match self {
            Self::Unsent(..) => Error::new(kind, format!("{step} was not made: {why}")),
            _ if idempotent => {
                Error::new(kind, format!("{step} was sent, but {why}; it may be repeated without harm"))
            }
            _ => Error::new(
                ErrorKind::OutcomeUnknown,
                format!("{step} was sent, but {why}. {OUTCOME_UNKNOWN}"),
            ),
        }
    }

    /// The same of what goes before a call: a login.
    pub(crate) fn before_call(self, step: &impl Display) -> Error {
        let (kind, why) = (self.kind(), self.why());
        match self {
            Self::Unsent(..) => Error::new(kind, format!("{step} was not made: {why}")),
            _ => Error::new(kind, format!("{step} was sent, but {why}; the call itself was not made")),
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unsent(kind, _) | Self::Broken(kind, _) => *kind,
            Self::Silent(_) => ErrorKind::Unreachable,
            Self::TooLong => ErrorKind::BadAnswer,
        }
    }

    /// Whether the server may have got it, and there is time left to look at what it did.
    pub(crate) fn can_be_looked_into(&self) -> bool {
        match self {
            Self::Unsent(..) => false,
            Self::Broken(kind, _) => *kind != ErrorKind::Timeout,
            Self::Silent(_) | Self::TooLong => true,
        }
    }

    /// Why no answer came.
    pub(crate) fn why(&self) -> &str {
        match self {
            Self::Unsent(_, why) | Self::Silent(why) | Self::Broken(_, why) => why,
            Self::TooLong => "the answer is longer than 20 MiB",
        }
    }
}

/// Longest answer that is read, in bytes; what [`TransportError::TooLong`] says.
pub(crate) const MAX_ANSWER_BYTES: usize = 20 * 1024 * 1024;

/// What to do when nobody knows.
pub(crate) const OUTCOME_UNKNOWN: &str =
    "Whether it was done is not known: look at what it should have changed before you repeat it";
