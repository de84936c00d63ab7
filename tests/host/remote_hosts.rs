//! Calls to a server from C, PHP and Perl: connections are kept, and survive what servers and hosts do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use crate::common::entrance::{build_c, feed};
use crate::common::{Store, must, program, repository};
use crate::panel::{Panel, Reply, Seen};

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
        assert_eq!(
            panel.handshakes(),
            (1, 11),
            "{name}: later connections are secured by the first one's ticket"
        );
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
        // Children go on with what they inherited, or have nothing yet, or release it and begin anew; each
        // is the last one's child; and a fork of which no library hears.
        for mode in ["fork", "forkfirst", "forkdrop", "chain", "rawfork"] {
            if mode == "rawfork" && name != "C" {
                continue;
            }
            let panel = Panel::start(&format!("rhf{mode}{name}"), echo);
            run(&panel, &words, mode, 50);
            let callers = callers(&panel);
            assert!(callers.values().all(|names| names.len() == 1), "{name} {mode}: {callers:?}");
            // The parent's is the one that it had before, where it had one.
            assert_eq!((callers.len(), panel.connections()), (5, 5), "{name} {mode}: {callers:?}");
            assert_eq!(panel.handshakes(), (5, 0), "{name} {mode}: no child uses its parent's tickets");
        }
    }
}

#[test]
fn children_of_a_busy_process() {
    let store = Store::empty("rhbus");
    let program = build_c(&store, "tests/c/remote.c");
    let panel = Panel::start("rhbup", echo);
    run(&panel, &[program], "busyfork", 400);
    let of_children: Vec<_> = callers(&panel)
        .into_values()
        .filter(|names| names.iter().any(|name| name.starts_with("child")))
        .collect();
    assert_eq!(of_children.len(), 400);
    assert!(of_children.iter().all(|names| names.len() == 1), "{of_children:?}");
}

#[test]
fn threads_call_at_once() {
    let store = Store::empty("rhthr");
    for (name, words) in hosts(&store) {
        if name == "PHP" {
            // Debian's has no threads.
            continue;
        }
        let panel = Panel::start(&format!("rhth{name}"), echo);
        run(&panel, &words, "threads", 50);
        assert!(panel.connections() <= 8, "{name}: {}", panel.connections());
        assert_eq!(panel.seen().len(), 8 * 50, "{name}");
    }
}

#[test]
fn each_failure_has_its_number() {
    let store = Store::empty("rhcod");
    let program = build_c(&store, "tests/c/remote.c");
    let code = |panel: &Panel, func: &str, (name, value): (&str, &str)| {
        let output = panel.command(&program).args(["code", func]).env(name, value).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (number, sentence) = text.split_once(' ').unwrap();
        assert_eq!(number == "0", sentence.trim().is_empty(), "{text}");
        assert!(!text.contains(crate::panel::TOKEN), "{text}");
        number.parse::<i32>().unwrap()
    };
    let none = ("HOME", "/tmp");
    let good = Panel::start("rhcod0", echo);
    let http = |status| Reply::Http(status, "", String::new());
    for (reply, func, number) in [
        (Reply::Text(r#"{"error":"User parameter is invalid or was not supplied"}"#.into()), "listpops", 21),
        (Reply::Close, "listpops", 60),
        (http("403 Forbidden Access denied"), "addpop", 63),
        (http("500 Internal Server Error"), "listpops", 64),
        (Reply::Text(String::new()), "addpop", 64),
        (Reply::Close, "addpop", 65),
    ] {
        let panel = Panel::start(&format!("rhcod{number}{func}"), move |_| reply.clone());
        assert_eq!(code(&panel, func, none), number, "{func}");
    }
    assert_eq!(code(&good, "listpops", none), 0);
    assert_eq!(code(&good, "listpops", ("LIVEAPI_TOKEN_FILE", "/nonexistent")), 20);
    assert_eq!(code(&good, "listpops", ("LIVEAPI_URL", "whm://root@no-such-host.invalid")), 60);
    assert_eq!(code(&good, "listpops", ("LIVEAPI_CA_FILE", "/etc/ssl/certs/ca-certificates.crt")), 61);
    let late = Panel::start("rhlate", |_| Reply::Late(Duration::from_secs(20), Box::new(Reply::Close)));
    assert_eq!(code(&late, "listpops", ("LIVEAPI_TIMEOUT", "1")), 62);
    assert_eq!(code(&late, "addpop", ("LIVEAPI_TIMEOUT", "1")), 65);
}

#[test]
fn php_and_perl_are_told_why() {
    let panel = Panel::start("rhwhy", |_| Reply::Http("403 Forbidden Access denied", "", String::new()));
    for (interpreter, script, args) in
        [("php", "tests/php/set.php", &[][..]), ("perl", "tests/perl/set.pl", &["bytes"])]
    {
        let mut command = panel.command(interpreter);
        command.arg(repository().join(script)).args(args);
        let text = feed(&mut command, br#"[["user","12345luggage"]]"#);
        let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
        let why = answer["cpanelresult"]["error"].as_str().unwrap();
        assert!(why.contains("403") && why.contains("Manage API Tokens"), "{interpreter}: {why}");
        assert!(
            !text.contains(crate::panel::TOKEN) && !text.contains("12345luggage"),
            "{interpreter}: {text}"
        );
    }
}

#[test]
fn no_thread_is_started_and_no_descriptor_survives_exec() {
    let panel = Panel::start("rhtrc", echo);
    let trace = panel.dir.join("trace");
    let mut command = panel.command("strace");
    command
        .args(["-f", "-o"])
        .arg(&trace)
        .args(["-e", "trace=socket,epoll_create1,eventfd2,signalfd4,pipe2,clone,clone3,fork,vfork"]);
    must(command.arg(program("cpapi2")).args(["Email", "passwdpop", "email=user"]));
    let text = std::fs::read_to_string(&trace).unwrap();
    assert!(text.contains("epoll_create1(") && text.contains("socket("), "{text}");
    for line in text.lines().filter(|line| !line.contains("+++")) {
        assert!(line.contains("CLOEXEC"), "{line}");
    }
    // A client that makes no call opens nothing.
    let mut command = panel.command("strace");
    command
        .args(["-f", "-o"])
        .arg(&trace)
        .args(["-e", "trace=socket,epoll_create1,eventfd2,signalfd4,clone,clone3"]);
    must(command.arg(program("cpapi2")).args(["Email", "no/name"]));
    let text = std::fs::read_to_string(&trace).unwrap();
    assert!(text.lines().all(|line| line.contains("+++")), "{text}");
}

#[test]
fn no_password_stays_in_memory() {
    let store = Store::empty("rhwip");
    let program = build_c(&store, "tests/c/wiped.c");
    let panel = Panel::start("rhwia", echo);
    for args in [&[][..], &["batch"]] {
        let output = panel.command(&program).args(args).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("\"result\":1") && text.ends_with("\n0 copies\n"), "{text}");
    }
    assert!(panel.seen()[0].field("password").unwrap().len() > 30);
}
