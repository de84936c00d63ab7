//! `--batch` on the embedded store: few flushes, Ctrl-C, the first refusal, and many batches beside each other.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

use crate::common::{Store, arg, json, program};
use liveapi_core::store::{Password, hash};
use serde_json::Value;

const HASH: &str = "password_hash=$1$salt$hash";

/// A store with that many mailboxes u0, u1 and so on, which no password opens.
fn prepared(name: &str, mailboxes: usize) -> Store {
    let mut store = Store::with_account(name);
    store.required_strength = Some(0);
    assert_eq!(store.uapi("Email", "add_pop", &["email=first", HASH])["result"]["status"], 1);
    let (root, owner) = (store.root.display(), store.owner());
    let (mut passwd, mut shadow) = (String::new(), String::new());
    for n in 0..mailboxes {
        writeln!(passwd, "u{n}:x:{owner}:{owner}::{root}/bob/mail/example.com/u{n}:{root}/bob").unwrap();
        writeln!(shadow, "u{n}:$1$salt$hash:1::::::").unwrap();
    }
    std::fs::write(store.file("passwd"), passwd).unwrap();
    std::fs::write(store.file("shadow"), shadow).unwrap();
    store
}

fn passwords(names: impl Iterator<Item = String>) -> String {
    let item = |name: String| {
        format!(
            r#"{{"module":"Email","func":"passwdpop","params":{{"domain":"example.com","email":"{name}","password":"password of {name}"}}}}"#
        )
    };
    names.map(|name| item(name) + "\n").collect()
}

fn mailboxes(names: impl Iterator<Item = String>) -> String {
    let item = |name: String| {
        format!(
            r#"{{"module":"Email","func":"add_pop","family":"uapi","params":{{"email":"{name}","password_hash":"$1$salt$hash"}}}}"#
        )
    };
    names.map(|name| item(name) + "\n").collect()
}

fn numbered(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|n| format!("u{n}"))
}

/// The command with the files of a batch.
fn kept(store: &Store, mut command: Command, calls: &str, name: &str) -> Command {
    let path = |end: &str| -> PathBuf { store.dir.join(format!("{name}.{end}")) };
    std::fs::write(path("calls"), calls).unwrap();
    command.arg("--batch").arg(path("calls")).arg("--resume").arg(path("journal"));
    command.arg("--results").arg(path("results"));
    command
}

fn batch(store: &Store, calls: &str, name: &str, options: &[&str]) -> Output {
    kept(store, store.command(program("cpapi2")), calls, name).args(options).output().unwrap()
}

fn results(store: &Store, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(store.dir.join(format!("{name}.results"))).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn statuses(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["status"].as_str().unwrap()).collect()
}

/// The names whose hash is the one of the password that a batch gives them.
fn changed(store: &Store) -> BTreeSet<String> {
    let shadow = std::fs::read_to_string(store.file("shadow")).unwrap();
    let lines = shadow.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let is_changed = |name: &str, stored: &str| {
        let password = format!("password of {name}");
        hash::verify(&Password::to_be_stored(&password).unwrap(), stored) == hash::Verdict::Same
    };
    lines.filter(|fields| is_changed(fields[0], fields[1])).map(|fields| fields[0].to_owned()).collect()
}

fn flushes(store: &Store, calls: &str, name: &str) -> usize {
    let mut command = store.command("strace");
    let trace = store.dir.join("trace");
    command.args(["-f", "-e", "trace=fsync,fdatasync,syncfs,sync_file_range,msync", "-o"]).arg(&trace);
    command.arg(program("cpapi2"));
    let output = kept(store, command, calls, name).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(trace).unwrap().lines().filter(|line| line.contains("sync")).count()
}

/// Nearly every call of a batch of 10,000 is in a window of many.
#[test]
fn a_thousand_changes_cost_few_flushes_and_seconds_of_the_files_time() {
    let store = prepared("gflu", 1000);
    let started = seconds();
    let passwords = flushes(&store, &passwords(numbered(1000)), "passwords");
    assert!(passwords <= 20, "{passwords} flushes");
    assert_eq!(changed(&store).len(), 1000);
    let ahead = std::fs::metadata(store.file("shadow")).unwrap().mtime() - seconds();
    assert!(ahead <= 10, "the file's time is {ahead} seconds in the future");
    let mailboxes = flushes(&store, &mailboxes((0..1000).map(|n| format!("new{n}"))), "mailboxes");
    assert!(mailboxes <= 40, "{mailboxes} flushes");
    for file in ["passwd", "shadow"] {
        let time = std::fs::metadata(store.file(file)).unwrap().mtime();
        assert!(time >= started && time <= seconds() + 20, "{file} {time}");
    }
    assert!((0..1000).all(|n| store.root.join(format!("bob/mail/example.com/new{n}/cur")).is_dir()));
}

fn seconds() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

#[test]
fn behind_the_first_refusal_nothing_is_made_and_the_same_command_goes_on_there() {
    let store = prepared("gsto", 60);
    let names = numbered(30).chain(["nobody".to_owned()]).chain((30..60).map(|n| format!("u{n}")));
    let calls = passwords(names);
    let output = batch(&store, &calls, "stop", &["--stop-on-error"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("31 of 61 items are not done: 1 refused; 30 were not sent"), "{said}");
    let rows = results(&store, "stop");
    assert_eq!((rows.len(), rows[30]["status"].as_str()), (31, Some("refused")));
    assert_eq!(changed(&store), numbered(30).collect());
    // What was begun with the others and not made is no “unknown” afterwards.
    std::fs::write(
        store.file("passwd"),
        std::fs::read_to_string(store.file("passwd")).unwrap() + "nobody:x:1\n",
    )
    .unwrap();
    assert_eq!(batch(&store, &calls, "stop", &[]).status.code(), Some(2));
    let rows = results(&store, "stop");
    assert_eq!(statuses(&rows).iter().filter(|status| **status == "done").count(), 60);
    assert_eq!(changed(&store).len(), 60);

    let calls = mailboxes(["new1", "u3", "new2"].into_iter().map(str::to_owned));
    assert_eq!(batch(&store, &calls, "made", &["--stop-on-error"]).status.code(), Some(2));
    assert_eq!(statuses(&results(&store, "made")), ["done", "refused"]);
    assert!(!store.root.join("bob/mail/example.com/new2").exists());
    assert_eq!(batch(&store, &calls, "made", &[]).status.code(), Some(2));
    assert_eq!(statuses(&results(&store, "made")), ["done", "refused", "done"]);
}

fn interrupt(child: &Child) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
}

#[test]
fn interrupted_in_the_middle_what_is_told_is_done_and_the_rest_is_as_it_was() {
    let store = prepared("gint", 3000);
    let calls = passwords(numbered(3000));
    let mut command = kept(&store, store.command(program("cpapi2")), &calls, "int");
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    let journal = store.dir.join("int.journal");
    while !std::fs::read_to_string(&journal).is_ok_and(|text| text.contains("\ne {")) {
        assert!(start.elapsed() < Duration::from_secs(60), "nothing was begun");
        std::thread::sleep(Duration::from_millis(2));
    }
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = results(&store, "int");
    assert!(!rows.is_empty() && rows.len() < 3000, "{} rows: not in the middle", rows.len());
    assert!(statuses(&rows).iter().all(|status| *status == "done"));
    assert_eq!(changed(&store), numbered(rows.len()).collect());
    assert!(batch(&store, &calls, "int", &[]).status.success());
    assert_eq!(results(&store, "int").len(), 3000);
    assert_eq!(changed(&store).len(), 3000);
}

const PROCESSES: usize = 16;
const EACH: usize = 40;

#[test]
fn sixteen_processes_with_groups_and_singles_in_one_domain_lose_nothing() {
    let store = prepared("gmny", PROCESSES * EACH);
    let store = &store;
    std::thread::scope(|scope| {
        for process in 0..PROCESSES {
            scope.spawn(move || {
                let own = (0..EACH).map(|n| format!("u{}", process * EACH + n));
                if process % 4 == 3 {
                    for name in own.take(EACH / 4) {
                        let mut command = store.command(program("cpapi2"));
                        command.args(["--output=json", "Email", "passwdpop", "domain=example.com"]);
                        command.args([arg("email", &name), arg("password", &format!("password of {name}"))]);
                        let answer = json(&command.output().unwrap());
                        assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{name}: {answer}");
                    }
                } else {
                    let new = (0..EACH / 2).map(|n| format!("new{process}x{n}"));
                    let calls = passwords(own) + &mailboxes(new);
                    let output = batch(store, &calls, &format!("many{process}"), &[]);
                    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
                }
            });
        }
    });
    let in_groups = (0..PROCESSES).filter(|process| process % 4 != 3);
    let expected: BTreeSet<String> = (0..PROCESSES)
        .flat_map(|process| {
            let most = if process % 4 == 3 { EACH / 4 } else { EACH };
            (0..most).map(move |n| format!("u{}", process * EACH + n))
        })
        .collect();
    assert_eq!(changed(store), expected);
    let passwd = std::fs::read_to_string(store.file("passwd")).unwrap();
    let shadow = std::fs::read_to_string(store.file("shadow")).unwrap();
    for name in in_groups.flat_map(|process| (0..EACH / 2).map(move |n| format!("new{process}x{n}"))) {
        for file in [&passwd, &shadow] {
            assert_eq!(file.matches(&format!("\n{name}:")).count(), 1, "{name}");
        }
    }
    assert_eq!(passwd.lines().count(), shadow.lines().count());
}
