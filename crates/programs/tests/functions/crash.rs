//! A change of password cut off at every step: killed, or failed by the kernel. The file is whole, the
//! answer is true, and nothing half-made stays.

use std::path::Path;
use std::process::{Command, Output};

use crate::common::{Store, json, must, program};

const OLD: &str = "Start-Password-1";
const NEW: &str = "Other-Password-2";

/// A store with the mailbox user between two others, and the bytes of its shadow file.
fn prepared(name: &str) -> (Store, Vec<u8>) {
    let store = Store::with_account(name);
    for user in ["before", "user", "after"] {
        store.add_mailbox(user, OLD);
    }
    let shadow = std::fs::read(store.file("shadow")).unwrap();
    (store, shadow)
}

/// One change under strace, with further options of strace.
fn traced(store: &Store, options: &[&str]) -> Output {
    let mut command = store.command("strace");
    command.args(["-o"]).arg(store.dir.join("trace")).args(options).arg(program("cpapi2"));
    command.args([
        "--output=json",
        "Email",
        "passwdpop",
        "domain=example.com",
        "email=user",
        &format!("password={NEW}"),
    ]);
    command.output().expect("strace")
}

/// The system calls of a change from taking the lock to the end, each with its number among its like.
fn steps(store: &Store) -> Vec<(String, usize)> {
    let output = traced(store, &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let trace = std::fs::read_to_string(store.dir.join("trace")).unwrap();
    let mut counts = std::collections::HashMap::new();
    let mut steps = Vec::new();
    let mut locked = false;
    for name in trace.lines().filter_map(|line| line.split_once('(')).map(|(name, _)| name) {
        let count = counts.entry(name.to_owned()).or_insert(0);
        *count += 1;
        locked |= name == "flock";
        // exit_group cannot be cut off.
        if locked && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && name != "exit_group" {
            steps.push((name.to_owned(), *count));
        }
    }
    steps
}

fn opens(store: &Store, password: &str) -> bool {
    let answer =
        store.uapi("Email", "verify_password", &["email=user@example.com", &format!("password={password}")]);
    assert_eq!(answer["result"]["status"], 1, "{answer}");
    answer["result"]["data"] == 1
}

/// Puts the old file back with its owner and mode, as `cp -p` does.
fn restore(saved: &Path, store: &Store) {
    must(Command::new("cp").arg("-p").arg(saved).arg(store.file("shadow")));
}

/// The lines of the other mailboxes.
fn others(shadow: &[u8]) -> Vec<String> {
    let text = String::from_utf8(shadow.to_vec()).unwrap();
    text.lines().filter(|line| !line.starts_with("user:")).map(str::to_owned).collect()
}

fn temporaries(store: &Store) -> usize {
    let folder = store.file("shadow").parent().unwrap().to_owned();
    std::fs::read_dir(folder)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".liveapi-"))
        .count()
}

#[test]
fn killed_at_any_step_the_file_is_the_old_or_the_new_one() {
    let (store, shadow) = prepared("kill");
    let saved = store.dir.join("saved");
    must(Command::new("cp").arg("-p").arg(store.file("shadow")).arg(&saved));
    let steps = steps(&store);
    for must_be_there in
        ["flock", "openat2", "write", "fchmod", "utimensat", "fsync", "newfstatat", "renameat"]
    {
        assert!(
            steps.iter().any(|(name, _)| name == must_be_there),
            "{must_be_there} is not among {steps:?}"
        );
    }
    let (mut old, mut new) = (0, 0);
    for (name, nth) in &steps {
        restore(&saved, &store);
        let output = traced(&store, &["-e", &format!("inject={name}:signal=SIGKILL:when={nth}")]);
        assert!(!output.status.success(), "{name} {nth}: not killed");
        let now = std::fs::read(store.file("shadow")).unwrap();
        assert_eq!(others(&now), others(&shadow), "{name} {nth}");
        assert_eq!(now.len(), shadow.len(), "{name} {nth}");
        let opens_new = opens(&store, NEW);
        assert_ne!(opens_new, opens(&store, OLD), "{name} {nth}: exactly one of them opens");
        if opens_new { new += 1 } else { old += 1 }
    }
    assert!(old > 10 && new > 2, "{old} old, {new} new: the kills did not come before and after the rename");
    // A killed process holds no lock, and the next change works at once.
    let output = traced(&store, &[]);
    assert_eq!(json(&output)["cpanelresult"]["data"][0]["result"], 1);
    // Leftovers of the killed are removed once they are old.
    assert!(temporaries(&store) > 0, "no kill left a temporary file: did they hit the writer?");
    for entry in std::fs::read_dir(store.file("shadow").parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with(".liveapi-") {
            must(Command::new("touch").args(["-d", "2 hours ago"]).arg(path));
        }
    }
    for _ in 0..10 {
        assert_eq!(json(&traced(&store, &[]))["cpanelresult"]["data"][0]["result"], 1);
    }
    assert_eq!(temporaries(&store), 0);
}

#[test]
fn a_failing_system_call_changes_nothing_and_says_so() {
    let (store, shadow) = prepared("fail");
    for (call, errno, nth, words) in [
        ("write", "ENOSPC", 1, "the disk is full (ENOSPC); free some space"),
        ("write", "EDQUOT", 1, "the owner's disk quota is used up (EDQUOT)"),
        ("write", "EIO", 1, "Writing"),
        ("fsync", "EIO", 1, "Flushing"),
        ("fsync", "ENOSPC", 1, "the disk is full (ENOSPC)"),
        ("fsync", "EDQUOT", 1, "quota is used up (EDQUOT)"),
        ("renameat", "EDQUOT", 1, "quota is used up (EDQUOT)"),
        ("renameat", "EROFS", 1, "mounted read-only (EROFS)"),
        ("renameat", "EACCES", 1, "permission denied (EACCES)"),
        ("fchmod", "EPERM", 1, "not permitted (EPERM)"),
        ("utimensat", "EPERM", 1, "not permitted (EPERM)"),
    ] {
        let output = traced(&store, &["-e", &format!("inject={call}:error={errno}:when={nth}")]);
        let answer = json(&output);
        let inner = &answer["cpanelresult"];
        let error = inner["error"].as_str().unwrap_or_else(|| panic!("{call} {errno}: {answer}"));
        assert!(
            error.starts_with("The password of “user@example.com” is unchanged: "),
            "{call} {errno}: {error}"
        );
        assert!(error.contains(words), "{call} {errno}: {error}");
        assert!(error.contains(store.dir.to_str().unwrap()), "the file is named: {error}");
        assert_eq!(
            (&inner["event"]["result"], &inner["event"]["reason"]),
            (&0.into(), &inner["error"]),
            "{answer}"
        );
        assert_eq!(
            (&inner["data"][0]["result"], &inner["data"][0]["reason"]),
            (&0.into(), &inner["error"]),
            "{answer}"
        );
        assert!(!error.contains(NEW), "{error}");
        assert_eq!(std::fs::read(store.file("shadow")).unwrap(), shadow, "{call} {errno}");
        assert_eq!(temporaries(&store), 0, "{call} {errno}");
    }
}

#[test]
fn a_change_that_cannot_be_confirmed_is_no_success() {
    let (store, _) = prepared("conf");
    // The flush of the folder, after the rename: in place, but perhaps not durable.
    let answer = json(&traced(&store, &["-e", "inject=fsync:error=EIO:when=2"]));
    let error = answer["cpanelresult"]["error"].as_str().unwrap();
    assert!(error.contains("unknown") && error.contains("Repeat the call"), "{error}");
    assert!(!error.contains("unchanged"), "{error}");
    // Reading back: the file cannot be opened any more, or not be read.
    let opens = steps(&store).into_iter().filter(|(name, _)| name == "openat").map(|(_, nth)| nth);
    let nth = opens.max().unwrap();
    for inject in [format!("inject=openat:error=EACCES:when={nth}"), "inject=lseek:error=EIO".to_owned()] {
        let reading = json(&traced(&store, &["-e", &inject]));
        let error =
            reading["cpanelresult"]["error"].as_str().unwrap_or_else(|| panic!("{inject}: {reading}"));
        assert!(error.contains("reading it back failed") && error.contains("Repeat the call"), "{error}");
        assert!(!error.contains("unchanged"), "{error}");
    }
}

#[test]
fn half_a_deletion_says_which_half() {
    let (store, shadow) = prepared("half");
    let delete = |inject: &str| {
        let mut command = store.command("strace");
        command.arg("-o").arg(store.dir.join("trace")).args(["-e", inject]).arg(program("cpapi2"));
        command.args(["--output=json", "Email", "delpop", "domain=example.com", "email=user"]);
        let answer = json(&command.output().expect("strace"));
        answer["cpanelresult"]["error"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    };
    // The first file to change decides whether the mailbox exists; then come its hash, quota and mail.
    let error = delete("inject=fsync:error=ENOSPC:when=1");
    assert!(error.starts_with("The mailbox “user@example.com” is unchanged: "), "{error}");
    assert!(opens(&store, OLD), "and so it is");
    let error = delete("inject=fsync:error=ENOSPC:when=3");
    assert!(
        error.starts_with(
            "The mailbox “user@example.com” is deleted, but a part of it is left; repeat the call: "
        ),
        "{error}"
    );
    assert!(error.contains("shadow") || error.contains(".liveapi-"), "{error}");
    assert_eq!(std::fs::read(store.file("shadow")).unwrap(), shadow);
    assert!(!std::fs::read_to_string(store.file("passwd")).unwrap().contains("user:"));
    // The hash that is left would still be accepted for sending; the next call finishes it.
    let again = store.api2("Email", "delpop", &["domain=example.com", "email=user"]);
    assert_eq!(again["cpanelresult"]["data"][0]["reason"], "OK", "{again}");
    assert!(!std::fs::read_to_string(store.file("shadow")).unwrap().contains("user:"));
    assert!(!store.root.join("bob/mail/example.com/user").exists());
}

#[test]
fn a_password_that_changed_without_its_quota_says_so() {
    let (store, _) = prepared("quot");
    let class = crate::common::repository().join("bindings/php/cpanel.php");
    let call = "require $argv[1]; echo json_encode((new CPANEL())->api1('Email', 'passwdpop', ['user', 'Other-Password-2', '5', 'example.com']));";
    let mut command = store.command("strace");
    // Two flushes for the password, and the next one is the quota's.
    command.arg("-o").arg(store.dir.join("trace")).args([
        "-e",
        "inject=fsync:error=ENOSPC:when=3",
        "php",
        "-r",
        call,
        "--",
    ]);
    let answer = json(&command.arg(class).output().expect("strace"));
    let error = answer["cpanelresult"]["error"].as_str().unwrap_or_else(|| panic!("{answer}"));
    assert!(
        error.starts_with("The password of “user@example.com” is changed, but not all: The quota of"),
        "{error}"
    );
    assert!(opens(&store, NEW) && !opens(&store, OLD));
}

#[test]
fn another_hash_read_back_is_no_success() {
    let (store, _) = prepared("back");
    // What the last read, of the line just written, brings is changed on its way, as a foreign writer or
    // a broken disk might: "user:$6$" is followed by zeros instead of the salt.
    let reads =
        steps(&store).into_iter().filter(|(name, _)| name == "read").map(|(_, nth)| nth).max().unwrap();
    let poke = format!("inject=read:poke_exit=@arg2=757365723a243624303030303030:when={reads}");
    let answer = json(&traced(&store, &["-e", &poke]));
    let error = answer["cpanelresult"]["error"].as_str().unwrap_or_else(|| panic!("{answer}"));
    assert!(error.contains("another hash than the one written was read back"), "{error}");
    assert!(!error.contains("unchanged"), "{error}");
}

#[test]
fn exactly_two_flushes() {
    let (store, _) = prepared("flus");
    let names: Vec<_> = steps(&store).into_iter().map(|(name, _)| name).collect();
    let flushes = names.iter().filter(|name| name.contains("sync")).count();
    assert_eq!(flushes, 2, "{names:?}");
    let position = |wanted: &str| names.iter().position(|name| name == wanted).unwrap();
    assert!(position("write") < position("fsync") && position("fsync") < position("renameat"), "{names:?}");
    assert!(names.iter().rposition(|name| name == "fsync").unwrap() > position("renameat"), "{names:?}");
}

#[test]
fn an_old_kernel_without_openat2_follows_no_link_either() {
    let (store, shadow) = prepared("old");
    let inject = &["-e", "inject=openat2:error=ENOSYS"];
    assert_eq!(json(&traced(&store, inject))["cpanelresult"]["data"][0]["result"], 1);
    let domain = store.file("shadow").parent().unwrap().to_owned();
    let moved = store.dir.join("moved");
    std::fs::rename(&domain, &moved).unwrap();
    std::os::unix::fs::symlink(&moved, &domain).unwrap();
    let answer = json(&traced(&store, inject));
    assert!(answer["cpanelresult"]["error"].as_str().unwrap().contains("no folder but"), "{answer}");
    assert_eq!(std::fs::read(moved.join("shadow")).unwrap().len(), shadow.len());
}
