//! The two ways in which a piece of work can end without being done.

use super::{Error, ErrorKind, Refusal};

/// Either the answer is no, or the work failed. Stores and functions return it; the engine turns a
/// refusal into an ordinary outcome and lets a failure pass as an error.
#[derive(Clone, Debug)]
pub enum NotDone {
    /// The answer is no, and nothing was changed.
    Refused(Refusal),
    /// The work could not be done.
    Failed(Error),
}

impl NotDone {
    /// Puts a sentence in front of a failure that left everything as it was. A refusal speaks for
    /// itself, and a failure after the change must not be called "unchanged".
    #[must_use]
    pub fn unchanged(self, what: &str) -> Self {
        match self {
            Self::Failed(error) if error.kind() == ErrorKind::NotVerified => Self::Failed(error),
            other => other.after(&format!("{what} is unchanged")),
        }
    }

    /// Puts in front of a failure what was done before it, so that nobody takes half for nothing.
    #[must_use]
    pub fn after(self, what: &str) -> Self {
        match self {
            Self::Failed(error) => Self::Failed(Error::new(error.kind(), format!("{what}: {error}"))),
            refused @ Self::Refused(_) => refused,
        }
    }
}

impl std::fmt::Display for NotDone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl From<Refusal> for NotDone {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for NotDone {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
