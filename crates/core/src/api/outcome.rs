//! What a function said, before any family's shape is put around it.

use super::catalogue::Answer;
use super::{Answered, ManyRows, Page, Refusal, Row};

/// The result of a call that reached its engine.
#[derive(Debug)]
pub enum Outcome {
    /// The function did its work.
    Done(Done),
    /// The function refused; nothing was changed. With the kind of answer that it gives.
    Refused(Refusal, Answer),
    /// The family has no such module or function.
    UnknownFunction,
    /// A server answered, with a success or a refusal.
    Answered(Answered),
}

/// A success: the payload, what modifiers did to it, and remarks that only UAPI has a place for.
#[derive(Debug, Default)]
pub struct Done {
    pub data: Data,
    /// UAPI's `metadata`, WHM's additional metadata.
    pub metadata: Row,
    /// Things that the owner of the mailbox should know although the call succeeded.
    pub warnings: Vec<String>,
    /// What WHM says of the success, where that is more than “OK”.
    pub message: Option<String>,
    /// Which page of a list this is, if one was asked for.
    pub paginate: Option<Page>,
    /// How long a list was before filters, if there were any.
    pub records_before_filter: Option<i64>,
}

/// A payload, as the envelope writes it.
#[derive(Debug, Default)]
pub enum Data {
    #[default]
    Nothing,
    Int(i64),
    /// A text; for API 1, what the function prints.
    Text(String),
    Object(Row),
    Rows(Vec<Row>),
    /// Rows of a list that may be long; written as [`Data::Rows`].
    Many(ManyRows),
    Texts(Vec<String>),
}

impl Done {
    /// A success with a word on it.
    pub fn saying(message: String) -> Self {
        Self { message: Some(message), ..Self::default() }
    }

    /// A success with nothing to remark.
    pub fn with(data: Data) -> Self {
        Self { data, ..Self::default() }
    }
}
