//! Changes over many connections at the same time: nothing is lost, each caller is told its own result, and what waits
//! for one domain is one step on the disk.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use crate::common::{Store, server::connect};
use crate::liveapid::{FIRST_PASSWORD, Liveapid, Reply};
use liveapi_core::store::{Password, hash};
use rustix::fs::FlockOperation;

const CONNECTIONS: usize = 16;
const ROUNDS: usize = 3;
/// How many of an account's calls are made at a time here.
const AT_A_TIME: &str = "--calls-per-account=16";

/// A call of `Email` by bob, on its way.
fn sent(daemon: &Liveapid, token: &str, function: &str, params: &str) -> TcpStream {
    let mut stream = connect(daemon.ports.cpanel_plain);
    stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
    let path = format!("/execute/Email/{function}?domain=example.com&{params}");
    write!(stream, "GET {path} HTTP/1.0\r\nAuthorization: cpanel bob:{token}\r\n\r\n").unwrap();
    stream
}

/// What bob gets for a call of `Email`.
fn call(daemon: &Liveapid, token: &str, function: &str, params: &str) -> Reply {
    let mut stream = sent(daemon, token, function, params);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    Reply::of(&answer)
}

/// The hash that the file of hashes has for a mailbox, with its mark of suspension.
fn stored(store: &Store, mailbox: &str) -> Option<String> {
    let shadow = std::fs::read_to_string(store.file("shadow")).unwrap();
    let mut lines = shadow.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let found = lines.find(|fields| fields[0] == mailbox).map(|fields| fields[1].to_owned());
    assert!(lines.all(|fields| fields[0] != mailbox), "{mailbox} has two lines: {shadow}");
    found
}

fn is_of(hash: &str, password: &str) -> bool {
    hash::verify(&Password::to_be_stored(password).unwrap(), hash) == hash::Verdict::Same
}

#[test]
fn mixed_changes_of_sixteen_connections_lose_nothing_and_tell_each_its_own_result() {
    let daemon = Liveapid::start_with("lv-together", &[AT_A_TIME]);
    let token = daemon.token("cpanel:bob");
    std::thread::scope(|scope| {
        for own in 0..CONNECTIONS {
            let (daemon, token) = (&daemon, token.as_str());
            scope.spawn(move || one_connection(daemon, token, own));
        }
    });
    let passwd = std::fs::read_to_string(daemon.store.file("passwd")).unwrap();
    assert_eq!(passwd.lines().count(), 1 + CONNECTIONS / 2, "{passwd}");
    for own in 0..CONNECTIONS {
        let hash = stored(&daemon.store, &format!("m{own}"));
        match (own % 2, hash) {
            (0, None) => {}
            (1, Some(hash)) => assert!(is_of(&hash, &format!("Last-Secret-{own}-Xy")), "m{own}: {hash}"),
            (_, hash) => panic!("m{own}: {hash:?}"),
        }
    }
    assert!(daemon.opens(FIRST_PASSWORD), "who was not asked for is as it was");
}

/// All changes of a mailbox of its own, and some that are refused.
fn one_connection(daemon: &Liveapid, token: &str, own: usize) {
    let done = |function: &str, params: String| {
        let answer = call(daemon, token, function, &params).json();
        assert_eq!(answer["status"], 1, "{function} {params}: {answer}");
    };
    let refused = |function: &str, params: String, name: String| {
        let answer = call(daemon, token, function, &params).json();
        assert_eq!(answer["status"], 0, "{function} {params}: {answer}");
        let why = answer["errors"][0].as_str().unwrap_or_default();
        assert!(why.contains(&format!("{name}@example.com")), "{function} {params}: {why}");
    };
    let mailbox = format!("email=m{own}");
    for round in 0..ROUNDS {
        done("add_pop", format!("{mailbox}&password=New-Secret-{own}-Xy&quota=3"));
        refused("add_pop", format!("{mailbox}&password=New-Secret-{own}-Xy"), format!("m{own}"));
        done("passwd_pop", format!("{mailbox}&password=Secret-{own}-{round}-Xy"));
        // Somebody who does not wait for the answer holds up nobody.
        drop(sent(daemon, token, "edit_pop_quota", &format!("{mailbox}&quota=4")));
        done("edit_pop_quota", format!("{mailbox}&quota={}", 5 + own));
        done("suspend_login", mailbox.clone());
        done("passwd_pop", format!("{mailbox}&password=Last-Secret-{own}-Xy"));
        refused("passwd_pop", format!("email=none{own}&password=Some-Secret-{own}-Xy"), format!("none{own}"));
        let hash = stored(&daemon.store, &format!("m{own}")).unwrap();
        assert!(
            hash.starts_with('!') && is_of(hash.trim_start_matches('!'), &format!("Last-Secret-{own}-Xy"))
        );
        done("unsuspend_login", mailbox.clone());
        if own.is_multiple_of(2) || round + 1 < ROUNDS {
            done("delete_pop", mailbox.clone());
        }
    }
}

/// A daemon below strace with these words, with the mailboxes u0 to u15.
fn traced(name: &str, words: &[&str]) -> Liveapid {
    let first = Liveapid::start(name);
    let Liveapid { store, server, .. } = first;
    drop(server);
    for own in 0..CONNECTIONS {
        store.add_mailbox(&format!("u{own}"), FIRST_PASSWORD);
    }
    let launcher = [&["strace", "-D", "-f", "-qq"], words].concat();
    Liveapid::under(store, &launcher, &[])
}

/// Changes the passwords of all of them while somebody holds the domain, so that they come together.
fn all_at_once(daemon: &Liveapid, token: &str) -> Vec<Reply> {
    let lock = daemon.store.root.join(".liveapi/locks/example.com.lock");
    let held = File::open(&lock).unwrap();
    rustix::fs::flock(&held, FlockOperation::LockExclusive).unwrap();
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..CONNECTIONS)
            .map(|own| {
                let params = format!("email=u{own}&password=New-Secret-{own}-Xy");
                scope.spawn(move || call(daemon, token, "passwd_pop", &params))
            })
            .collect();
        std::thread::sleep(Duration::from_secs(3));
        rustix::fs::flock(&held, FlockOperation::Unlock).unwrap();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    })
}

#[test]
fn changes_that_wait_for_one_domain_are_one_step_on_the_disk() {
    let trace = format!("{}/lv-step-{}.trace", std::env::temp_dir().display(), std::process::id());
    let daemon = traced("lv-step", &["-o", &trace, "-e", "trace=fsync,fdatasync,syncfs"]);
    let begun = flushes(Path::new(&trace));
    let token = daemon.token("cpanel:bob");
    let alone = call(&daemon, &token, "passwd_pop", "email=u0&password=Alone-Secret-0-Xy");
    assert_eq!(alone.json()["status"], 1, "{alone:?}");
    let before = flushes(Path::new(&trace));
    assert_eq!(before - begun, 2, "one change alone: its file and its folder");
    for (own, reply) in all_at_once(&daemon, &token).iter().enumerate() {
        assert_eq!(reply.json()["status"], 1, "{reply:?}");
        let hash = stored(&daemon.store, &format!("u{own}")).unwrap();
        assert!(is_of(&hash, &format!("New-Secret-{own}-Xy")));
    }
    let flushes = flushes(Path::new(&trace)) - before;
    std::fs::remove_file(trace).unwrap();
    // Two for the one that came first, two for all that waited behind it; room for one that was late. That they wait
    // does not keep others of the account from their hashes.
    assert!((2..=6).contains(&flushes), "{flushes} flushes for sixteen changes");
}

fn flushes(trace: &Path) -> usize {
    std::fs::read_to_string(trace).unwrap_or_default().lines().filter(|line| line.contains("sync(")).count()
}

#[test]
fn a_step_that_fails_is_told_to_each_that_was_in_it() {
    let inject = ["-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=ENOSPC"];
    let daemon = traced("lv-step-full", &inject);
    let token = daemon.token("cpanel:bob");
    for (own, reply) in all_at_once(&daemon, &token).iter().enumerate() {
        let answer = reply.json();
        let why = answer["errors"][0].as_str().unwrap_or_else(|| panic!("{reply:?}"));
        assert!(why.contains("the disk is full (ENOSPC)"), "{why}");
        assert!(why.contains(&format!("“u{own}@example.com”")), "{why}");
        assert!(is_of(&stored(&daemon.store, &format!("u{own}")).unwrap(), FIRST_PASSWORD));
    }
}
