//! The registry's lock, for which every account waits: nobody holds it for as long as a customer likes.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{Store, exists, json, must, program};

/// A file of a home, deep in it, and many beside it.
fn fill(store: &Store, files: usize) {
    let mail = store.root.join("bob/mail/example.com");
    for folder in 0..files / 5_000 {
        let folder = mail.join(format!("x{folder}"));
        std::fs::create_dir(&folder).unwrap();
        for n in 0..5_000 {
            std::fs::File::create(folder.join(n.to_string())).unwrap();
        }
    }
    if crate::common::is_root() {
        must(Command::new("chown").arg("-R").arg(store.owner().to_string()).arg(&mail));
    }
}

#[test]
fn a_large_home_is_removed_while_others_work() {
    let store = Store::with_account("lbig");
    assert_eq!(store.whm("createacct", &["username=eve", "domain=eve.example"])["metadata"]["result"], 1);
    fill(&store, 100_000);
    // Every removed name takes longer, as on a slow disk: the removal surely takes longer than the others wait.
    let mut removal = store.command("strace");
    removal.args(["-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=unlinkat"]);
    removal.args(["-e", "inject=unlinkat:delay_enter=200"]).arg(program("whmapi1"));
    removal.args(["--output=json", "removeacct", "username=bob"]);
    let removal = removal.stdout(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while exists(&store.root.join("bob")) {
        assert!(start.elapsed() < Duration::from_secs(10), "the home leaves its place at once");
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut calls = 0;
    while exists(&store.root.join(".liveapi/moving/bob")) {
        let start = Instant::now();
        let changed = store.whm("passwd", &["user=eve", "password=Another-Password-1"]);
        assert_eq!(changed["metadata"]["result"], 1, "{changed}");
        let taken = store.whm("createacct", &["username=thief", "domain=example.com"]);
        let reason = taken["metadata"]["reason"].as_str().unwrap();
        calls += 1;
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        if taken["metadata"]["result"] == 1 {
            // Only once the removal has come to its end.
            assert!(!exists(&store.root.join(".liveapi/users/bob")), "{taken}");
            break;
        }
        assert!(reason.contains("already belongs to the account “bob”"), "{taken}");
    }
    assert!(calls > 3, "{calls} calls meanwhile");
    let removed = json(&removal.wait_with_output().unwrap());
    assert_eq!(removed["metadata"]["result"], 1, "{removed}");
}

#[test]
fn who_holds_a_lock_is_named_and_not_waited_for_for_ever() {
    let store = Store::with_account("lstop");
    store.add_mailbox("user", "Start-Password-1");
    for (lock, call) in
        [("registry", "passwd"), ("account-bob", "suspendacct"), ("example.com", "suspendacct")]
    {
        let path = store.root.join(format!(".liveapi/locks/{lock}.lock"));
        let mut holder = Command::new("flock").arg(&path).args(["sleep", "60"]).spawn().unwrap();
        let pid = holder.id().to_string();
        while Command::new("flock").arg("-n").arg(&path).arg("true").status().unwrap().success() {
            std::thread::sleep(Duration::from_millis(10));
        }
        must(Command::new("kill").args(["-STOP", &pid]));
        let start = Instant::now();
        let answer = store.whm(call, &["user=bob", "password=Another-Password-1"]);
        assert!(
            (Duration::from_secs(9)..Duration::from_secs(15)).contains(&start.elapsed()),
            "{:?}",
            start.elapsed()
        );
        assert_eq!(answer["metadata"]["result"], 0, "{lock}: {answer}");
        let reason = answer["metadata"]["reason"].as_str().unwrap();
        let holder_told = format!("for 10 seconds, process {pid} (flock), which is stopped");
        assert!(reason.contains(path.to_str().unwrap()) && reason.contains(&holder_told), "{reason}");
        // The flock program waits for its child; both are this test's.
        must(Command::new("pkill").args(["-KILL", "-P", &pid]));
        holder.kill().unwrap();
        holder.wait().unwrap();
        let again = store.whm(call, &["user=bob", "password=Another-Password-1"]);
        assert_eq!(again["metadata"]["result"], 1, "{lock}: {again}");
        store.whm("unsuspendacct", &["user=bob"]);
    }
}
