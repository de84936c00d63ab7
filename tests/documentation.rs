//! The documentation is true: its commands run, its snippets are the ones that are tested, its tables
//! come from the catalogue.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fmt::Write;
use std::path::Path;

use common::{Store, library, must, program, repository};
use liveapi::api::Family;
use liveapi::api::catalogue::{Answer, Function};
use liveapi::engine::local::functions;

fn read(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

/// The fenced blocks of one language.
fn blocks<'a>(markdown: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    markdown.split(&fence).skip(1).map(|rest| &rest[..rest.find("```").unwrap()]).collect()
}

#[test]
fn the_readmes_snippets_are_the_tested_ones() {
    let readme = read("README.md");
    for (language, file) in [
        ("php", "bindings/php/examples/passwdpop.php"),
        ("perl", "bindings/perl/examples/passwdpop.pl"),
        ("c", "bindings/c/passwdpop.c"),
    ] {
        let blocks = blocks(&readme, language);
        assert_eq!(blocks.len(), 1, "{language}");
        assert!(read(file).contains(blocks[0]), "{language}: {file} holds another snippet");
    }
}

#[test]
fn the_readmes_commands_run() {
    let store = Store::empty("read");
    let built = store.dir.join("built");
    std::fs::create_dir(&built).unwrap();
    let link = |from: &Path, name: &str| std::os::unix::fs::symlink(from, built.join(name)).unwrap();
    for name in ["cpapi2", "uapi", "whmapi1", "liveapi"] {
        link(&program(name), name);
    }
    link(&library(), "libliveapi.so");
    link(&library(), "libliveapi.so.1");
    let readme = read("README.md");
    let blocks = blocks(&readme, "sh");
    // The first holds make demo and make test, one of which runs this test. The rest is one session.
    assert_eq!(blocks[0], "make demo\nmake test\n");
    let session = blocks[1..].concat().replace("cargo build --release\n", "");
    let session = session.replace("$PWD/target/release", "$BUILT").replace("target/release", "$BUILT");
    let session =
        session.replace("-o passwdpop", "-o \"$HOME/passwdpop\"").replace("./passwdpop", "$HOME/passwdpop");
    let mut command = store.command("bash");
    command.args(["-euc", &session]).current_dir(repository()).env("BUILT", &built);
    command.env_remove("LIVEAPI_URL").env_remove("LIVEAPI_USER").env("HOME", &store.dir);
    let text = String::from_utf8(must(&mut command).stdout).unwrap();
    assert_eq!(
        text.matches("\nchanged\n").count() + text.matches("\nchanged\nchanged\n").count(),
        2,
        "{text}"
    );
    assert_eq!(text.matches("- reason: ''\n    result: 1").count(), 3, "{text}");
    assert_eq!(text.matches("\"data\":[{\"reason\":\"\",\"result\":1}]").count(), 1, "{text}");
    let url = format!("home://{}/mail-store", store.dir.display());
    let mut check = store.command(program("uapi"));
    check.env("LIVEAPI_URL", url).args([
        "--output=json",
        "Email",
        "verify_password",
        "email=user@example.com",
    ]);
    let answer = common::json(&check.arg("password=another%20password").output().unwrap());
    assert_eq!(answer["result"]["data"], 1, "{answer}");
}

#[test]
fn files_that_the_documentation_names_exist() {
    let readme = read("README.md");
    let targets = readme.split("](").skip(1).map(|rest| &rest[..rest.find(')').unwrap()]);
    let mut seen = 0;
    for target in targets {
        assert!(repository().join(target).exists(), "README.md names {target}");
        seen += 1;
    }
    assert!(seen > 5);
}

#[test]
fn every_promise_names_a_test_that_exists() {
    let promises = read("docs/promises.md");
    let mut kept = 0;
    let mut file = String::new();
    for row in promises.lines().filter(|line| line.starts_with("| ") && line.contains("`tests/")) {
        let keeper = row.split(" | ").nth(1).unwrap();
        for name in keeper.split('`').skip(1).step_by(2) {
            if name.contains('/') {
                file = read(name);
            } else {
                assert!(
                    file.contains(&format!("fn {name}()")) || file.contains(&format!("sub {name}")),
                    "{row}"
                );
                kept += 1;
            }
        }
    }
    assert!(kept > 15, "{kept}");
}

#[test]
fn the_page_on_c_is_true() {
    let page = read("docs/c.md");
    let [first, client] = blocks(&page, "c")[..] else { panic!("two programs") };
    let store = Store::with_account("docc");
    store.add_mailbox("user", "Start-Password-1");
    let programs = [
        ("first", first.to_owned()),
        (
            "second",
            format!("#include <stdio.h>\n#include <liveapi.h>\nint main(void) {{\n{client}return 0; }}\n"),
        ),
    ];
    for (name, text) in programs {
        let source = store.dir.join(format!("{name}.c"));
        std::fs::write(&source, text).unwrap();
        let output = must(&mut store.command(common::entrance::build_c(&store, source.to_str().unwrap())));
        assert!(String::from_utf8_lossy(&output.stdout).contains("\"event\":{\"result\":1}"), "{name}");
    }
    // Installing by these commands, and building by pkg-config, is tests/install.rs.
    for command in ["make install PREFIX=", "$(pkg-config --cflags --libs liveapi)", "PKG_CONFIG_PATH="] {
        assert!(blocks(&page, "sh").concat().contains(command), "{command}");
    }
}

/// The reference of all functions, from the catalogue.
fn reference() -> String {
    let mut text = String::from(
        "# Functions\n\nEvery function of the embedded engine. Generated from the catalogue in `src/engine/local`; \
         `LIVEAPI_WRITE_DOCS=1 cargo test --test documentation` rewrites it.\nA parameter in brackets may be left out.\n\n\
         Functions of API 2 and UAPI that are marked as lists also take cPanel's modifiers, in this order: filter \
         (`api2_filter=1 api2_filter_column=diskquota api2_filter_type=lt_handle_unlimited api2_filter_term=350`, several \
         with `_0`, `_1`, …), sort (`api2_sort=1 api2_sort_column=email api2_sort_method=numeric api2_sort_reverse=1`), \
         pages (`api2_paginate=1 api2_paginate_start=1 api2_paginate_size=10`, or `api2_paginate_page`) and columns \
         (`api2_columns=1 api2_columns_0=email`). In UAPI the names begin with `api.`: `api.filter=1`, `api.filter_column=…`.\n",
    );
    for (family, title) in [
        (Family::Api2, "cPanel API 2"),
        (Family::Uapi, "UAPI"),
        (Family::Api1, "cPanel API 1"),
        (Family::Whm, "WHM API 1"),
    ] {
        let _ = write!(
            text,
            "\n## {title}\n\n| function | does | parameters | returns | UAPI |\n| --- | --- | --- | --- | --- |\n"
        );
        for function in functions().filter(|function| function.family == family) {
            let _ = writeln!(text, "{}", row(function));
        }
    }
    text
}

fn row(function: &Function) -> String {
    let module = if function.module.is_empty() { String::new() } else { format!("{}::", function.module) };
    let param = |param: &liveapi::api::catalogue::Param| {
        let name = if param.required { format!("`{}`", param.name) } else { format!("[`{}`]", param.name) };
        format!("{name}: {}", param.meaning)
    };
    let params: Vec<_> = function.params.iter().map(param).collect();
    let returns: Vec<_> =
        function.returns.iter().map(|field| format!("`{}`: {}", field.name, field.meaning)).collect();
    let uapi = function.uapi.as_ref().map_or(String::new(), |uapi| format!("`{}`", uapi.func));
    let list = if function.answer == Answer::List { " (a list)" } else { "" };
    format!(
        "| `{module}{}` | {}{list} | {} | {} | {uapi} |",
        function.func,
        function.summary,
        params.join("<br>"),
        returns.join("<br>")
    )
}

#[test]
fn the_reference_of_functions_is_current() {
    let path = repository().join("docs/functions.md");
    if std::env::var_os("LIVEAPI_WRITE_DOCS").is_some() {
        std::fs::write(&path, reference()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == reference(),
        "docs/functions.md is stale; run LIVEAPI_WRITE_DOCS=1 cargo test --test documentation"
    );
}

#[test]
fn versions_agree() {
    let version = env!("CARGO_PKG_VERSION");
    for (file, text) in [
        ("CHANGELOG.md", format!("## {version}")),
        ("bindings/perl/lib/Cpanel/LiveAPI.pm", format!("our $VERSION = '{version}';")),
    ] {
        assert!(read(file).contains(&text), "{file} lacks {text}");
    }
    let revision = format!("libliveapi.so.{}", liveapi::ffi::LIVEAPI_ABI_REVISION);
    for file in [
        "bindings/php/cpanel.php",
        "bindings/perl/lib/Cpanel/LiveAPI/Library.pm",
        "README.md",
        "cbindgen.toml",
    ] {
        assert!(read(file).contains(&revision), "{file} lacks {revision}");
    }
}
