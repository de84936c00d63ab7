//! How long a list may be in the form in which it is asked for.

use liveapi_core::api::{Data, Done, Error, ErrorKind, Outcome};

/// Most rows of an answer that is in memory as a whole.
const MOST_ROWS: usize = 20_000;

/// What an answer has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// It is sent piece by piece, however long it is.
    Pieces,
    /// It is made as a whole before it is sent: XML, and what goes over a LiveAPI socket or into a page.
    Whole,
}

impl Room {
    /// The outcome, unless its list is too long.
    pub(super) fn fits(self, outcome: Outcome) -> Result<Outcome, Error> {
        match &outcome {
            Outcome::Done(Done { data: Data::Many(rows), .. })
                if self == Self::Whole && rows.len() > MOST_ROWS =>
            {
                let sentence = format!(
                    "The list has {} rows, and in this form at most {MOST_ROWS} are answered; ask for a page of it (api2_paginate, api.paginate), or for JSON over HTTP",
                    rows.len()
                );
                Err(Error::new(ErrorKind::BadAnswer, sentence))
            }
            _ => Ok(outcome),
        }
    }
}
