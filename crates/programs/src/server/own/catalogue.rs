//! Everything that the daemon answers: what the embedded engine does, and the daemon's own functions.

use super::{session_function, tokens};
use liveapi_core::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use liveapi_core::api::{Data, Done, Family, Field, Row};
use liveapi_core::engine::local;

/// WHM's functions that only pass a call on: they are taken apart before anybody is asked.
const PASSED_ON: [&Function; 2] = [
    &Function {
        family: Family::Whm,
        module: "",
        func: "cpanel",
        summary: "calls a function of API 1, API 2 or UAPI for an account",
        answer: Answer::Single,
        params: &[
            Param::required("cpanel_jsonapi_module", ParamKind::Text, "the module"),
            Param::required("cpanel_jsonapi_func", ParamKind::Text, "the function"),
            Param::optional("cpanel_jsonapi_user", ParamKind::Text, "the account (also: user)"),
            Param::optional("cpanel_jsonapi_apiversion", ParamKind::Text, "1, 2 (the default) or 3 for UAPI"),
        ],
        returns: &[Return::new(
            "cpanelresult",
            "the answer, in the shape of its API; all other parameters are the function's",
        )],
        uapi: None,
    },
    &Function {
        family: Family::Whm,
        module: "",
        func: "uapi_cpanel",
        summary: "calls a function of UAPI for an account",
        answer: Answer::Single,
        params: &[
            Param::required("cpanel.module", ParamKind::Text, "the module"),
            Param::required("cpanel.function", ParamKind::Text, "the function"),
            Param::required("cpanel.user", ParamKind::Text, "the account"),
        ],
        returns: &[Return::new("uapi", "the answer; all other parameters are the function's")],
        uapi: None,
    },
];

static APPLIST: Function = Function {
    family: Family::Whm,
    module: "",
    func: "applist",
    summary: "lists the names of WHM's functions that there are",
    answer: Answer::Single,
    params: &[],
    returns: &[Return::new("app", "a list of names")],
    uapi: None,
};

/// What is known about all functions, for help, completions, the API Shell and documentation. The daemon and the
/// programs of the command line answer the same ones.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    let own = [&session_function::FUNCTION, &APPLIST];
    local::functions().chain(tokens::functions()).chain(own).chain(PASSED_ON)
}

/// The answer to `applist`.
pub(super) fn applist() -> Done {
    let whm = functions().filter(|function| function.family == Family::Whm);
    let mut names: Vec<_> = whm.map(|function| function.func.to_owned()).collect();
    names.sort_unstable();
    Done::with(Data::Object(Row(vec![("app", Field::Texts(names))])))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_function_stands_once() {
        let mut seen = HashSet::new();
        for function in functions() {
            let name = format!("{:?} {}::{}", function.family, function.module, function.func);
            assert!(seen.insert(name.clone()), "{name} stands twice");
        }
    }
}
