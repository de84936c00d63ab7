//! The types of the function catalogue: what is known about one cPanel function.
//!
//! Dispatch, refusals of missing parameters, `--help` and the reference in `docs/reference/functions`
//! all come from one [`Function`], so that they cannot drift apart.

use super::{Family, Inexact};

/// What the catalogue knows of one function of one family.
pub struct Function {
    pub family: Family,
    /// Module, e.g. `Email`; empty for WHM API 1.
    pub module: &'static str,
    /// Function, e.g. `passwdpop`.
    pub func: &'static str,
    /// What it does, half a line, in our words.
    pub summary: &'static str,
    /// What kind of answer it gives.
    pub answer: Answer,
    /// Its parameters; for API 1 their order is their position.
    pub params: &'static [Param],
    /// The fields of its answer's data.
    pub returns: &'static [Return],
    /// The UAPI function that does the same, for families that cPanel has deprecated.
    pub uapi: Option<Equivalent>,
}

/// What kind of answer a function gives. The payload does not tell: an action's one row looks like a
/// list's, and API 2 has several forms for a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One result; API 2 refuses with `reason` and `result`.
    Single,
    /// A list that changes nothing, so cPanel's modifiers (filter, sort, pages, columns) apply.
    List,
    /// One result that API 2 refuses with `statusmsg` (the text here, or the reason where it is empty) and
    /// `status` "0".
    Status(&'static str),
    /// One result that API 2 refuses with the bare reason in the place of a row.
    Text,
}

/// A parameter, by name and, in API 1, by its place.
pub struct Param {
    pub name: &'static str,
    /// Whether a call without it (or with an empty or null value) is refused by name.
    pub required: bool,
    /// What kind of value it takes.
    pub kind: ParamKind,
    /// Its meaning, half a line.
    pub meaning: &'static str,
}

/// What a parameter holds, for forms and for what must never be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    Domain,
    /// A mailbox: local part or full address.
    Mailbox,
    /// A password; never shown, never logged.
    Secret,
    /// A quota in mebibytes; 0 or `unlimited` for none.
    Mebibytes,
    /// A whole number, or `unlimited`.
    Number,
    /// 1 or 0.
    Flag,
    /// Any other text.
    Text,
}

impl ParamKind {
    /// Whether what came as that is as good as its text. Where the very characters are kept or looked up it is not.
    pub fn takes(self, given: Inexact) -> bool {
        match self {
            Self::Flag => true,
            Self::Mebibytes | Self::Number => given != Inexact::Boolean,
            Self::Domain | Self::Mailbox | Self::Secret | Self::Text => false,
        }
    }

    /// Whether null is another thing than leaving the parameter out: a script that gives it meant somebody.
    pub fn refuses_null(self) -> bool {
        matches!(self, Self::Domain | Self::Mailbox | Self::Secret)
    }
}

/// A field of the answer's data.
#[derive(Clone, Copy)]
pub struct Return {
    /// Its name in `data`; `data` itself where the payload is a single value.
    pub name: &'static str,
    pub meaning: &'static str,
}

/// A UAPI function in the same module that does the same, and what makes a call of one a call of the other.
pub struct Equivalent {
    pub func: &'static str,
    /// Pairs of (name here, name there), for parameters whose names differ.
    pub renamed: &'static [(&'static str, &'static str)],
    /// What the UAPI function is given beside the call's own parameters.
    pub added: &'static [(&'static str, Added)],
    /// Flags of this function that UAPI has as filters.
    pub filters: &'static [FlagFilter],
    /// How the answer is brought back.
    pub payload: Payload,
}

/// A parameter that only the UAPI function has.
#[derive(Clone, Copy)]
pub enum Added {
    Text(&'static str),
    /// The name of the account, where the call does not give the parameter.
    Account,
}

/// A flag that keeps the rows of which a column is above a number.
pub struct FlagFilter {
    pub flag: &'static str,
    pub column: &'static str,
    pub above: &'static str,
}

/// How a payload of UAPI becomes one of API 2.
pub enum Payload {
    /// The same rows, or the one row, with the fields that this function returns. Those named here are texts
    /// in API 2, also where UAPI has numbers.
    Rows(&'static [&'static str]),
    /// The success of an action: a row of always the same texts and numbers.
    Success(&'static [(&'static str, Value)]),
    /// The success of an action: always this text.
    Word(&'static str),
    /// A single value, which becomes a row under this name.
    Named(&'static str),
    /// The answer is another one and cannot be brought back; why.
    Other(&'static str),
}

/// A value that is always the same.
#[derive(Clone, Copy)]
pub enum Value {
    Text(&'static str),
    Int(i64),
}

/// What API 2's actions return in most cases.
pub const DONE: &[(&str, Value)] = &[("reason", Value::Text("")), ("result", Value::Int(1))];

impl Equivalent {
    /// A function with the same parameters.
    pub const fn new(func: &'static str, payload: Payload) -> Self {
        Self { func, renamed: &[], added: &[], filters: &[], payload }
    }

    /// A list or a row that is the same in both.
    pub const fn rows(func: &'static str) -> Self {
        Self::new(func, Payload::Rows(&[]))
    }

    /// The same work, whose answer is not brought back because API 1 prints its own.
    pub const fn printed(func: &'static str) -> Self {
        Self::new(func, Payload::Other("API 1 prints its answer"))
    }
}

impl Function {
    /// The fields that it returns, one by one.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.returns.iter().flat_map(|field| field.name.split(", "))
    }
}

impl Param {
    /// A parameter that must be given.
    pub const fn required(name: &'static str, kind: ParamKind, meaning: &'static str) -> Self {
        Self { name, required: true, kind, meaning }
    }

    /// A parameter that may be left out.
    pub const fn optional(name: &'static str, kind: ParamKind, meaning: &'static str) -> Self {
        Self { name, required: false, kind, meaning }
    }
}

impl Return {
    /// A field and what it means, half a line.
    pub const fn new(name: &'static str, meaning: &'static str) -> Self {
        Self { name, meaning }
    }
}
