//! Creating and removing accounts on a disk that fills, and in a process that is killed: at every single system call
//! that changes something. Afterwards all is there or nothing is, or the same call brings it to its end.

use std::collections::HashMap;

use crate::common::{Store, exists, json, program};
use serde_json::Value;

const CREATE: [&str; 4] =
    ["createacct", "username=carol", "domain=carol.example", "password=Start-Password-1"];
const REMOVE: [&str; 2] = ["removeacct", "username=carol"];
/// The calls that change something, and whether a full disk can refuse them.
const CHANGES: [(&str, bool); 9] = [
    ("mkdirat", true),
    ("openat", true),
    ("write", true),
    ("fsync", true),
    ("renameat", true),
    ("renameat2", true),
    ("symlink", true),
    ("symlinkat", true),
    ("unlinkat", false),
];

/// A call of WHM under strace; nothing if it was killed.
fn traced(store: &Store, inject: Option<&str>, words: &[&str]) -> Option<Value> {
    let mut command = store.command("strace");
    command.arg("-o").arg(store.dir.join("trace"));
    if let Some(inject) = inject {
        command.args(["-e", inject]);
    }
    let output = command.arg(program("whmapi1")).arg("--output=json").args(words).output().expect("strace");
    (!output.stdout.is_empty()).then(|| json(&output))
}

/// What to inject: each change from the first lock on, refused for want of room, or the last thing that is done.
fn injections(store: &Store) -> Vec<String> {
    let trace = std::fs::read_to_string(store.dir.join("trace")).unwrap();
    let (mut counts, mut found, mut locked) = (HashMap::new(), Vec::new(), false);
    for line in trace.lines() {
        let Some((name, rest)) = line.split_once('(') else { continue };
        let nth = *counts.entry(name.to_owned()).and_modify(|count| *count += 1).or_insert(1);
        locked |= name == "flock";
        let Some((_, can_fail)) = CHANGES.iter().find(|(call, _)| *call == name) else { continue };
        let is_change = match name {
            "openat" => rest.contains("O_CREAT"),
            "write" => !rest.starts_with("1,"),
            _ => true,
        };
        if !locked || !is_change {
            continue;
        }
        if *can_fail {
            found.push(format!("inject={name}:error=ENOSPC:when={nth}"));
        }
        if !["openat", "write", "fsync"].contains(&name) {
            found.push(format!("inject={name}:signal=SIGKILL:when={nth}"));
        }
    }
    assert!(found.len() > 20, "only {found:?}");
    found
}

fn done(answer: &Value) -> bool {
    answer["metadata"]["result"] == 1
}

/// Whether all of carol is there, and works.
fn is_whole(store: &Store) -> bool {
    let mut add = store.command(program("uapi"));
    add.env("LIVEAPI_USER", "carol").args(["--output=json", "Email", "add_pop", "email=user@carol.example"]);
    let added = json(&add.arg("password=Start-Password-1").output().unwrap());
    added["result"]["status"] == 1 && exists(&store.root.join(".liveapi/domains/carol.example/shadow"))
}

/// What is left of carol, besides lock files, and what a killed writer leaves to be swept after an hour.
fn traces(store: &Store) -> String {
    let root = &store.root;
    let script = "cd \"$0\" && { find . -name '*carol*' ! -path '*/locks/*'; grep -rl --exclude='.liveapi-*.tmp' carol .liveapi; }";
    let output = std::process::Command::new("sh").args(["-c", script]).arg(root).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_account_is_created_or_the_same_call_creates_it() {
    let store = Store::with_account("hcre");
    assert!(done(&traced(&store, None, &CREATE).unwrap()));
    let injections = injections(&store);
    assert!(done(&store.whm(REMOVE[0], &REMOVE[1..])));
    assert_eq!(traces(&store), "");
    let (mut failed, mut killed) = (0, 0);
    for inject in &injections {
        let answer = traced(&store, Some(inject), &CREATE);
        match &answer {
            Some(answer) if done(answer) => {}
            Some(answer) => {
                failed += 1;
                let listed = store.whm("listaccts", &[]);
                assert_eq!(
                    listed["data"]["acct"].as_array().unwrap().len(),
                    1,
                    "{inject}: {answer} {listed}"
                );
                assert!(!exists(&store.root.join("carol")), "{inject}: {answer}");
            }
            None => killed += 1,
        }
        if !answer.as_ref().is_some_and(done) {
            let again = store.whm(CREATE[0], &CREATE[1..]);
            let reason = again["metadata"]["reason"].as_str().unwrap();
            assert!(
                done(&again) || (answer.is_none() && reason.contains("already exists")),
                "{inject}: {again}"
            );
        }
        assert!(is_whole(&store), "{inject}: {answer:?}");
        assert!(done(&store.whm(REMOVE[0], &REMOVE[1..])), "{inject}");
        assert_eq!(traces(&store), "", "{inject}");
    }
    assert!(failed > 20 && killed > 5, "{failed} failed and {killed} killed of {injections:?}");
}

#[test]
fn an_account_is_removed_or_the_same_call_removes_it() {
    let store = Store::with_account("hrem");
    let make = || {
        assert!(done(&store.whm(CREATE[0], &CREATE[1..])));
        let mut add = store.command(program("cpapi2"));
        add.env("LIVEAPI_USER", "carol").args(["AddonDomain", "addaddondomain", "newdomain=more.example"]);
        assert!(add.output().unwrap().status.success());
        std::fs::write(store.root.join("carol/mail/more.example/kept"), "mail").unwrap();
    };
    make();
    assert!(done(&traced(&store, None, &REMOVE).unwrap()));
    assert_eq!(traces(&store), "");
    let injections = injections(&store);
    let (mut unchanged, mut half, mut killed) = (0, 0, 0);
    for inject in &injections {
        make();
        let answer = traced(&store, Some(inject), &REMOVE);
        match &answer {
            Some(answer) if done(answer) => {}
            Some(answer) if answer["metadata"]["reason"].as_str().unwrap().contains("is unchanged") => {
                unchanged += 1;
                assert!(is_whole(&store), "{inject}: {answer}");
            }
            Some(answer) => {
                half += 1;
                let reason = answer["metadata"]["reason"].as_str().unwrap().to_lowercase();
                assert!(reason.contains("repeat the call"), "{inject}: {answer}");
            }
            None => killed += 1,
        }
        let again = store.whm(REMOVE[0], &REMOVE[1..]);
        let gone = again["metadata"]["reason"].as_str().unwrap().contains("does not exist");
        assert!(done(&again) || gone, "{inject}: {answer:?} then {again}");
        assert_eq!(traces(&store), "", "{inject}: {answer:?} then {again}");
        assert!(!std::fs::read_to_string(store.root.join(".liveapi/userdomains")).unwrap().contains("more"));
    }
    assert!(unchanged > 3 && half > 3 && killed > 5, "{unchanged} {half} {killed} of {injections:?}");
}
