//! Batches from C, PHP and Perl: the examples, threads, forks, signals and memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::process::Command;
use std::time::Duration;

use crate::common::entrance::{build_c, feed};
use crate::common::{Store, must, repository};
use crate::panel::{Gauge, PASSWORD, Panel, Reply, Seen, TOKEN, echo};

/// A server that works on each request for so many milliseconds.
fn slow(name: &str, gauge: &Gauge, time: u64) -> Panel {
    let gauge = gauge.clone();
    Panel::start(name, move |seen: &Seen| {
        gauge.work(Duration::from_millis(time));
        echo(seen)
    })
}

fn host(panel: &Panel, program: &std::path::Path, mode: &str, count: usize) -> String {
    let output = panel.command(program).arg(mode).arg(count.to_string()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{mode}: {} {errors}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_examples_have_many_calls_in_flight() {
    let store = Store::empty("bhexa");
    std::fs::create_dir_all(&store.dir).unwrap();
    let script = |path: &str| repository().join(path);
    for (interpreter, example) in
        [("php", "bindings/php/examples/batch.php"), ("perl", "bindings/perl/examples/batch.pl")]
    {
        let gauge = Gauge::default();
        let panel = slow(&format!("bh{interpreter}"), &gauge, 250);
        let addresses: Vec<String> = (0..100).map(|number| format!("u{number}@e.example")).collect();
        let lines: String = addresses.iter().fold(String::new(), |mut lines, address| {
            writeln!(lines, "{address} {PASSWORD}").unwrap();
            lines
        });
        let mut command = panel.command(interpreter);
        let printed = feed(command.arg(script(example)), lines.as_bytes());
        let expected: String = addresses.iter().map(|address| format!("{address}: done\n")).collect();
        assert_eq!(printed, expected, "{interpreter}");
        assert_eq!(gauge.most(), 32, "{interpreter}");
        assert_eq!(panel.seen().len(), 100, "{interpreter}");
    }
    let gauge = Gauge::default();
    let panel = slow("bhc", &gauge, 100);
    let program = build_c(&store, "bindings/c/batch.c");
    let items: Vec<String> = (0..50)
        .map(|number| format!(r#"{{"module":"Email","func":"listpops","params":{{"email":"u{number}"}}}}"#))
        .collect();
    let mut command = panel.command(&program);
    let printed = feed(command.arg(r#"{"in_flight":5}"#), format!("[{}]", items.join(",")).as_bytes());
    assert_eq!(printed.matches("\"status\":\"done\"").count(), 50, "{printed}");
    assert_eq!(gauge.most(), 5);
    let output = panel.command("sh").args(["-c", "echo '[7]' | \"$0\""]).arg(&program).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("Item 1 of the batch"), "{output:?}");
}

#[test]
fn no_thread_and_a_sigpipe_that_stays_the_hosts() {
    let store = Store::empty("bhthr");
    let program = build_c(&store, "tests/c/batch.c");
    let gauge = Gauge::default();
    let panel = slow("bhone", &gauge, 60);
    assert_eq!(host(&panel, &program, "once", 60), "0 wrong, 1 threads\n");
    assert_eq!(gauge.most(), 8);
    // Servers that close connections while others are in flight kill no host.
    let panel = Panel::start("bhend", |seen| Reply::Last(Box::new(echo(seen))));
    let output = panel.command(&program).args(["once", "60"]).output().unwrap();
    assert!(output.status.code().is_some(), "{:?}", output.status);
    // And traced: not one, ever.
    let panel = Panel::start("bhtra", echo);
    let trace = panel.dir.join("trace");
    let mut command = panel.command("strace");
    command.args(["-f", "-o"]).arg(&trace).args(["-e", "trace=clone,clone3,fork,vfork,socket,epoll_create1"]);
    must(command.arg(&program).args(["once", "30"]));
    let text = std::fs::read_to_string(&trace).unwrap();
    assert!(text.contains("epoll_create1(") && !text.contains("clone"), "{text}");
    assert!(text.lines().filter(|line| !line.contains("+++")).all(|line| line.contains("CLOEXEC")), "{text}");
}

#[test]
fn threads_and_forked_children_send_batches_at_the_same_time() {
    let store = Store::empty("bhfrk");
    let program = build_c(&store, "tests/c/batch.c");
    for (mode, callers) in [("threads", 5), ("fork", 6)] {
        let panel = slow(&format!("bh{mode}"), &Gauge::default(), 10);
        assert_eq!(host(&panel, &program, mode, 60), "0 wrong, 1 threads\n", "{mode}");
        let mut of_connection: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for seen in panel.seen() {
            of_connection.entry(seen.connection).or_default().insert(seen.field("email").unwrap().to_owned());
        }
        // Each batch has connections of its own, and no child one of its parent's.
        assert!(of_connection.values().all(|names| names.len() == 1), "{mode}: {of_connection:?}");
        let names: BTreeSet<_> = of_connection.into_values().flatten().collect();
        assert_eq!(names.len(), callers, "{mode}: {names:?}");
    }
}

#[test]
fn a_signal_handler_of_the_host_ends_a_batch() {
    let store = Store::empty("bhsig");
    let program = build_c(&store, "tests/c/batch.c");
    let panel = Panel::start("bhsip", |seen| Reply::Late(Duration::from_millis(50), Box::new(echo(seen))));
    let printed = host(&panel, &program, "stop", 1000);
    let (done, unsent) = printed.trim().strip_suffix(" unsent").unwrap().split_once(" done, ").unwrap();
    let (done, unsent): (usize, usize) = (done.parse().unwrap(), unsent.parse().unwrap());
    assert_eq!((done + unsent, panel.seen().len()), (1000, done));
    assert!((16..400).contains(&done), "{printed}");
}

#[test]
fn nothing_of_a_batch_leaks() {
    let store = Store::empty("bhlea");
    let program = build_c(&store, "tests/c/batch.c");
    let panel = slow("bhlep", &Gauge::default(), 10);
    let mut command = panel.command("valgrind");
    command.args(["-q", "--leak-check=full", "--errors-for-leak-kinds=definite", "--error-exitcode=9"]);
    // Its own false alarm: AES-GCM of ring reads whole blocks. See tests/host/memory.rs.
    command.arg("--undef-value-errors=no").arg(&program).args(["once", "40"]);
    let output = must(&mut command);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0 wrong, 1 threads\n");
}

#[test]
fn no_failure_of_a_batch_holds_a_secret() {
    let panel = Panel::start("bhsec", |_| Reply::Http("403 Forbidden Access denied", "", String::new()));
    for (interpreter, example) in
        [("php", "bindings/php/examples/batch.php"), ("perl", "bindings/perl/examples/batch.pl")]
    {
        let mut command: Command = panel.command(interpreter);
        command.arg(repository().join(example));
        let printed =
            feed(&mut command, format!("a@e.example {PASSWORD}\nb@e.example {PASSWORD}\n").as_bytes());
        assert!(
            printed.contains("a@e.example: failed") && printed.contains("b@e.example: unsent"),
            "{printed}"
        );
        assert!(!printed.contains(PASSWORD) && !printed.contains(TOKEN), "{printed}");
    }
    assert_eq!(panel.seen().len(), 2, "one for each process");
}
