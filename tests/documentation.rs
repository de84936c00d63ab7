//! The documentation is true: its commands run, its snippets are the ones that are tested.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::path::Path;

use common::{PROGRAMS, Store, library, must, program, repository};

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
    for name in PROGRAMS {
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
