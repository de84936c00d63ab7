//! Rooms import one way only, unsafe code lives in one of them, and files stay readable.

use std::path::{Path, PathBuf};

use crate::common::repository;

/// Which rooms a room may use. The doors (ffi, cli, server) do not see each other.
const MAY_USE: [(&str, &[&str]); 9] = [
    ("api", &["api"]),
    ("store", &["store", "api"]),
    ("engine", &["engine", "store", "api"]),
    ("tags", &["tags", "engine", "store", "api"]),
    ("live", &["live", "tags", "engine", "store", "api"]),
    ("ffi", &["ffi", "tags", "engine", "store", "api"]),
    ("cli", &["cli", "live", "tags", "engine", "store", "api"]),
    ("server", &["server", "live", "tags", "engine", "store", "api"]),
    ("bin", &["cli", "server"]),
];

/// Longest file; a longer one needs splitting, or a reason at its top.
const MAX_LINES: usize = 500;

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
    found
}

/// The rooms that a file names, in `use crate::…` and in paths. The programs say `liveapi::…`; elsewhere
/// that is a module of that name.
fn used<'t>(room: &str, text: &'t str) -> Vec<&'t str> {
    let end_of_word = |rest: &str| rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
    let uses = text.match_indices(if room == "bin" { "liveapi::" } else { "crate::" });
    uses.map(|(at, found)| &text[at + found.len()..]).map(|rest| &rest[..end_of_word(rest)]).collect()
}

#[test]
fn imports_go_one_way() {
    let src = repository().join("src");
    let mut checked = 0;
    for (room, allowed) in MAY_USE {
        for path in sources(&src.join(room)) {
            let text = std::fs::read_to_string(&path).unwrap();
            for other in used(room, &text) {
                assert!(
                    allowed.contains(&other),
                    "{} uses {other}; {room} may use {allowed:?}",
                    path.display()
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 50, "only {checked} uses seen: does this test still read them?");
    let rooms: Vec<_> = MAY_USE.iter().map(|(room, _)| src.join(room)).collect();
    for path in sources(&src) {
        assert!(
            path.ends_with("lib.rs") || rooms.iter().any(|room| path.starts_with(room)),
            "{} is in no room",
            path.display()
        );
    }
}

#[test]
fn unsafe_code_is_in_ffi_only() {
    for path in sources(&repository().join("src")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let allowed = path.starts_with(repository().join("src/ffi"));
        assert!(allowed || !text.contains("allow(unsafe_code"), "{} allows unsafe code", path.display());
    }
    let manifest = std::fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"deny\""));
}

#[test]
fn every_export_enters_the_guard() {
    let mut exports = 0;
    for path in sources(&repository().join("src/ffi")) {
        let text = std::fs::read_to_string(&path).unwrap();
        for function in text.split("#[unsafe(no_mangle)]").skip(1) {
            let body = &function[..function.find("\n}\n").unwrap()];
            assert!(
                body.contains("guard("),
                "{}: {}",
                path.display(),
                body.lines().nth(1).unwrap_or_default()
            );
            exports += 1;
        }
    }
    assert!(exports >= 12, "only {exports} exports seen");
}

#[test]
fn files_stay_readable() {
    for path in sources(&repository().join("src")) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= MAX_LINES, "{}: {lines} lines", path.display());
    }
}

#[test]
fn no_openssl_and_no_second_provider_in_the_graph() {
    let lock = std::fs::read_to_string(repository().join("Cargo.lock")).unwrap();
    for unwanted in ["openssl", "openssl-sys", "native-tls", "aws-lc-rs", "aws-lc-sys"] {
        assert!(!lock.contains(&format!("name = \"{unwanted}\"")), "{unwanted} is in the dependency graph");
    }
}
