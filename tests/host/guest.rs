//! The library is a guest: it starts nothing, leaves nothing open, and survives what hosts do.

use std::process::Command;

use crate::common::entrance::{build_c, feed};
use crate::common::{Store, library, must, program, repository};

fn prepared(name: &str) -> Store {
    let store = Store::with_account(name);
    store.add_mailbox("user", "Start-Password-1");
    store
}

#[test]
fn a_host_that_loads_it_at_run_time() {
    let store = prepared("host");
    let host = build_c(&store, "tests/c/host.c");
    let output = must(store.command(host).arg(library()));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0 failures\n");
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(report.contains("on purpose"), "the default panic hook reports to the host's log: {report}");
}

#[test]
fn ten_thousand_forks() {
    let store = prepared("fork");
    let forks = build_c(&store, "tests/c/forks.c");
    let output = must(store.command(forks).arg("10000"));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0 wrong, 0 hung or dead\n");
}

#[test]
fn every_descriptor_is_closed_on_exec() {
    let store = prepared("exec");
    let trace = store.dir.join("trace");
    let mut command = store.command("strace");
    command
        .arg("-o")
        .arg(&trace)
        .args(["-e", "trace=open,openat,openat2,socket,dup,dup2,dup3,fcntl"])
        .arg(program("cpapi2"));
    must(command.args([
        "Email",
        "passwdpop",
        "domain=example.com",
        "email=user",
        "password=Other-Password-1",
    ]));
    let text = std::fs::read_to_string(&trace).unwrap();
    let opens: Vec<&str> = text.lines().filter(|line| line.starts_with("open")).collect();
    assert!(opens.iter().any(|line| line.contains("shadow")), "{text}");
    for line in opens {
        assert!(line.contains("O_CLOEXEC") || line.contains(" = -1 "), "{line}");
    }
    assert!(!text.lines().any(|line| line.starts_with("socket") || line.starts_with("dup")), "{text}");
}

#[test]
fn no_password_stays_in_memory() {
    let store = prepared("wipe");
    let program = build_c(&store, "tests/c/wiped.c");
    for (args, done) in [
        (&[][..], "\"result\":1}]"),
        (&["verify_password"], "\"data\":1}"),
        (&["batch"], "\"status\":\"done\""),
    ] {
        let output = store.command(&program).args(args).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains(done) && text.ends_with("\n0 copies\n"), "{text}");
    }
}

#[test]
fn c_clients_under_address_sanitizer() {
    let store = prepared("asan");
    let build = |source: &str| {
        let out = store.dir.join("sanitized");
        must(
            Command::new("cc")
                .args([
                    "-std=c11",
                    "-g",
                    "-D_GNU_SOURCE",
                    "-pthread",
                    "-fsanitize=address,undefined",
                    "-fno-sanitize-recover=all",
                    "-I",
                ])
                .arg(repository().join("include"))
                .arg("-o")
                .arg(&out)
                .arg(repository().join(source))
                .arg(library()),
        );
        std::os::unix::fs::symlink(library(), store.dir.join("libliveapi.so.1")).ok();
        let mut command = store.command(out);
        command.env("LD_LIBRARY_PATH", &store.dir);
        command
    };
    let output = must(&mut build("tests/c/abi.c"));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0 failures\n");
    let answer = feed(build("bindings/c/passwdpop.c").arg("user@example.com"), b"Sanitized-Password-1");
    assert!(answer.contains("\"result\":1}]"), "{answer}");
    must(build("tests/c/flat.c").arg("2000"));
}
