//! Calls to a server from C, PHP and Perl: connections are kept, and survive what servers and hosts do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;
#[path = "common/panel.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]
mod panel;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use common::entrance::build_c;
use common::{Store, repository};
use panel::{Panel, Reply, Seen};

/// Sends the address back that it was called with, so that an answer meant for another caller is seen.
fn echo(seen: &Seen) -> Reply {
    let email = seen.field("email").unwrap_or_default();
    Reply::Text(format!(
        r#"{{"cpanelresult":{{"apiversion":2,"func":"passwdpop","data":[{{"result":1,"reason":"","echo":"{email}"}}],"event":{{"result":1}},"module":"Email"}}}}"#
    ))
}

/// How the three hosts run.
fn hosts(store: &Store) -> [(&'static str, Vec<PathBuf>); 3] {
    let script = |path: &str| repository().join(path);
    [
        ("C", vec![build_c(store, "tests/c/remote.c")]),
        ("PHP", vec!["php".into(), script("tests/php/remote.php")]),
        ("Perl", vec!["perl".into(), script("tests/perl/remote.pl")]),
    ]
}

/// Runs a host and wants its every call right, without another thread.
fn run(panel: &Panel, words: &[PathBuf], mode: &str, count: usize) {
    let output =
        panel.command(&words[0]).args(&words[1..]).arg(mode).arg(count.to_string()).output().unwrap();
    let (printed, errors) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(printed, "0 wrong, 1 threads\n", "{words:?} {mode}: {} {errors}", output.status);
    assert!(output.status.success(), "{words:?} {mode}: {}", output.status);
}

/// Who called on each connection.
fn callers(panel: &Panel) -> BTreeMap<usize, BTreeSet<String>> {
    let mut callers: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for seen in panel.seen() {
        callers.entry(seen.connection).or_default().insert(seen.field("email").unwrap().to_owned());
    }
    callers
}

#[test]
fn calls_share_one_connection() {
    let store = Store::empty("rhreu");
    std::fs::create_dir_all(&store.dir).unwrap();
    for (name, words) in hosts(&store) {
        let panel = Panel::start(&format!("rhre{name}"), echo);
        run(&panel, &words, "reuse", 50);
        assert_eq!(panel.connections(), 1, "{name}: {} requests", panel.seen().len());
    }
}

#[test]
fn a_server_that_closes_between_two_calls_fails_none_and_kills_nobody() {
    let store = Store::empty("rhidl");
    for (name, words) in hosts(&store) {
        if name == "PHP" {
            // PHP ignores SIGPIPE; C and Perl die of it.
            continue;
        }
        let panel = Panel::start(&format!("rhid{name}"), |seen| Reply::Last(Box::new(echo(seen))));
        run(&panel, &words, "idle", 12);
        assert_eq!((panel.connections(), panel.seen().len()), (12, 12), "{name}");
    }
}

#[test]
fn a_server_that_closes_at_once_fails_no_harmless_call() {
    let store = Store::empty("rhcls");
    for (name, words) in hosts(&store) {
        let panel = Panel::start(&format!("rhcl{name}"), |seen| Reply::Last(Box::new(echo(seen))));
        run(&panel, &words, "reuse", 12);
    }
}

#[test]
fn forked_children_have_connections_of_their_own() {
    let store = Store::empty("rhfrk");
    for (name, words) in hosts(&store) {
        for (mode, parents) in [("fork", 1), ("forkfirst", 1), ("rawfork", 1)] {
            if mode == "rawfork" && name != "C" {
                continue;
            }
            let panel = Panel::start(&format!("rhf{mode}{name}"), echo);
            run(&panel, &words, mode, 50);
            let callers = callers(&panel);
            assert!(callers.values().all(|names| names.len() == 1), "{name} {mode}: {callers:?}");
            assert_eq!(
                (callers.len(), panel.connections()),
                (parents + 4, parents + 4),
                "{name} {mode}: {callers:?}"
            );
        }
    }
}

#[test]
fn threads_call_at_once() {
    let store = Store::empty("rhthr");
    let program = build_c(&store, "tests/c/remote.c");
    let panel = Panel::start("rhthp", echo);
    run(&panel, &[program], "threads", 50);
    assert!(panel.connections() <= 8, "{}", panel.connections());
    assert_eq!(panel.seen().len(), 8 * 50);
}
