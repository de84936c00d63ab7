//! The reference of functions: a page for each module, written from the catalogue.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::common::repository;
use liveapi_core::api::Family;
use liveapi_core::api::catalogue::{Answer, Function, Param};
use liveapi_programs::server::own::functions;

/// The families in the order of a page.
const FAMILIES: [(Family, &str); 4] = [
    (Family::Api2, "cPanel API 2"),
    (Family::Uapi, "UAPI"),
    (Family::Api1, "cPanel API 1"),
    (Family::Whm, "WHM API 1 (and, in its older shape, WHM API 0)"),
];

const INTRODUCTION: &str = "\
# Functions

Every function of the embedded engine and of the daemon, a page for each module. Generated from their one catalogue \
(`crates/programs/src/server/own`); `LIVEAPI_WRITE_DOCS=1 cargo test -p liveapi-programs --test functions reference` \
rewrites the pages.

| page | functions |
| --- | --- |
";

const MODIFIERS: &str = "
## Lists

Functions of API 2 and UAPI that are marked as lists also take cPanel's modifiers, in this order:

| modifier | API 2 |
| --- | --- |
| filter | `api2_filter=1 api2_filter_column=diskquota api2_filter_type=lt_handle_unlimited api2_filter_term=350`, several with `_0`, `_1`, … |
| sort | `api2_sort=1 api2_sort_column=email api2_sort_method=numeric api2_sort_reverse=1` |
| pages | `api2_paginate=1 api2_paginate_start=1 api2_paginate_size=10`, or `api2_paginate_page` |
| columns | `api2_columns=1 api2_columns_0=email` |

In UAPI the names begin with `api.`: `api.filter=1`, `api.filter_column=…`.
";

/// The pages by their file names.
fn pages() -> BTreeMap<String, String> {
    let mut modules: Vec<&str> = functions().map(|function| function.module).collect();
    modules.sort_unstable();
    modules.dedup();
    let mut index = INTRODUCTION.to_owned();
    let mut pages = BTreeMap::new();
    for module in modules {
        let name = if module.is_empty() { "WHM" } else { module };
        let of_module = || functions().filter(|function| function.module == module);
        let done = of_module().filter(|function| !is_refused(function)).count();
        let refused = of_module().count() - done;
        let refused =
            if refused > 0 { format!("{done}, and {refused} that are not done") } else { done.to_string() };
        let _ = writeln!(index, "| [{name}]({name}.md) | {refused} |");
        pages.insert(format!("{name}.md"), page(module, name));
    }
    pages.insert("README.md".to_owned(), index + MODIFIERS);
    pages
}

/// Functions that only say that they are not done here have no fields to describe.
fn is_refused(function: &Function) -> bool {
    function.params.is_empty() && function.returns.is_empty()
}

fn page(module: &str, name: &str) -> String {
    let mut text = format!(
        "# {name}\n\nGenerated from the catalogue; see [the index](README.md). A parameter in brackets may be left out.\n"
    );
    for (family, title) in FAMILIES {
        let of_family =
            || functions().filter(|function| function.module == module && function.family == family);
        if of_family().next().is_none() {
            continue;
        }
        let _ = write!(
            text,
            "\n## {title}\n\n| function | does | parameters | returns | UAPI |\n| --- | --- | --- | --- | --- |\n"
        );
        for function in of_family().filter(|function| !is_refused(function)) {
            let _ = writeln!(text, "{}", row(function));
        }
        let refused: Vec<_> = of_family()
            .filter(|function| is_refused(function))
            .map(|function| format!("`{}` ({})", function.func, function.summary))
            .collect();
        if !refused.is_empty() {
            let _ = write!(text, "\nRefused, because this store does not do it: {}.\n", refused.join(", "));
        }
    }
    text
}

fn row(function: &Function) -> String {
    let param = |param: &Param| {
        let name = if param.required { format!("`{}`", param.name) } else { format!("[`{}`]", param.name) };
        format!("{name}: {}", param.meaning)
    };
    let params: Vec<_> = function.params.iter().map(param).collect();
    let returns: Vec<_> =
        function.returns.iter().map(|field| format!("`{}`: {}", field.name, field.meaning)).collect();
    let uapi = function.uapi.as_ref().map_or(String::new(), |uapi| format!("`{}`", uapi.func));
    let list = if function.answer == Answer::List { " (a list)" } else { "" };
    format!(
        "| `{}` | {}{list} | {} | {} | {uapi} |",
        function.func,
        function.summary,
        params.join("<br>"),
        returns.join("<br>")
    )
}

#[test]
fn the_reference_of_functions_is_current() {
    let folder = repository().join("docs/reference/functions");
    let pages = pages();
    if std::env::var_os("LIVEAPI_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in &pages {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    let entries =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<String> = entries.collect();
    found.sort_unstable();
    assert_eq!(found, pages.keys().cloned().collect::<Vec<_>>(), "pages that are missing or of no module");
    for (name, text) in &pages {
        let committed = std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(
            committed == *text,
            "docs/reference/functions/{name} is stale; run LIVEAPI_WRITE_DOCS=1 cargo test -p liveapi-programs --test functions reference"
        );
    }
}
