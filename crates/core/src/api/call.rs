//! A call, as every door makes it: family, module, function, arguments.

use super::Args;

/// cPanel's API families. They differ in the shape of arguments and answers, not in the work done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// cPanel API 1: positional arguments, printed text as the answer.
    Api1,
    /// cPanel API 2: named arguments, `cpanelresult` as the answer.
    Api2,
    /// UAPI: named arguments, `result` with `status`, `errors` and `data`.
    Uapi,
    /// WHM API 1: server administration, `metadata` and `data`; it has no modules.
    Whm,
    /// WHM API 0: the same functions in an older shape.
    Whm0,
}

impl Family {
    /// The family that cPanel's version of an API means: `1`, `2`, and `3` or `uapi`.
    pub fn of_version(version: &str) -> Option<Self> {
        match version {
            "1" => Some(Self::Api1),
            "2" => Some(Self::Api2),
            "3" | "uapi" => Some(Self::Uapi),
            _ => None,
        }
    }
}

/// One call on its way to an engine. Nothing behind a door sees C strings, HTTP or argv.
pub struct Call<'a> {
    /// The API family that was spoken.
    pub family: Family,
    /// Module, case-sensitive, e.g. `Email`; empty for WHM.
    pub module: &'a str,
    /// Function, case-sensitive, e.g. `passwdpop`.
    pub func: &'a str,
    pub args: Args<'a>,
}
