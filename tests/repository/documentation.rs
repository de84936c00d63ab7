//! The documentation is true: its commands run, its snippets are the ones that are tested.

use std::path::Path;

use crate::common::{PROGRAMS, Store, json, library, must, program, repository};

pub(crate) fn read(path: &str) -> String {
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
    // The first block holds make demo and make test, one of which runs this test. The rest is one session.
    let readme = read("README.md");
    let blocks = blocks(&readme, "sh");
    assert_eq!(blocks[0], "make demo\nmake test\n");
    let text = session(&store, &blocks[1..].concat());
    assert_eq!(
        text.matches("\nchanged\n").count() + text.matches("\nchanged\nchanged\n").count(),
        2,
        "{text}"
    );
    assert_eq!(text.matches("- reason: ''\n    result: 1").count(), 3, "{text}");
    assert_eq!(text.matches("\"data\":[{\"reason\":\"\",\"result\":1}]").count(), 1, "{text}");
    assert!(opens(&store, "another password"), "{text}");
}

#[test]
fn the_first_calls_run() {
    let store = Store::empty("docfirst");
    let page = read("docs/start/first-call.md");
    let text = session(&store, &blocks(&page, "sh").concat());
    assert_eq!(text.matches("changed\n").count(), 2, "{text}");
    assert!(text.contains("  data: 1\n") && opens(&store, "12345luggage"), "{text}");
}

/// Commands of a page, in the repository, with the programs as they are built for tests; what they print.
fn session(store: &Store, commands: &str) -> String {
    let built = store.dir.join("built");
    std::fs::create_dir_all(&built).unwrap();
    let link = |from: &Path, name: &str| std::os::unix::fs::symlink(from, built.join(name)).unwrap();
    for name in PROGRAMS {
        link(&program(name), name);
    }
    link(&library(), "libliveapi.so");
    link(&library(), "libliveapi.so.1");
    let session = commands.replace("make build\n", "");
    let session = session.replace("$PWD/target/release", "$BUILT").replace("target/release", "$BUILT");
    let session =
        session.replace("-o passwdpop", "-o \"$HOME/passwdpop\"").replace("./passwdpop", "$HOME/passwdpop");
    let mut command = store.command("bash");
    command.args(["-euc", &session]).current_dir(repository()).env("BUILT", &built);
    let path = format!("{}:{}", built.display(), std::env::var("PATH").unwrap());
    command.env_remove("LIVEAPI_URL").env_remove("LIVEAPI_USER").env("HOME", &store.dir).env("PATH", path);
    String::from_utf8(must(&mut command).stdout).unwrap()
}

/// Whether the mailbox that pages make has that password.
fn opens(store: &Store, password: &str) -> bool {
    let mut check = store.command(program("uapi"));
    check.env("LIVEAPI_URL", format!("home://{}/mail-store", store.dir.display()));
    check.args(["--output=json", "Email", "verify_password", "email=user@example.com"]);
    let answer = json(&check.arg(crate::common::arg("password", password)).output().unwrap());
    answer["result"]["data"] == 1
}

#[test]
fn every_promise_names_a_test_that_exists() {
    for (page, least) in [("docs/why/promises.md", 15), ("docs/development/threat-model.md", 25)] {
        let kept = named_tests(page);
        assert!(kept > least, "{page}: {kept}");
    }
}

/// How many tests the table of a page names; every one must be in the file before it.
fn named_tests(page: &str) -> usize {
    let text = read(page);
    let (mut kept, mut file) = (0, String::new());
    let is_promise = |line: &&str| line.starts_with("| ") && line.contains(".rs`");
    for row in text.lines().filter(is_promise) {
        let keeper = row.split(" | ").nth(1).unwrap();
        for name in keeper.split('`').skip(1).step_by(2) {
            if name.contains('/') {
                file = read(name);
            } else {
                assert!(
                    file.contains(&format!("fn {name}()")) || file.contains(&format!("sub {name}")),
                    "{page}: {row}"
                );
                kept += 1;
            }
        }
    }
    kept
}

#[test]
fn the_page_on_c_is_true() {
    let page = read("docs/guides/c.md");
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
        let output =
            must(&mut store.command(crate::common::entrance::build_c(&store, source.to_str().unwrap())));
        assert!(String::from_utf8_lossy(&output.stdout).contains("\"event\":{\"result\":1}"), "{name}");
    }
    // Installing by these commands, and building by pkg-config, is tests/host/install.rs.
    for command in ["make install PREFIX=", "$(pkg-config --cflags --libs liveapi)", "PKG_CONFIG_PATH="] {
        assert!(blocks(&page, "sh").concat().contains(command), "{command}");
    }
}

#[test]
fn the_page_on_batches_is_true() {
    let page = read("docs/guides/batch.md");
    let store = Store::with_account("docb");
    let mut command = store.command("bash");
    let programs = program("cpapi2").parent().unwrap().display().to_string();
    command.args(["-euc", blocks(&page, "sh")[0]]).current_dir(&store.dir);
    command.env("PATH", format!("{programs}:{}", std::env::var("PATH").unwrap()));
    must(&mut command);
    let results = std::fs::read_to_string(store.dir.join("calls.results")).unwrap();
    assert_eq!(results.matches("\"status\":\"done\"").count(), 3, "{results}");
    assert!(
        results.contains("{\"item\":3,\"id\":\"afterwards\",") && results.contains("ben@example.com"),
        "{results}"
    );
    // The examples' own calls; tests/host/batch.rs runs them.
    for (language, file) in
        [("php", "bindings/php/examples/batch.php"), ("perl", "bindings/perl/examples/batch.pl")]
    {
        let call = blocks(&page, language)[0].trim();
        let call = &call[call.find("batch(").unwrap()..call.find(',').unwrap()];
        assert!(read(file).contains(call), "{file} lacks {call}");
    }
    let row: serde_json::Value = serde_json::from_str(blocks(&page, "json")[0]).unwrap();
    assert_eq!(row["status"], "done");
}

#[test]
fn the_page_on_servers_is_true() {
    let store = Store::empty("docs");
    std::fs::create_dir_all(&store.dir).unwrap();
    let page = read("docs/guides/servers.md");
    let table = blocks(&page, "toml")[0].replace("/etc/liveapi", &store.dir.display().to_string());
    let path = store.dir.join("liveapi.toml");
    std::fs::write(&path, table).unwrap();
    for name in ["web1.token", "web2.token"] {
        let path = store.dir.join(name);
        std::fs::write(&path, "S3CRETS3CRETS3CRETS3CRETS3CRETAA").unwrap();
        must(std::process::Command::new("chmod").arg("600").arg(path));
    }
    let mut command = store.command(program("liveapi"));
    command.env_remove("LIVEAPI_URL").env("LIVEAPI_CONFIG", &path);
    let shown = String::from_utf8(must(command.args(["config", "show"])).stdout).unwrap();
    for line in [
        "servers.web1.url   whm://root@web1.example.com",
        "servers.web2.timeout 20",
        "servers_cache_seconds 300",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    // A call gets as far as to ask these servers, whose names have no address.
    let mut command = store.command(program("cpapi2"));
    command.env_remove("LIVEAPI_URL").env("LIVEAPI_CONFIG", &path).args([
        "--output=json",
        "Email",
        "listpops",
    ]);
    std::fs::write(store.dir.join("own-authority.pem"), "no certificate").unwrap();
    let why = json(&command.arg("domain=a.example").output().unwrap()).to_string();
    assert!(
        why.contains("2 could not be asked") && why.contains("web1: ") && why.contains("own-authority.pem"),
        "{why}"
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
    let source = read("src/version.rs");
    let (_, constant) = source.split_once("LIVEAPI_ABI_REVISION: c_int = ").unwrap();
    let revision = format!("libliveapi.so.{}", &constant[..constant.find(';').unwrap()]);
    for file in [
        "bindings/php/cpanel.php",
        "bindings/perl/lib/Cpanel/LiveAPI/Library.pm",
        "README.md",
        "cbindgen.toml",
    ] {
        assert!(read(file).contains(&revision), "{file} lacks {revision}");
    }
}
