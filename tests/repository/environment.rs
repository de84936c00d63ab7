//! One file reads the environment: it knows when it counts for nothing.

use std::path::Path;

use crate::common::repository;
use crate::rooms::{PACKAGES, sources};

/// The one that does.
const READER: &str = "crates/core/src/base/environment.rs";
/// How the standard library and C are asked for variables, and for folders that they choose by variables. Arguments,
/// the present folder and what the compiler was told are no environment.
const ASKING: [&str; 7] = ["var(", "var_os", "vars(", "vars_os", "temp_dir", "home_dir", "getenv"];

/// The code of a file without its tests, which stand at its end, and without comments.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// What of a code asks for the environment: `std::env::…`, also imported one by one.
fn asks(code: &str) -> Vec<&str> {
    let mut asked: Vec<&str> = ASKING
        .into_iter()
        .filter(|call| {
            code.contains(&format!("env::{call}")) || call.starts_with("getenv") && code.contains(*call)
        })
        .collect();
    if code.contains("env::{")
        || code.contains("env::*")
        || code.contains("env::var;")
        || code.contains("env::var as")
    {
        asked.push("use std::env::…");
    }
    asked
}

#[test]
fn only_one_file_reads_the_environment() {
    let root = repository();
    assert_eq!(asks(&code(&root.join(READER))), ["var_os", "vars_os"]);
    for path in PACKAGES.iter().flat_map(|package| sources(&root.join(package))) {
        if path != root.join(READER) {
            let code = code(&path);
            let asked = asks(&code);
            assert!(
                asked.is_empty(),
                "{}: {asked:?}; liveapi_core::base::environment knows when variables count for nothing",
                path.display()
            );
        }
    }
}

#[test]
fn every_way_of_asking_is_seen() {
    for code in [
        "std::env::var(name)",
        "env::vars_os()",
        "use std::env::{self, var};",
        "use std::env::var;",
        "std::env::temp_dir()",
        "libc::getenv(name)",
        "libc::secure_getenv(name)",
    ] {
        assert!(!asks(code).is_empty(), "{code}");
    }
    assert!(asks("std::env::args_os(); env!(\"CARGO_PKG_VERSION\"); use std::env::current_exe;").is_empty());
}
