//! What a function said, before any family's shape is put around it.

use super::catalogue::{Answer, DONE, Value};
use super::{Answered, Page, Refusal};

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
    Texts(Vec<String>),
}

/// An object with its keys in writing order.
#[derive(Debug, Default)]
pub struct Row(pub Vec<(&'static str, Field)>);

/// A value of a [`Row`], in one of the kinds that answers have.
#[derive(Debug)]
pub enum Field {
    Null,
    /// A number; also Booleans, which cPanel writes as 1 and 0.
    Int(i64),
    Text(String),
    /// A number with decimals; finite.
    Float(f64),
    Rows(Vec<Row>),
    Object(Row),
    Texts(Vec<String>),
    /// An object of objects, whose keys are names that users chose.
    Named(Vec<(String, Row)>),
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

impl Row {
    /// The value of that name; null counts as one.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, field)| field)
    }

    /// A row that is always the same.
    pub fn constant(members: &[(&'static str, Value)]) -> Self {
        let field = |value| match value {
            Value::Text(text) => Field::Text(text.to_owned()),
            Value::Int(number) => Field::Int(number),
        };
        Self(members.iter().map(|&(name, value)| (name, field(value))).collect())
    }

    /// The row of API 2's action functions: no `reason`, and `result` 1.
    pub fn success() -> Self {
        Self::constant(DONE)
    }
}
