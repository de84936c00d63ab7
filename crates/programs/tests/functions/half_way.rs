//! A disk that fills half-way through creating and deleting mailboxes: at every single system call that
//! can meet a full disk, what was there stays, and the answer tells what is.

use std::collections::HashMap;

use crate::common::{Store, json, program};
use serde_json::Value;

const PASSWORD: &str = "Start-Password-1";
/// The calls that can meet a full disk.
const CAN_FAIL: [&str; 5] = ["mkdirat", "openat", "write", "fsync", "renameat"];

/// One API 2 call of Email under strace.
fn traced(store: &Store, inject: Option<&str>, words: &[&str]) -> Value {
    let mut command = store.command("strace");
    command.arg("-o").arg(store.dir.join("trace"));
    if let Some(inject) = inject {
        command.args(["-e", inject]);
    }
    command.arg(program("cpapi2")).args(["--output=json", "Email"]).args(words);
    json(&command.output().expect("strace"))
}

/// Every call of a kind that can meet a full disk, with its number among its like, from the lock on.
fn steps(store: &Store) -> Vec<(String, usize)> {
    let trace = std::fs::read_to_string(store.dir.join("trace")).unwrap();
    let (mut counts, mut steps, mut locked) = (HashMap::new(), Vec::new(), false);
    for line in trace.lines() {
        let Some((name, rest)) = line.split_once('(') else { continue };
        let count = counts.entry(name.to_owned()).or_insert(0);
        *count += 1;
        locked |= name == "flock";
        // Opening needs room only where it creates; the answer itself is written to descriptor 1.
        let needs_room = match name {
            "openat" => rest.contains("O_CREAT"),
            "write" => !rest.starts_with("1,"),
            _ => CAN_FAIL.contains(&name),
        };
        if locked && needs_room {
            steps.push((name.to_owned(), *count));
        }
    }
    assert!(steps.len() > 8, "only {steps:?}");
    steps
}

fn done(answer: &Value) -> bool {
    answer["cpanelresult"]["data"][0]["result"] == 1
}

fn reason(answer: &Value) -> &str {
    answer["cpanelresult"]["error"].as_str().unwrap_or_else(|| panic!("{answer}"))
}

fn listed(store: &Store) -> Vec<String> {
    let answer = store.uapi("Email", "list_pops", &["skip_main=1"]);
    let rows = answer["result"]["data"].as_array().unwrap().clone();
    rows.iter().map(|row| row["email"].as_str().unwrap().replace("@example.com", "")).collect()
}

fn opens(store: &Store, email: &str) -> bool {
    let answer =
        store.uapi("Email", "verify_password", &[&format!("email={email}"), &format!("password={PASSWORD}")]);
    answer["result"]["data"] == 1
}

/// The lines of the three files that are another mailbox's.
fn of_bystander(store: &Store) -> Vec<String> {
    let text = ["passwd", "shadow", "quota"].map(|file| std::fs::read_to_string(store.file(file)).unwrap());
    let text = text.concat();
    text.lines().filter(|line| line.starts_with("bystander:")).map(str::to_owned).collect()
}

fn prepared(name: &str) -> Store {
    let store = Store::with_account(name);
    store.add_mailbox("bystander", PASSWORD);
    std::fs::write(store.root.join("bob/mail/example.com/bystander/cur/1"), "mail").unwrap();
    store
}

#[test]
fn a_mailbox_is_created_or_nothing_of_it_is() {
    let store = prepared("hadd");
    let password = format!("password={PASSWORD}");
    let add = ["addpop", "domain=example.com", "email=new", "quota=5", &password];
    let delete = || store.api2("Email", "delpop", &["domain=example.com", "email=new"]);
    assert!(done(&traced(&store, None, &add)));
    let steps = steps(&store);
    delete();
    let before = of_bystander(&store);
    let mut failed = 0;
    for (name, nth) in &steps {
        let inject = format!("inject={name}:error=ENOSPC:when={nth}");
        let answer = traced(&store, Some(&inject), &add);
        assert_eq!(of_bystander(&store), before, "{inject}");
        if done(&answer) {
            assert!(opens(&store, "new"), "{inject}: a success that is none");
        } else {
            failed += 1;
            assert!(
                reason(&answer).contains("ENOSPC") || reason(&answer).contains("unknown"),
                "{inject}: {answer}"
            );
            assert_eq!(listed(&store), ["bystander"], "{inject}: {answer}");
            assert!(!opens(&store, "new"), "{inject}");
            // Once there is room again the same call works: nothing stands in its way.
            let again = store.api2("Email", "addpop", &add[1..]);
            assert!(done(&again), "{inject}: {answer} then {again}");
        }
        delete();
    }
    assert!(failed > 8, "{failed} of {steps:?}");
}

#[test]
fn a_mailbox_is_deleted_or_stays_or_the_answer_says_which_part_is_left() {
    let store = prepared("hdel");
    let password = format!("password={PASSWORD}");
    let add = || {
        let args = ["domain=example.com", "email=old", "quota=5", &password];
        assert!(done(&store.api2("Email", "addpop", &args)));
        std::fs::write(store.root.join("bob/mail/example.com/old/cur/1"), "mail").unwrap();
    };
    let delete = ["delpop", "domain=example.com", "email=old"];
    add();
    assert!(done(&traced(&store, None, &delete)));
    let steps = steps(&store);
    let before = of_bystander(&store);
    let (mut kept, mut half) = (0, 0);
    for (name, nth) in &steps {
        add();
        let inject = format!("inject={name}:error=ENOSPC:when={nth}");
        let answer = traced(&store, Some(&inject), &delete);
        assert_eq!(of_bystander(&store), before, "{inject}");
        if !done(&answer) && reason(&answer).contains("is unchanged") {
            kept += 1;
            assert!(opens(&store, "old"), "{inject}: {answer}");
            assert!(store.root.join("bob/mail/example.com/old/cur/1").exists(), "{inject}: the mail is kept");
        } else if !done(&answer) {
            half += 1;
            assert!(
                reason(&answer).contains("repeat the call") || reason(&answer).contains("Repeat the call"),
                "{inject}: {answer}"
            );
        }
        // Repeated, nothing is left; a mailbox that is gone already says so.
        store.api2("Email", "delpop", &delete[1..]);
        assert_eq!(listed(&store), ["bystander"], "{inject}");
        for file in ["passwd", "shadow"] {
            assert!(!std::fs::read_to_string(store.file(file)).unwrap().contains("old:"), "{inject}: {file}");
        }
        let _ = std::fs::remove_dir_all(store.root.join("bob/mail/example.com/old"));
    }
    assert!(kept > 2 && half > 2, "{kept} kept, {half} half of {steps:?}");
}
