//! `cpapi2 --batch`: results, journal, Ctrl-C, and what a killed run leaves.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::common::{Store, program};
use crate::panel::{PASSWORD, Panel, Reply, Seen, echo};
use serde_json::Value;

/// A batch on a server: its file, its journal, its results.
struct Batch<'p> {
    panel: &'p Panel,
    file: PathBuf,
    journal: PathBuf,
    results: PathBuf,
}

impl<'p> Batch<'p> {
    /// Calls of functions with numbered addresses.
    fn new(panel: &'p Panel, funcs: &[&str]) -> Self {
        let path = |name: &str| panel.dir.join(name);
        let batch =
            Self { panel, file: path("calls.jsonl"), journal: path("journal"), results: path("results") };
        let mut text = String::new();
        for (number, func) in (1..).zip(funcs) {
            writeln!(text, r#"{{"module":"Email","func":"{func}","params":{{"domain":"e.example","email":"u{number}","password":"{PASSWORD}"}}}}"#).unwrap();
        }
        std::fs::write(&batch.file, text).unwrap();
        batch
    }

    fn command(&self) -> Command {
        let mut command = self.panel.command(program("cpapi2"));
        command.arg("--batch").arg(&self.file);
        command
    }

    /// The same with journal and results.
    fn kept(&self) -> Command {
        let mut command = self.command();
        command.arg("--resume").arg(&self.journal).arg("--results").arg(&self.results);
        command
    }

    fn written(&self) -> Vec<Value> {
        lines(&std::fs::read_to_string(&self.results).unwrap())
    }

    /// How often each address was asked for.
    fn times(&self) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        for seen in self.panel.seen() {
            *times.entry(seen.field("email").unwrap().to_owned()).or_default() += 1;
        }
        times
    }

    /// Waits until the server has seen so many calls.
    fn wait(&self, count: usize) {
        let start = Instant::now();
        while self.panel.seen().len() < count {
            assert!(start.elapsed() < Duration::from_secs(20), "{} calls", self.panel.seen().len());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn words(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["status"].as_str().unwrap()).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn slow(seen: &Seen) -> Reply {
    Reply::Late(Duration::from_millis(60), Box::new(echo(seen)))
}

fn started(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn send(child: &Child, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

#[test]
fn one_line_for_each_call_in_their_order() {
    let panel = Panel::start("bpord", |seen| {
        let number: u64 = seen.field("email").unwrap()[1..].parse().unwrap();
        Reply::Late(Duration::from_millis(5 * (number % 4)), Box::new(echo(seen)))
    });
    let batch = Batch::new(&panel, &["addpop"; 60]);
    let output = batch.command().args(["--in-flight", "9"]).output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    let rows = lines(&text(&output.stdout));
    let numbers: Vec<u64> = rows.iter().map(|row| row["item"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=60).collect::<Vec<u64>>());
    assert_eq!(rows[41]["answer"]["cpanelresult"]["data"][0]["echo"], "bob/u42");
    // From standard input, with blank lines, by another family's program.
    let mut command = panel.command("sh");
    command.args(["-c", "printf '\\n{\"apiversion\":2,\"module\":\"Email\",\"func\":\"listpops\",\"params\":{\"email\":\"u1\"},\"id\":7}\\n\\n' | \"$0\" --batch -"]);
    let output = command.arg(program("uapi")).output().unwrap();
    let rows = lines(&text(&output.stdout));
    assert_eq!((rows.len(), &rows[0]["item"], &rows[0]["id"]), (1, &2.into(), &7.into()), "{output:?}");
}

#[test]
fn the_whole_file_is_checked_before_anything_is_sent() {
    let panel = Panel::start("bpchk", echo);
    let batch = Batch::new(&panel, &["addpop"; 3]);
    let good = std::fs::read_to_string(&batch.file).unwrap();
    let long = format!(
        "{good}{{\"module\":\"Email\",\"func\":\"f\",\"params\":{{\"a\":\"{}\"}}}}\n",
        "x".repeat(1024 * 1024)
    );
    for (content, words) in [
        (
            format!("{good}{{\"module\":\"Email\"\n").into_bytes(),
            &["Line 4", "not valid JSON", "nothing was"][..],
        ),
        (format!("{good}\n[\"{PASSWORD}\"]\n").into_bytes(), &["Line 5", "JSON object"]),
        (good.replacen("module", "modul", 1).into_bytes(), &["Line 1", "\"module\""]),
        ([good.as_bytes(), b"\xff\n"].concat(), &["Line 4", "UTF-8"]),
        (long.into_bytes(), &["Line 4", "1 MiB"]),
        (b"\n\n".to_vec(), &["no call"]),
    ] {
        std::fs::write(&batch.file, content).unwrap();
        let output = batch.kept().output().unwrap();
        let why = text(&output.stderr);
        assert!(words.iter().all(|word| why.contains(word)) && !why.contains(PASSWORD), "{why}");
        assert_eq!(output.status.code(), Some(1), "{why}");
        assert!(!batch.journal.exists() && !batch.results.exists());
    }
    for (args, word) in [
        (&["--in-flight=0"][..], "1 to 256"),
        (&["--in-flight=257"], "1 to 256"),
        (&["Email", "passwdpop"], "do not go together"),
        (&["--password-stdin"], "--password-stdin"),
        (&["--batch=/nonexistent"], "cannot be used multiple times"),
    ] {
        let output = batch.command().args(args).output().unwrap();
        assert!(text(&output.stderr).contains(word) && output.status.code() == Some(1), "{output:?}");
    }
    let output = panel.command(program("cpapi2")).args(["--resume=x", "Email", "listpops"]).output().unwrap();
    assert!(text(&output.stderr).contains("--batch"), "{output:?}");
    assert!(panel.seen().is_empty());
}

#[test]
fn the_exit_status_says_whether_all_is_done() {
    let panel = Panel::start("bpexi", |seen| {
        match seen.field("email") {
        Some("u2") => Reply::Close,
        Some("u3") => Reply::Text(r#"{"cpanelresult":{"apiversion":2,"func":"addpop","module":"Email","error":"no","data":[{"result":0,"reason":"no"}],"event":{"result":1}}}"#.to_owned()),
        _ => echo(seen),
    }
    });
    let batch = Batch::new(&panel, &["addpop"; 5]);
    let output = batch.kept().output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(words(&batch.written()), ["done", "unknown", "refused", "done", "done"]);
    let told = text(&output.stderr);
    assert!(told.contains("2 of 5 items are not done: 1 refused, 1 unknown"), "{told}");
    let output = batch.command().args(["--stop-on-error", "--in-flight=1"]).output().unwrap();
    assert_eq!((output.status.code(), lines(&text(&output.stdout)).len()), (Some(2), 2), "{output:?}");
    assert!(text(&output.stderr).contains("3 were not sent"), "{output:?}");
}

#[test]
fn ctrl_c_finishes_what_is_in_flight_and_the_next_run_goes_on() {
    let panel = Panel::start("bpint", slow);
    let batch = Batch::new(&panel, &["addpop"; 100]);
    let mut command = batch.kept();
    command.arg("--in-flight=4");
    let child = started(command);
    batch.wait(20);
    send(&child, rustix::process::Signal::INT);
    let output: Output = child.wait_with_output().unwrap();
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{told}");
    let first = batch.written();
    assert_eq!(
        (first.len(), batch.panel.seen().len()),
        (first.len(), first.len()),
        "each that was sent has a result"
    );
    assert!(first.len() < 100 && words(&first).iter().all(|word| *word == "done"));
    assert!(told.contains(&format!("{} of 100 items have a result", first.len())), "{told}");
    assert!(told.contains("The same command goes on") && told.contains("journal"), "{told}");
    let output = batch.kept().output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let all = batch.written();
    assert_eq!((all.len(), &all[..first.len()]), (100, &first[..]));
    assert!(batch.times().len() == 100 && batch.times().values().all(|times| *times == 1));
    // A third run has nothing to do and writes the same.
    let output = batch.kept().output().unwrap();
    assert_eq!((output.status.code(), batch.written(), panel.seen().len()), (Some(0), all, 100));
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    let panel = Panel::start("bptwo", |seen| Reply::Late(Duration::from_secs(20), Box::new(echo(seen))));
    let batch = Batch::new(&panel, &["addpop"; 10]);
    let start = Instant::now();
    let mut child = started(batch.kept());
    batch.wait(1);
    send(&child, rustix::process::Signal::INT);
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none(), "the call in flight is waited for");
    send(&child, rustix::process::Signal::INT);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_killed_run_is_gone_on_with_and_nothing_is_begun_twice() {
    let panel = Panel::start("bpkil", slow);
    let funcs: Vec<&str> =
        (0..120).map(|number| if number % 2 == 0 { "addpop" } else { "passwdpop" }).collect();
    let batch = Batch::new(&panel, &funcs);
    for round in 1..=3 {
        let mut command = batch.kept();
        command.arg("--in-flight=5");
        let mut child = started(command);
        batch.wait(batch.panel.seen().len() + 12 + round);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    // The end of a line that was cut off is nothing that was acted on.
    let mut journal = std::fs::read_to_string(&batch.journal).unwrap();
    assert!(!journal.contains(PASSWORD), "{journal}");
    journal.push_str("b 119 12");
    crate::panel::private(&batch.journal, &journal);
    let output = batch.kept().output().unwrap();
    let rows = batch.written();
    assert_eq!((output.status.code(), rows.len()), (Some(2), 120), "{output:?}");
    let times = batch.times();
    let mut unknown = 0;
    for (number, (row, func)) in (1..).zip(rows.iter().zip(&funcs)) {
        let sent = times.get(&format!("u{number}")).copied().unwrap_or_default();
        match row["status"].as_str().unwrap() {
            "done" if *func == "addpop" => assert_eq!(sent, 1, "{row}"),
            "done" => assert!(sent >= 1, "{row}"),
            "unknown" => {
                let why = row["answer"]["cpanelresult"]["error"].as_str().unwrap();
                assert!(why.contains("Whether it was done is not known"), "{why}");
                assert!(*func == "addpop" && sent <= 1 && row["code"] == 65, "{row}");
                unknown += 1;
            }
            other => panic!("{other}: {row}"),
        }
    }
    assert!((1..=15).contains(&unknown), "{unknown}");
    // And once more: all is known now, and the journal is whole.
    let seen = panel.seen().len();
    let output = batch.kept().output().unwrap();
    assert_eq!(
        (output.status.code(), batch.written(), panel.seen().len()),
        (Some(2), rows, seen),
        "{output:?}"
    );
}

#[test]
fn what_failed_is_tried_again_and_what_was_answered_is_not() {
    let panel = Panel::start("bpaga", echo);
    let batch = Batch::new(&panel, &["addpop"; 4]);
    let nowhere = format!("whm://root@localhost:{}", crate::common::server::free_port());
    let here = panel.url("whm");
    // The same url in both runs, as a journal wants it: the port is what changes.
    let output = batch.kept().env("LIVEAPI_URL", &nowhere).output().unwrap();
    assert_eq!((output.status.code(), words(&batch.written())), (Some(2), vec!["failed"; 4]));
    let output = batch.kept().env("LIVEAPI_URL", &here).output().unwrap();
    assert!(text(&output.stderr).contains("another url") && output.status.code() == Some(1), "{output:?}");
    let journal = std::fs::read_to_string(&batch.journal).unwrap();
    crate::panel::private(&batch.journal, &journal.replace(&nowhere, &here));
    let output = batch.kept().output().unwrap();
    assert_eq!((output.status.code(), words(&batch.written())), (Some(0), vec!["done"; 4]), "{output:?}");
    assert!(batch.times().values().all(|times| *times == 1));
}

#[test]
fn a_journal_belongs_to_its_file_and_to_one_run() {
    use std::os::unix::fs::PermissionsExt;
    let panel = Panel::start("bpjou", slow);
    let batch = Batch::new(&panel, &["addpop"; 40]);
    let child = started(batch.kept());
    batch.wait(1);
    let output = batch.kept().output().unwrap();
    assert!(text(&output.stderr).contains("another batch is using it"), "{output:?}");
    assert!(child.wait_with_output().unwrap().status.success());
    let mode = |path: &PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&batch.journal), mode(&batch.results)), (0o600, 0o600));
    let refused = |command: &mut Command, word: &str| {
        let before = panel.seen().len();
        let output = command.output().unwrap();
        assert!(text(&output.stderr).contains(word) && output.status.code() == Some(1), "{word}: {output:?}");
        assert_eq!(panel.seen().len(), before);
    };
    refused(batch.kept().env("LIVEAPI_USER", "eve"), "another user");
    refused(
        batch.command().arg("--resume").arg(&batch.journal).arg("--results").arg(&batch.journal),
        "names the journal",
    );
    refused(batch.command().arg("--results").arg(&batch.file), "names the file of the calls");
    let good = std::fs::read_to_string(&batch.file).unwrap();
    std::fs::write(&batch.file, good.replace("u7", "u77")).unwrap();
    refused(&mut batch.kept(), "another file of calls");
    std::fs::write(&batch.file, &good).unwrap();
    let journal = std::fs::read_to_string(&batch.journal).unwrap();
    crate::panel::private(&batch.journal, &format!("{journal}x\n"));
    refused(&mut batch.kept(), "is not a journal");
    crate::panel::private(&batch.journal, "something else\n");
    refused(&mut batch.kept(), "no journal of a batch");
    std::fs::remove_file(&batch.journal).unwrap();
    std::os::unix::fs::symlink("/dev/null", &batch.journal).unwrap();
    refused(&mut batch.kept(), "cannot be opened");
}

#[test]
fn what_is_begun_is_on_disk_before_it_is_sent() {
    let panel = Panel::start("bpsyn", echo);
    let batch = Batch::new(&panel, &["addpop"; 3]);
    let trace = panel.dir.join("trace");
    let mut command = panel.command("strace");
    command
        .args(["-f", "-y", "-s", "64", "-o"])
        .arg(&trace)
        .args(["-e", "trace=write,sendto,writev,fdatasync,clone,clone3"]);
    command
        .arg(program("cpapi2"))
        .arg("--batch")
        .arg(&batch.file)
        .arg("--resume")
        .arg(&batch.journal)
        .arg("--in-flight=1");
    crate::common::must(&mut command);
    let text = std::fs::read_to_string(&trace).unwrap();
    assert!(!text.contains("clone"), "no thread: {text}");
    let place = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    let (begun, ended) = (place("\"b 1\\n\""), place("\"e {\\\"item\\\":1"));
    let flushed = begun + text[begun..].find("fdatasync(").unwrap();
    // strace writes of a socket as it finds it: socket:[…] or TCP:[…].
    let sent = |part: &str| part.contains("socket:[") || part.contains("TCP:[");
    assert!(sent(&text[flushed..ended]) && !sent(&text[..flushed]), "{text}");
}

#[test]
fn results_that_nobody_takes_stop_the_batch() {
    let panel = Panel::start("bpful", slow);
    let batch = Batch::new(&panel, &["addpop"; 200]);
    let mut command = batch.command();
    command.arg("--resume").arg(&batch.journal).args(["--results", "/dev/full", "--in-flight=4"]);
    let output = command.output().unwrap();
    let told = text(&output.stderr);
    assert!(told.contains("takes no more results") && told.contains("The same command goes on"), "{told}");
    assert!(output.status.code() == Some(2) && panel.seen().len() < 20, "{}", panel.seen().len());
    let output = batch.kept().output().unwrap();
    assert_eq!((output.status.code(), batch.written().len()), (Some(0), 200));
    assert!(batch.times().values().all(|times| *times == 1));
}

#[test]
fn the_embedded_store_takes_batches_too() {
    let store = Store::with_account("bpsto");
    store.add_mailbox("user", "Start-Password-1");
    let file = store.dir.join("calls");
    let call = |func: &str, email: &str| {
        format!(
            "{{\"module\":\"Email\",\"func\":\"{func}\",\"params\":{{\"domain\":\"example.com\",\"email\":\"{email}\",\"password\":\"{PASSWORD}\"}}}}\n"
        )
    };
    std::fs::write(
        &file,
        [call("addpop", "new"), call("passwdpop", "user"), call("passwdpop", "nobody-here")].concat(),
    )
    .unwrap();
    let output = store
        .command(program("cpapi2"))
        .arg("--batch")
        .arg(&file)
        .arg("--resume")
        .arg(store.dir.join("j"))
        .output()
        .unwrap();
    assert_eq!(words(&lines(&text(&output.stdout))), ["done", "done", "refused"], "{output:?}");
    let verified =
        store.uapi("Email", "verify_password", &["email=new@example.com", "password=12345luggage"]);
    assert_eq!(verified["result"]["data"], 1);
}

#[test]
fn a_bar_is_drawn_for_people_only() {
    let panel = Panel::start("bpbar", slow);
    let batch = Batch::new(&panel, &["addpop"; 40]);
    let typed = |more: &str| {
        let mut command = panel.command("script");
        command.args([
            "-qec",
            &format!(
                "'{}' --batch '{}' --results '{}' --in-flight 4 {more}",
                program("cpapi2").display(),
                batch.file.display(),
                batch.results.display()
            ),
        ]);
        let output = command.arg("/dev/null").env("TERM", "xterm").stdin(Stdio::null()).output().unwrap();
        text(&output.stdout)
    };
    let shown = typed("");
    assert!(shown.contains("of 40") && shown.contains("left"), "{shown:?}");
    assert_eq!(typed("--no-progress"), "");
    assert_eq!(batch.written().len(), 40);
}
