//! Nothing of ours leaks, in C, PHP and Perl: valgrind looks at each block, and 100,000 calls at the whole.

use std::path::PathBuf;
use std::process::Command;

use crate::common::entrance::{build_c, build_c_example, feed};
use crate::common::{Store, must, repository};

/// Growth in kB that the allocator's own habits may cause; one leaked answer a call would be 15,000.
const FLAT_KB: i64 = 512;

fn prepared(name: &str) -> Store {
    let store = Store::with_account(name);
    store.add_mailbox("user", "Start-Password-1");
    store
}

/// How the three hosts run a script with arguments.
fn hosts(store: &Store) -> [(&'static str, Vec<PathBuf>); 3] {
    let flat = |path: &str| repository().join(path);
    [
        ("C", vec![build_c(store, "tests/c/flat.c")]),
        ("PHP", vec!["php".into(), flat("tests/php/flat.php")]),
        ("Perl", vec!["perl".into(), flat("tests/perl/flat.pl")]),
    ]
}

#[test]
fn a_hundred_thousand_calls_stay_flat() {
    let store = prepared("flat");
    for (name, words) in hosts(&store) {
        let output = must(store.command(&words[0]).args(&words[1..]).arg("100000"));
        let growth: i64 = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
        assert!(growth < FLAT_KB, "{name} grew by {growth} kB");
    }
}

/// Runs a command under valgrind and returns the records of lost memory and of wrong accesses in which
/// our library has a part; the interpreters' own are not ours to judge.
fn ours(command: &mut Command, log: &std::path::Path, input: &[u8]) -> Vec<String> {
    feed(command, input);
    let text = std::fs::read_to_string(log).unwrap();
    let body: Vec<&str> =
        text.lines().map(|line| line.split_once("== ").map_or("", |(_, rest)| rest)).collect();
    assert!(
        body.iter().any(|line| line.contains("in use at exit") || line.contains("LEAK SUMMARY")),
        "valgrind did not finish: {text}"
    );
    let body = body.join("\n");
    let bad = ["definitely lost in", "Invalid read", "Invalid write", "Invalid free", "uninitialised"];
    let involved = |record: &&str| {
        bad.iter().any(|word| record.contains(word))
            && (record.contains("liveapi") || record.contains("rust"))
    };
    body.split("\n\n").filter(involved).map(str::to_owned).collect()
}

fn valgrind(store: &Store, log: &std::path::Path) -> Command {
    let mut command = store.command("valgrind");
    command.args(["--leak-check=full", "--show-leak-kinds=definite", "--num-callers=40"]);
    command
        .arg(format!("--log-file={}", log.display()))
        .env("USE_ZEND_ALLOC", "0")
        .env("PERL_DESTRUCT_LEVEL", "2");
    command
}

#[test]
fn valgrind_finds_no_leak_of_ours() {
    let store = prepared("valg");
    let log = store.dir.join("valgrind.log");
    let example = build_c_example(&store);
    let records =
        ours(valgrind(&store, &log).arg(&example).arg("user@example.com"), &log, b"Valgrind-Password-1");
    assert!(records.is_empty(), "C, a change: {records:#?}");
    for (name, words) in hosts(&store) {
        let records = ours(valgrind(&store, &log).args(&words).arg("50"), &log, b"");
        assert!(records.is_empty(), "{name}: {records:#?}");
    }
    for (name, interpreter, script) in [
        ("PHP", "php", "bindings/php/examples/passwdpop.php"),
        ("Perl", "perl", "bindings/perl/examples/passwdpop.pl"),
    ] {
        let records = ours(valgrind(&store, &log).arg(interpreter).arg(repository().join(script)), &log, b"");
        assert!(records.is_empty(), "{name}, a change: {records:#?}");
    }
}

#[test]
fn valgrind_would_find_one() {
    let store = prepared("vleak");
    let log = store.dir.join("valgrind.log");
    let source = store.dir.join("leak.c");
    std::fs::write(
        &source,
        "#include <liveapi.h>\nint main(void) { return api2(\"Test\", \"test\", \"{}\") == 0; }\n",
    )
    .unwrap();
    let leaky = build_c(&store, source.to_str().unwrap());
    let records = ours(valgrind(&store, &log).arg(leaky), &log, b"");
    assert_eq!(records.len(), 1, "a leak on purpose: {records:#?}");
}
