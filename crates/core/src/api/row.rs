//! A row of an answer, and the values in it.

use super::catalogue::{DONE, Value};

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
