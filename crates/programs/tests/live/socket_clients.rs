//! Clients of the LiveAPI socket with the habits of those that exist, in their languages: how they count, where they
//! believe an answer to end, how they part. Each changes a password, and Dovecot agrees.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::common::dovecot::Dovecot;
use crate::common::entrance::feed;
use crate::common::repository;
use crate::live_page::{socket, start};
use crate::liveapid::{FIRST_PASSWORD, Liveapid};
use serde_json::{Value, json};

const USER: &str = "user@example.com";

/// What the client prints: the row of the answer.
fn change(daemon: &Liveapid, program: &str, script: &str, password: &str) -> Value {
    let begun = Instant::now();
    let mut command = Command::new("timeout");
    command.args(["30", program]).arg(repository().join("tests/clients/live").join(script));
    for (name, path) in liveapi_programs::live::variables(&socket(daemon, "bob")) {
        command.env(name, path);
    }
    let printed = feed(&mut command, password.as_bytes());
    // The PHP class waits up to ten seconds for an end that does not come.
    assert!(begun.elapsed() < Duration::from_secs(8), "{script} took {:?}", begun.elapsed());
    serde_json::from_str(&printed).unwrap_or_else(|cause| panic!("{script}: {cause}: {printed}"))
}

#[test]
fn each_changes_a_password_and_hears_why_one_is_refused() {
    let daemon = start("so-cli", &[]);
    let dovecot = Dovecot::start(&daemon.store);
    let mut old = FIRST_PASSWORD.to_owned();
    let clients = [("php", "lines.php"), ("node", "units.js"), ("python3", "loop.py"), ("perl", "parser.pl")];
    for (number, (program, script)) in clients.into_iter().enumerate() {
        // What ends frames, tags and texts, and more bytes than characters.
        let new = format!("p&a%s+s \"q\" é<b>#/😀</cpanelaction>{number}");
        assert_eq!(change(&daemon, program, script, &new), json!({"reason":"","result":1}), "{script}");
        dovecot.assert_changed(USER, &old, &new);
        let weak = change(&daemon, program, script, "abc");
        assert_eq!(weak["result"], 0, "{script}: {weak}");
        assert!(weak["reason"].as_str().unwrap().contains("strength"), "{script}: {weak}");
        assert!(dovecot.imap(USER, &new), "{script}");
        old = new;
    }
    let log = daemon.log();
    assert!(log.contains("\"by\":\"socket\"") && log.contains("Email::passwdpop"), "{log}");
    assert!(!log.contains("p&a%s") && !log.contains("😀"), "{log}");
}
