//! Rooms import one way only, unsafe code lives in one of them, and files stay readable.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::common::repository;
use crate::imports::{Package, circles};

/// The packages.
pub(crate) const PACKAGES: [&str; 3] = ["src", "crates/core/src", "crates/programs/src"];

/// The floors of each folder of rooms, the ground first. A room is a folder or a file, without its `.rs`; it may use
/// the rooms of the floors below it, and on its own floor only itself.
const FLOORS: &[(&str, &[&[&str]])] = &[
    ("crates/core/src", &[&["base"], &["api"], &["store"], &["engine"], &["tags"]]),
    ("crates/programs/src", &[&["live"], &["server"], &["cli"], &["bin"]]),
    (
        "crates/core/src/engine",
        &[
            &["config", "wire", "batch"],
            &["contract", "answerer"],
            &["local", "remote", "socket", "fuzzing"],
            &["open"],
            &["client"],
            &["answer_list"],
        ],
    ),
    (
        "crates/core/src/engine/remote",
        &[
            &["transport"],
            &["session", "translate", "api2_support"],
            &["process_state"],
            &["server_link"],
            &["call", "routing"],
            &["server_queue"],
            &["scheduler"],
            &["fleet", "engine"],
        ],
    ),
    (
        "crates/programs/src/server",
        &[
            &["http", "origin", "host", "current", "passed_on"],
            &["auth"],
            &["own", "settings", "ops", "admin"],
            &["context", "shell", "openapi"],
            &["accept", "dispatch"],
            &["routes", "live"],
            &["pages"],
            &["app"],
            &["start"],
        ],
    ),
];

/// Longest file; a longer one needs splitting, or a reason at its top.
const MAX_LINES: usize = 500;

pub(crate) fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The room in `folder` that a file is in; nothing for files elsewhere, and for those that declare the rooms.
fn room_of<'p>(folder: &Path, file: &'p Path) -> Option<&'p str> {
    let step = file.strip_prefix(folder).ok()?.iter().next()?.to_str()?;
    let room = step.strip_suffix(".rs").unwrap_or(step);
    (!["mod", "lib"].contains(&room)).then_some(room)
}

#[test]
fn imports_go_down_only() {
    let mut checked = 0;
    for (folder, floors) in FLOORS {
        let floor = |room: &str| floors.iter().position(|floor| floor.contains(&room));
        let package = PACKAGES.iter().rev().find(|package| folder.starts_with(*package)).unwrap();
        let package = Package::read(&repository().join(package));
        let folder = repository().join(folder);
        let mut rooms = BTreeSet::new();
        for (file, others) in package.arrows() {
            let Some(room) = room_of(&folder, file) else { continue };
            let above = floor(room).unwrap_or_else(|| panic!("{} is on no floor", file.display()));
            rooms.insert(room);
            for other in others {
                let Some(used) = room_of(&folder, other).filter(|used| *used != room) else { continue };
                let below = floor(used).unwrap_or_else(|| panic!("{} is on no floor", other.display()));
                assert!(below < above, "{} imports {}, which is no lower", file.display(), other.display());
                checked += 1;
            }
        }
        let named = floors.iter().flat_map(|floor| floor.iter().copied()).collect::<BTreeSet<_>>();
        assert_eq!(rooms, named, "the rooms of {}", folder.display());
    }
    assert!(checked > 100, "only {checked} arrows seen: does this test still read them?");
}

#[test]
fn no_file_imports_itself_by_way_of_others() {
    for package in PACKAGES {
        let package = Package::read(&repository().join(package));
        let circles = circles(&package.arrows());
        assert!(circles.is_empty(), "files that import each other in a circle: {circles:#?}");
    }
}

/// The shared library is made of the core; what only programs need would make each page's process larger.
#[test]
fn the_core_has_no_dependency_that_only_programs_need() {
    let manifest = std::fs::read_to_string(repository().join("crates/core/Cargo.toml")).unwrap();
    let dependencies = manifest.split("\n[dev-dependencies]").next().unwrap();
    for name in [
        "bzip2",
        "clap",
        "flate2",
        "indicatif",
        "lru",
        "lzma-rust2",
        "rcgen",
        "ruzstd",
        "sd-",
        "signal-hook",
        "tar",
        "tokio-rustls",
        "yaml_serde",
    ] {
        assert!(!dependencies.contains(&format!("\n{name}")), "liveapi-core depends on {name}");
    }
    let features = PACKAGES.map(|src| repository().join(src)).into_iter().flat_map(|src| sources(&src));
    for path in features {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("cfg(feature"), "{}: a package says it better than a feature", path.display());
    }
}

/// Features that one package switches on in a dependency must not be what another one lives by.
#[test]
fn each_package_builds_alone() {
    let target = crate::common::built().join("alone");
    for package in ["liveapi-core", "liveapi-programs", "liveapi"] {
        let mut cargo = crate::common::cargo();
        cargo.args(["check", "--locked", "--quiet", "--package", package, "--target-dir"]).arg(&target);
        crate::common::must(cargo.current_dir(repository()));
    }
}

#[test]
fn unsafe_code_is_in_the_c_abi_only() {
    for package in &PACKAGES[1..] {
        let root = std::fs::read_to_string(repository().join(package).join("lib.rs")).unwrap();
        assert!(root.contains("#![forbid(unsafe_code)]"), "{package}");
    }
    let manifest = std::fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"deny\""));
}

#[test]
fn every_export_enters_the_guard() {
    let mut exports = 0;
    for path in sources(&repository().join("src")) {
        let text = std::fs::read_to_string(&path).unwrap();
        for function in text.split("#[unsafe(no_mangle)]").skip(1) {
            let body = &function[..function.find("\n}\n").unwrap()];
            assert!(
                body.contains("guard(") || body.contains("guard_call("),
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
    for path in PACKAGES.iter().flat_map(|src| sources(&repository().join(src))) {
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
