//! Limits of the process are met in words, and the host lives on.

use std::process::{Command, Output};

use serde_json::Value;

use crate::common::entrance::build_c;
use crate::common::{Store, json, must, program, repository};
use crate::panel::{DONE, always, text};

/// The code of a limit.
const LIMIT: &str = "46";

fn prepared(name: &str) -> Store {
    let store = Store::with_account(name);
    store.add_mailbox("user", "Start-Password-1");
    store
}

/// Whether that is the mailbox's password now.
fn is_password(store: &Store, password: &str) -> bool {
    let answer =
        store.uapi("Email", "verify_password", &["email=user@example.com", &format!("password={password}")]);
    answer["result"]["data"] == 1
}

/// The lines that the C host printed: codes and answers.
fn c_host(store: &Store, what: &str) -> Vec<String> {
    let host = build_c(store, "tests/c/limits.c");
    let output = must(store.command(host).arg(what));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(!printed.contains("FAILED") && printed.ends_with("end\n"), "{printed}");
    printed.lines().map(str::to_owned).collect()
}

/// Whether each line is a limit's failure that names it; the answer of a success otherwise.
fn are_limits(lines: &[String], name: &str) -> bool {
    lines.iter().all(|line| line.starts_with(&format!("{LIMIT} ")) && line.contains(name))
}

#[test]
fn a_limit_on_file_size_fails_the_change_and_kills_nobody() {
    let store = prepared("lim-fsize");
    let before = std::fs::read(store.file("shadow")).unwrap();
    let lines = c_host(&store, "fsize");
    assert!(are_limits(&lines[..2], "RLIMIT_FSIZE"), "{lines:?}");
    assert!(lines[2].starts_with("0 ") && is_password(&store, "Fsize-Password-3"), "{lines:?}");
    assert_eq!(std::fs::read_dir(store.file("")).unwrap().count(), 3, "no temporary file stays");
    assert_ne!(std::fs::read(store.file("shadow")).unwrap(), before);
}

#[test]
fn a_limit_on_open_files_fails_the_change_and_says_so() {
    let store = prepared("lim-nofile");
    let lines = c_host(&store, "nofile");
    let (last, limited) = lines[..lines.len() - 1].split_last().unwrap();
    for line in limited {
        let is_done = line.starts_with("0 ") && line.contains("\"result\":1}]");
        assert!(is_done || are_limits(std::slice::from_ref(line), "RLIMIT_NOFILE"), "{line}");
    }
    assert!(are_limits(&limited[..1], "RLIMIT_NOFILE"), "{lines:?}");
    assert!(last.starts_with("0 ") && is_password(&store, "Nofile-Password-3"), "{lines:?}");
}

#[test]
fn a_limit_on_memory_fails_calls_and_aborts_nobody() {
    let store = prepared("lim-as");
    let lines = c_host(&store, "as");
    assert!(lines[0].starts_with("0 "), "256 MiB are enough: {lines:?}");
    assert!(are_limits(&lines[2..6], "RLIMIT_AS"), "{lines:?}");
    assert!(lines[6].starts_with("0 ") && is_password(&store, "As-Password-2"), "{lines:?}");
}

#[test]
fn a_signal_handler_may_call_what_the_header_allows() {
    c_host(&prepared("lim-handler"), "handler");
}

/// A command below a limit of the shell's.
fn limited(store: &Store, limit: &str, words: &[&str]) -> Output {
    let mut command = store.command("bash");
    command.arg("-c").arg(format!("ulimit {limit}; exec \"$@\"")).arg("bash").args(words);
    command.output().unwrap()
}

/// Scripts that change the password and print the answer's reason, then what of themselves they still can. The library
/// is loaded first; then a script does what `meanwhile` says in its language, and calls.
fn scripts([in_php, in_perl]: [&str; 2]) -> [(&'static str, Vec<String>); 2] {
    let bindings = repository().join("bindings");
    let php = format!(
        "require '{}'; $c = new CPANEL(); {in_php} $r = $c->api2('Email', 'passwdpop', ['domain' => 'example.com', 'email' => 'user', 'password' => 'Script-Password-1']); echo $r['cpanelresult']['error'] ?? 'done', ' lives';",
        bindings.join("php/cpanel.php").display()
    );
    let perl = format!(
        "my $c = Cpanel::LiveAPI->new(); {in_perl} my $r = $c->api2('Email', 'passwdpop', {{domain => 'example.com', email => 'user', password => 'Script-Password-1'}}); print $r->{{cpanelresult}}{{error}} // 'done', ' lives'"
    );
    let library = format!("-I{}", bindings.join("perl/lib").display());
    [("php", vec!["-r".into(), php]), ("perl", vec![library, "-MCpanel::LiveAPI".into(), "-e".into(), perl])]
}

#[test]
fn php_and_perl_live_on_beyond_limits() {
    let store = prepared("lim-script");
    for (interpreter, words) in scripts(["", ""]) {
        let words: Vec<&str> = std::iter::once(interpreter).chain(words.iter().map(String::as_str)).collect();
        // bash counts in units of 1024 bytes; the file is smaller, so the limit is none at all.
        let output = limited(&store, "-f 0", &words);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.contains("RLIMIT_FSIZE") && said.ends_with(" lives"),
            "{interpreter}: {said} {output:?}"
        );
        let output = limited(&store, "-v 900000", &words);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said, "done lives", "{interpreter}: {output:?}");
    }
}

#[test]
fn php_and_perl_without_a_descriptor_left_are_told_so() {
    let store = prepared("lim-fds");
    let take_all = [
        "$c->api2('Email', 'listpops', []); for ($all = []; $one = @fopen('/dev/null', 'r'); $all[] = $one);",
        "$c->api2('Email', 'listpops', {}); my @all; while (open my $one, '<', '/dev/null') { push @all, $one }",
    ];
    for (interpreter, words) in scripts(take_all) {
        let words: Vec<&str> = std::iter::once(interpreter).chain(words.iter().map(String::as_str)).collect();
        let output = limited(&store, "-n 64", &words);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.contains("RLIMIT_NOFILE") && said.ends_with(" lives"),
            "{interpreter}: {said} {output:?}"
        );
        assert!(!is_password(&store, "Script-Password-1"), "{interpreter}");
    }
}

#[test]
fn programs_say_which_limit_they_met() {
    let store = prepared("lim-program");
    let cpapi2 = program("cpapi2");
    let words = [
        cpapi2.to_str().unwrap(),
        "--output=json",
        "Email",
        "passwdpop",
        "domain=example.com",
        "email=user",
        "password=Program-Password-1",
    ];
    let answer: Value = json(&limited(&store, "-f 0", &words));
    let why = answer["cpanelresult"]["error"].as_str().unwrap();
    assert!(why.contains("RLIMIT_FSIZE") && !is_password(&store, "Program-Password-1"), "{answer}");
    // The answer itself goes into a file that may not be written: the call was made all the same.
    let out = store.dir.join("out");
    let line = format!("{} Email listpops > {}", words[0], out.display());
    let output = limited(&store, "-f 0", &["bash", "-c", &line]);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && complaint.contains("answer cannot be printed"), "{output:?}");
}

/// Nothing of a call to a server looks like another failure when descriptors are used up.
#[test]
fn a_call_to_a_server_without_descriptors_says_so() {
    let panel = always("lim-panel", text(DONE));
    let host = panel.dir.join("host");
    must(
        Command::new("cc")
            .args(["-D_GNU_SOURCE", "-I"])
            .arg(repository().join("include"))
            .arg("-o")
            .arg(&host)
            .args([repository().join("tests/c/limits.c"), crate::common::library()]),
    );
    std::os::unix::fs::symlink(crate::common::library(), panel.dir.join("libliveapi.so.1")).unwrap();
    let output = must(panel.command(&host).env("LD_LIBRARY_PATH", &panel.dir).arg("nofile"));
    let printed = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<String> = printed.lines().map(str::to_owned).collect();
    let limited = lines.iter().take_while(|line| line.starts_with(LIMIT)).count();
    assert!(limited >= 3 && are_limits(&lines[..limited], "RLIMIT_NOFILE"), "{printed}");
    assert!(lines[limited..8].iter().all(|line| line.starts_with("0 ")), "{printed}");
    assert_eq!(panel.seen().len(), 8 - limited, "what failed was not sent");
}
