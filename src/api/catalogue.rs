//! The types of the function catalogue: what is known about one cPanel function.
//!
//! Dispatch, refusals of missing parameters, `--help` and the reference in `docs/functions`
//! all come from one [`Function`], so that they cannot drift apart.

use super::Family;

/// One function of one family.
pub struct Function {
    /// The family it belongs to.
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

/// One parameter.
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// Whether a call without it (or with an empty or null value) is refused by name.
    pub required: bool,
    /// What kind of value it takes.
    pub kind: Kind,
    /// Its meaning, half a line.
    pub meaning: &'static str,
}

/// What a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A domain of the account.
    Domain,
    /// A mailbox: local part or full address.
    Mailbox,
    /// A password; never shown, never logged.
    Secret,
    /// A quota in mebibytes; 0 or `unlimited` for none.
    Mebibytes,
    /// 1 or 0.
    Flag,
    /// Any other text.
    Text,
}

/// One field of the answer.
#[derive(Clone, Copy)]
pub struct Return {
    /// Its name in `data`; `data` itself where the payload is a single value.
    pub name: &'static str,
    /// Its meaning.
    pub meaning: &'static str,
}

/// A UAPI function in the same module, and how an older family's parameters map to it.
pub struct Equivalent {
    /// The UAPI function's name.
    pub func: &'static str,
    /// Pairs of (name here, name there), for those that differ.
    pub renamed: &'static [(&'static str, &'static str)],
}

impl Param {
    /// A parameter that must be given.
    pub const fn required(name: &'static str, kind: Kind, meaning: &'static str) -> Self {
        Self { name, required: true, kind, meaning }
    }

    /// A parameter that may be left out.
    pub const fn optional(name: &'static str, kind: Kind, meaning: &'static str) -> Self {
        Self { name, required: false, kind, meaning }
    }
}

impl Return {
    /// A field and its meaning.
    pub const fn new(name: &'static str, meaning: &'static str) -> Self {
        Self { name, meaning }
    }
}
