//! What the doctor says of a machine that is well, and of each thing that is not; and the settings that hold.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::common::dovecot::{Dovecot, is_2_4};
use crate::common::{Store, json, must, program};
use serde_json::Value;

fn prepared(name: &str) -> Store {
    let store = Store::with_account(name);
    store.add_mailbox("user", "Start-Password-1");
    store
}

/// What it found, and its exit status.
fn examined(store: &Store, change: impl Fn(&mut Command)) -> (Vec<Value>, Option<i32>) {
    let mut command = store.command(program("liveapi"));
    command.args(["doctor", "--output=json", "--dovecot-config"]).arg(store.dir.join("dovecot.conf"));
    change(&mut command);
    let output = command.output().unwrap();
    (json(&output).as_array().unwrap().clone(), output.status.code())
}

fn found(store: &Store) -> Vec<Value> {
    examined(store, |_| {}).0
}

/// The findings of a state, by step and object and text.
fn of_state(findings: &[Value], state: &str) -> Vec<String> {
    let matching = findings.iter().filter(|finding| finding["state"] == state);
    matching.map(|finding| format!("{} {} {}", finding["step"], finding["object"], finding["what"])).collect()
}

/// That one thing is wrong, which says so in these words and has an advice.
#[track_caller]
fn assert_wrong(findings: &[Value], words: &str) {
    let wrong = of_state(findings, "wrong");
    assert!(wrong.iter().any(|finding| finding.contains(words)), "{words}: {wrong:?}");
    for finding in findings.iter().filter(|finding| finding["state"] == "wrong") {
        assert!(!finding["advice"].as_str().unwrap().is_empty(), "{finding}");
    }
}

#[test]
fn a_machine_that_is_well() {
    let store = prepared("docok");
    let _dovecot = Dovecot::start(&store);
    let (findings, status) = examined(&store, |_| {});
    assert_eq!((of_state(&findings, "wrong"), of_state(&findings, "odd"), status), (vec![], vec![], Some(0)));
    for step in ["library", "configuration", "engine", "store", "Dovecot"] {
        assert!(findings.iter().any(|finding| finding["step"] == step), "{step}: {findings:?}");
    }
    let good = of_state(&findings, "ok").join("\n");
    assert!(good.contains("finds its password") && good.contains("finds its mail folder"), "{good}");
    let mut text = store.command(program("liveapi"));
    let output = must(text.args(["doctor", "--dovecot-config"]).arg(store.dir.join("dovecot.conf")));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("ok     store: account bob: 1 domain, 1 mailbox\n"), "{text}");
}

#[test]
fn what_is_wrong_before_the_store_is_reached() {
    let store = prepared("docpre");
    let (findings, status) = examined(&store, |command| {
        command.env("LIVEAPI_LIBRARY", "/nonexistent/liveapi.so");
    });
    assert_wrong(&findings, "LIVEAPI_LIBRARY names no file");
    assert_eq!(status, Some(1));
    let (findings, _) = examined(&store, |command| {
        command.env("LIVEAPI_REQUIRED_STRENGTH", "many");
    });
    assert_wrong(&findings, "0 to 100");
    assert!(findings.iter().all(|finding| finding["step"] != "store"), "it stops there");
    let (findings, _) = examined(&store, |command| {
        command.env("LIVEAPI_URL", "postgres://db");
    });
    assert_wrong(&findings, "postgres");
}

#[test]
fn what_is_wrong_in_the_store() {
    let store = prepared("docsto");
    let _dovecot = Dovecot::start(&store);
    let mode =
        |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(&store.file("shadow"), 0o644);
    assert_wrong(&found(&store), "every user of the machine may use it (mode 644)");
    mode(&store.file("shadow"), 0o640);
    std::fs::hard_link(store.file("shadow"), store.file("shadow.roottn.bak")).unwrap();
    assert_wrong(&found(&store), "it has a second name (a hard link)");
    std::fs::remove_file(store.file("shadow.roottn.bak")).unwrap();
    let link = store.root.join(".liveapi/domains/example.com");
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("/nonexistent", &link).unwrap();
    assert_wrong(&found(&store), "does not lead to its files");
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("../../bob/etc/example.com", &link).unwrap();
    assert_eq!(of_state(&found(&store), "wrong"), Vec::<String>::new());
    let list = store.root.join(".liveapi/suspended");
    mode(&list, 0o600);
    assert_wrong(&found(&store), "its mode is 600");
    mode(&list, 0o644);
    std::fs::write(&list, "bob: bob\n").unwrap();
    assert_wrong(&found(&store), "names “bob”, whose account “bob” is not suspended");
    std::fs::write(&list, "").unwrap();
    store.whm("suspendacct", &["user=bob"]);
    assert_eq!(of_state(&found(&store), "wrong"), Vec::<String>::new());
    std::fs::write(&list, "bob: bob\n").unwrap();
    assert_wrong(&found(&store), "lacks “example.com”, whose account “bob” is suspended");
    std::fs::remove_file(&list).unwrap();
    assert_wrong(&found(&store), "is missing, though accounts are suspended");
    store.whm("unsuspendacct", &["user=bob"]);
    // Strays are odd, not wrong.
    let shadow = std::fs::read_to_string(store.file("shadow")).unwrap();
    std::fs::write(store.file("shadow"), shadow + "intruder:$6$a$b:16249:::::\r\n").unwrap();
    let odd = of_state(&found(&store), "odd").join("\n");
    assert!(odd.contains("intruder") && odd.contains("shadow:2"), "{odd}");
    assert!(!odd.contains("$6$"), "{odd}");
}

#[test]
fn what_is_wrong_with_dovecot() {
    let store = prepared("docdov");
    let config = store.dir.join("dovecot.conf");
    let dovecot = Dovecot::start(&store);
    let text = std::fs::read_to_string(&config).unwrap();
    let with = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        std::fs::write(&config, text.replace(from, to)).unwrap();
        let findings = found(&store);
        std::fs::write(&config, &text).unwrap();
        findings
    };
    let guard = if is_2_4() { "fields_import_all = no" } else { "override_fields = user=%L{orig_user}" };
    assert_wrong(&with(guard, ""), &format!("lacks {guard}"));
    assert_wrong(&with("deny = yes", ""), "no passdb with deny = yes asks .liveapi/suspended");
    assert_wrong(&with("/.liveapi/domains/", "/elsewhere/"), "no passdb reads");
    assert_wrong(&with("protocols = imap", "protocols = imap\nnosuch_setting = 1"), "cannot be read");
    let odd = of_state(&with("auth_username_chars", "#"), "odd").join("\n");
    assert!(odd.contains("no plus sign"), "{odd}");
    drop(dovecot);
    let odd = of_state(&found(&store), "odd").join("\n");
    assert!(odd.contains("does not run"), "{odd}");
    // With several accounts the simple configuration lets one in as another.
    store.whm("createacct", &["username=eve", "domain=eve.example"]);
    assert_wrong(&found(&store), "can name another user or other groups");
}

#[test]
fn settings_are_shown_with_their_origin_and_without_secrets() {
    let store = prepared("docset");
    let file = store.dir.join("liveapi.toml");
    std::fs::write(&file, "user = 'fromfile'\nrequired_strength = 60\ntoken = 's3cret'\n").unwrap();
    let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o600);
    let show = |url: &str| {
        let mut command = store.command(program("liveapi"));
        command
            .args(["config", "show", "--output=json"])
            .env("LIVEAPI_CONFIG", &file)
            .env("LIVEAPI_URL", url);
        command.output().unwrap()
    };
    let shown = json(&show("home:///srv/homes"));
    let at = |key: &str| {
        let row = shown.as_array().unwrap().iter().find(|row| row["key"] == key).unwrap();
        [&row["value"], &row["origin"]].map(|text| text.as_str().unwrap().to_owned())
    };
    assert_eq!(at("url"), ["home:///srv/homes", "environment variable LIVEAPI_URL"]);
    // bob is in the environment, which counts more than the file.
    assert_eq!(at("user"), ["bob", "environment variable LIVEAPI_USER"]);
    assert_eq!(at("required_strength"), ["60".to_owned(), format!("file {}", file.display())]);
    assert_eq!(at("token"), ["(a secret)".to_owned(), format!("file {}", file.display())]);
    assert_eq!(at("default_quota"), ["1024", "default"]);
    let masked = String::from_utf8(show("home://u:s3cret@/srv/homes").stdout).unwrap();
    assert!(masked.contains("home://u:(a secret)@/srv/homes"), "{masked}");
    assert!(!masked.contains("s3cret@") && !shown.to_string().contains("s3cret\""), "{masked}");
    // A secret in a file that others may read is none.
    mode(0o644);
    let refused = show("home:///srv/homes");
    let complaint = String::from_utf8(refused.stderr).unwrap();
    assert!(
        refused.status.code() == Some(1) && complaint.contains("holds a secret, and others may read"),
        "{complaint}"
    );
    assert!(!complaint.contains("s3cret"), "{complaint}");
    let token = store.dir.join("token");
    std::fs::write(&token, "s3cret\n").unwrap();
    std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::fs::write(&file, format!("token_file = '{}'\n", token.display())).unwrap();
    let complaint = String::from_utf8(show("home:///srv/homes").stderr).unwrap();
    assert!(complaint.contains("The token file") && complaint.contains("chmod go="), "{complaint}");
}
