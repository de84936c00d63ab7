//! What goes wrong around the daemon: each time a clear answer, the old password, and everybody else served.

use std::io::{Read, Write};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::common::server::connect;
use crate::common::{Store, is_root, program};
use crate::liveapid::{ACCOUNT_PASSWORD, FIRST_PASSWORD, Liveapid, Reply};
use rustix::process::Signal;

const CHANGE: &str = "/execute/Email/passwd_pop?email=user@example.com&password=New-Pass-61";
const LIST: &str = "/execute/Email/list_pops";

/// That the daemon serves others.
fn assert_serves(daemon: &Liveapid) {
    let reply = daemon.as_bob(daemon.ports.cpanel, LIST, &[]);
    assert_eq!((reply.status, &reply.json()["status"]), (200, &1.into()), "{reply:?}");
}

/// The reason of a refusal in UAPI's shape.
fn reason(reply: &Reply) -> String {
    let answer = reply.json();
    assert_eq!(answer["status"], 0, "{reply:?}");
    assert!(!reply.body.contains("New-Pass-61"), "{reply:?}");
    answer["errors"][0].as_str().unwrap_or_else(|| panic!("{reply:?}")).to_owned()
}

#[test]
fn slow_senders_are_told_and_nobody_waits_for_them() {
    let daemon = Liveapid::start_with("lv-slow", &["--request-seconds=1", "--idle-seconds=2"]);
    for begun in ["G", "GET / HTTP/1.1\r\nHost: x\r\n", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"] {
        let mut stream = connect(daemon.ports.cpanel_plain);
        stream.write_all(begun.as_bytes()).unwrap();
        assert_serves(&daemon);
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let reply = Reply::of(&answer);
        assert_eq!(reply.status, 408, "{reply:?}");
        assert!(reason(&reply).contains("did not arrive within 1 seconds"), "{reply:?}");
    }
    let kept = daemon.as_bob(daemon.ports.cpanel, LIST, &[]);
    assert_eq!(kept.field("keep-alive"), Some("timeout=2"));
    let mut idle = connect(daemon.ports.cpanel_plain);
    assert_eq!(idle.read_to_end(&mut Vec::new()).unwrap(), 0);
}

#[test]
fn one_address_cannot_take_all_the_room() {
    let daemon = Liveapid::start_with("lv-room", &["--connections-per-address=2"]);
    let held: Vec<_> = (0..2).map(|_| connect(daemon.ports.cpanel_plain)).collect();
    std::thread::sleep(Duration::from_millis(200));
    let reply = Reply::of(&daemon.raw(daemon.ports.cpanel_plain, b"GET / HTTP/1.1\r\n\r\n"));
    assert_eq!((reply.status, reply.field("retry-after")), (503, Some("5")), "{reply:?}");
    assert!(reason(&reply).contains("too many connections"), "{reply:?}");
    drop(held);
    let begun = Instant::now();
    while !daemon.raw(daemon.ports.cpanel_plain, b"GET / HTTP/1.0\r\n\r\n").starts_with(b"HTTP/1.1 404") {
        assert!(begun.elapsed() < Duration::from_secs(10), "the places are not given back");
    }
    assert_serves(&daemon);
}

#[test]
fn too_much_and_nonsense_have_their_status() {
    let daemon = Liveapid::start("lv-nonsense");
    let long = "a".repeat(70_000);
    for (request, status) in [
        (format!("GET /{long} HTTP/1.1\r\n\r\n"), 414),
        (format!("GET / HTTP/1.1\r\nA: {long}\r\n\r\n"), 431),
        ("POST / HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n".to_owned(), 413),
        // The answer reaches also who goes on sending.
        (format!("POST / HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n{}", "a".repeat(3_000_000)), 413),
        ("BREW / HTTP/1.1\r\n\r\n".to_owned(), 405),
        ("\u{1}\u{2}\u{3}\r\n\r\n".to_owned(), 400),
    ] {
        let reply = Reply::of(&daemon.raw(daemon.ports.whm_plain, request.as_bytes()));
        assert_eq!(reply.status, status, "{reply:?}");
        assert!(!reason(&reply).is_empty());
    }
    let mut seed = 1_u64;
    for port in [daemon.ports.cpanel, daemon.ports.cpanel_plain] {
        for _ in 0..100 {
            let bytes: Vec<u8> = (0..200)
                .map(|_| {
                    seed =
                        seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    seed.to_be_bytes()[0]
                })
                .collect();
            // Whatever it answers, also nothing.
            let _ = connect(port).write_all(&bytes);
        }
    }
    assert_serves(&daemon);
}

#[test]
fn a_defect_ends_one_request_only() {
    let daemon = Liveapid::start("lv-defect");
    let path =
        "/json-api/cpanel?cpanel_jsonapi_module=LiveapiTest&cpanel_jsonapi_func=panic&password=s3cret-value";
    let reply = daemon.as_bob(daemon.ports.cpanel, path, &[]);
    assert_eq!(reply.status, 500);
    assert!(reason(&reply).contains("not known"), "{reply:?}");
    assert!(daemon.log().contains("A defect in liveapid at crates/core/src/engine"), "{}", daemon.log());
    assert!(!daemon.log().contains("s3cret"));
    assert_serves(&daemon);
}

#[test]
fn what_the_store_cannot_do_is_told_and_undone() {
    let first = Liveapid::start("lv-full");
    // Its certificates are made; from now on a start writes nothing.
    let store = restart(first);
    let inject = [
        "strace",
        "-D",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=fsync",
        "-e",
        "inject=fsync:error=ENOSPC",
    ];
    let full = Liveapid::under(store, &inject, &[]);
    let reply = full.as_bob(full.ports.cpanel, CHANGE, &[]);
    assert_eq!(reply.status, 200);
    assert!(reason(&reply).contains("the disk is full (ENOSPC)"), "{reply:?}");
    assert!(full.opens(FIRST_PASSWORD));
    assert_serves(&full);
    let locks = full.store.root.join(".liveapi/locks/example.com.lock");
    let locked = std::fs::File::open(&locks).unwrap_or_else(|cause| panic!("{}: {cause}", locks.display()));
    rustix::fs::flock(&locked, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let reply = full.as_bob(full.ports.cpanel, CHANGE, &[]);
    assert!(reason(&reply).contains("Another process has held the lock"), "{reply:?}");
    assert_serves(&full);
}

/// Ends a daemon and gives its store back.
fn restart(daemon: Liveapid) -> Store {
    let Liveapid { store, server, .. } = daemon;
    drop(server);
    store
}

#[test]
fn a_link_in_a_customers_home_reaches_nobody_elses_file() {
    let daemon = Liveapid::start("lv-link");
    let victim = daemon.store.dir.join("victim");
    std::fs::write(&victim, "user:$6$x$y:1::::::\n").unwrap();
    let shadow = daemon.store.file("shadow");
    std::fs::rename(&shadow, shadow.with_extension("aside")).unwrap();
    std::os::unix::fs::symlink(&victim, &shadow).unwrap();
    let reply = daemon.as_bob(daemon.ports.cpanel, CHANGE, &[]);
    assert!(reason(&reply).contains("symbolic link"), "{reply:?}");
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "user:$6$x$y:1::::::\n");
    std::fs::remove_file(&shadow).unwrap();
    std::fs::hard_link(&victim, &shadow).unwrap();
    let reply = daemon.as_bob(daemon.ports.cpanel, CHANGE, &[]);
    assert!(!reason(&reply).is_empty(), "{reply:?}");
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "user:$6$x$y:1::::::\n");
    std::fs::remove_file(&shadow).unwrap();
    let fifo = Command::new("mkfifo").arg(&shadow).status().unwrap();
    assert!(fifo.success());
    let reply = daemon.as_bob(daemon.ports.cpanel, CHANGE, &[]);
    assert!(reason(&reply).contains("not a regular file"), "{reply:?}");
}

/// As root each write happens with the account's ids, also when many threads work for many accounts at once.
#[test]
fn files_stay_their_accounts() {
    let daemon = Liveapid::start("lv-owner");
    for number in 0..20 {
        let path = format!("/execute/Email/passwd_pop?email=user@example.com&password=Many-Pass-{number:02}");
        assert_eq!(daemon.as_bob(daemon.ports.cpanel, &path, &[]).json()["status"], 1);
    }
    use std::os::unix::fs::MetadataExt;
    let owner = std::fs::metadata(daemon.store.file("shadow")).unwrap().uid();
    assert_eq!(owner, daemon.store.owner());
    assert!(!is_root() || owner != 0);
    assert!(daemon.opens("Many-Pass-19"));
}

#[test]
fn ended_while_a_request_arrives_it_is_answered_first() {
    let daemon = Liveapid::start("lv-term");
    let mut begun = connect(daemon.ports.cpanel_plain);
    let mut idle = connect(daemon.ports.cpanel_plain);
    begun.write_all(b"GET /x HTTP/1.1\r\nHost: x\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(300));
    daemon.server.signal(Signal::TERM);
    assert_eq!(idle.read_to_end(&mut Vec::new()).unwrap(), 0);
    begun.write_all(b"\r\n").unwrap();
    let mut answer = Vec::new();
    begun.read_to_end(&mut answer).unwrap();
    let reply = Reply::of(&answer);
    assert_eq!((reply.status, reply.field("connection")), (404, Some("close")), "{reply:?}");
    let since = Instant::now();
    while !daemon.log().contains("everything that was begun is answered") {
        assert!(since.elapsed() < Duration::from_secs(10), "{}", daemon.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_configuration_is_read_again_and_a_wrong_one_changes_nothing() {
    let first = Liveapid::start("lv-hup");
    let store = restart(first);
    let config = store.dir.join("liveapid.toml");
    std::fs::write(&config, "").unwrap();
    let daemon = Liveapid::on(store, &["--config", config.to_str().unwrap()]);
    let status = || daemon.as_bob(daemon.ports.cpanel, "/execute/Email/delete_pop?email=nobody", &[]).status;
    let reload = |text: &str, said: &str| {
        std::fs::write(&config, text).unwrap();
        daemon.server.signal(Signal::HUP);
        let since = Instant::now();
        while !daemon.log().contains(said) {
            assert!(since.elapsed() < Duration::from_secs(10), "{}", daemon.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    assert_eq!(status(), 200);
    reload("strict_http_status = \"yes\"\n", "The configuration was read again");
    assert_eq!(status(), 422);
    reload("strict_http_status = \"maybe\"\n", "The configuration stays as it was");
    assert_eq!(status(), 422);
    assert!(daemon.log().contains("must be yes or no"), "{}", daemon.log());
    let sockets = format!("live_sockets = \"{}\"\n", daemon.store.dir.join("live").display());
    reload(&sockets, "The folder of live_sockets changed; that needs a restart");
    assert_eq!(status(), 200);
    // Pages begin to be served, and stop.
    let pages = daemon.store.dir.join("pages");
    std::fs::create_dir_all(pages.join("theme")).unwrap();
    std::fs::write(pages.join("theme/a.txt"), "here").unwrap();
    for (path, mode) in [("", 0o755), ("theme", 0o755), ("theme/a.txt", 0o644)] {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(pages.join(path), mode).unwrap();
    }
    let page = || daemon.as_bob(daemon.ports.cpanel, "/frontend/theme/a.txt", &[]);
    assert_eq!(page().status, 404);
    std::fs::write(&config, format!("pages = \"{}\"\n", pages.display())).unwrap();
    daemon.server.signal(Signal::HUP);
    let since = Instant::now();
    while page().body != "here" {
        assert!(since.elapsed() < Duration::from_secs(10), "{:?} {}", page(), daemon.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whatever moment it is killed at: what was answered with success opens the mailbox.
#[test]
fn killed_at_any_time_an_answered_change_holds() {
    let mut store = {
        let daemon = Liveapid::start("lv-kill");
        restart(daemon)
    };
    let mut number = 0;
    for round in 0..5_u64 {
        let daemon = Liveapid::on(store, &[]);
        let begun = Instant::now();
        let mut last = None;
        let mut tried = None;
        while let Some((password, answer)) = change(&daemon, number) {
            tried = Some(password.clone());
            if answer.is_some_and(|answer| answer.contains("\"status\":1")) {
                last = Some(password);
            }
            number += 1;
            if begun.elapsed() > Duration::from_millis(150 + 37 * round) {
                daemon.server.signal(Signal::KILL);
                break;
            }
        }
        let holds = last.is_some_and(|password| daemon.opens(&password))
            || tried.is_some_and(|password| daemon.opens(&password));
        assert!(holds, "round {round}");
        store = restart(daemon);
    }
}

/// One change; the password, and the answer if there was one.
fn change(daemon: &Liveapid, number: u32) -> Option<(String, Option<String>)> {
    let password = format!("Kill-Pass-{number:04}");
    let form = format!("email=user@example.com&password={password}");
    let output = Command::new("curl")
        .args(["--silent", "--max-time", "10", "--user", &format!("bob:{ACCOUNT_PASSWORD}"), "--data", &form])
        .arg(format!("http://127.0.0.1:{}/execute/Email/passwd_pop", daemon.ports.cpanel_plain))
        .output()
        .unwrap();
    Some((password, output.status.success().then(|| String::from_utf8(output.stdout).unwrap())))
}

/// Starts the program and returns its complaint.
fn complaint(store: &Store, options: &[&str]) -> String {
    let state = store.dir.join("daemon");
    let output = store.command(program("liveapid")).arg("--state").arg(state).args(options).output().unwrap();
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_start_that_cannot_be_says_why() {
    let daemon = Liveapid::start("lv-start");
    let (taken, store) = (format!("--cpanel=127.0.0.1:{}", daemon.ports.cpanel), &daemon.store);
    let others = ["--whm=off", "--webmail=off", "--monitor=off"];
    let file = |name: &str, text: &str| {
        let path = store.dir.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let broken = file("broken.toml", "cpanel = s3cret");
    let unknown = file("unknown.toml", "cpanell = \"1\"");
    let certificate = file("none.pem", "none");
    for (options, words) in [
        (vec![taken.as_str()], vec!["port cpanel", "another program has it"]),
        (vec!["--cpanel=127.0.0.1:0", "--config=/nowhere.toml"], vec!["/nowhere.toml", "cannot be read"]),
        (vec!["--config", &broken], vec!["not valid TOML"]),
        (vec!["--config", &unknown], vec!["did you mean “cpanel”"]),
        (vec!["--cpanel-plain=0.0.0.0:0"], vec!["everybody on the way reads the passwords"]),
        (
            vec!["--cpanel=127.0.0.1:0", "--certificate", &certificate, "--certificate-key", &certificate],
            vec!["none.pem", "cannot be used for TLS"],
        ),
        (vec!["--cpanel=127.0.0.1:0", "--url=ftp://s3cret"], vec!["not a kind of liveapi URL"]),
    ] {
        let said = complaint(store, &[&others[..], &options].concat());
        assert!(
            words.iter().all(|word| said.contains(word)) && !said.contains("s3cret"),
            "{options:?}: {said}"
        );
    }
    assert_serves(&daemon);
}
