//! Clients that exist already, and scripts as they are written for cPanel's servers, change passwords through the
//! daemon by what docs/guides/clients.md says, and Dovecot agrees.

use std::path::Path;
use std::process::{Command, Output};

use crate::common::dovecot::Dovecot;
use crate::common::{must, repository};
use crate::liveapid::{ACCOUNT_PASSWORD, FIRST_PASSWORD, Liveapid};
use crate::roundcube::Roundcube;
use serde_json::Value;

/// The mailbox that changes its password.
const USER: &str = "user@example.com";

/// The documentation's page.
fn page() -> String {
    std::fs::read_to_string(repository().join("docs/guides/clients.md")).unwrap()
}

/// The fenced blocks of one language in a section of the page.
fn blocks(section: &str, language: &str) -> Vec<String> {
    let page = page();
    let (_, rest) = page.split_once(&format!("\n## {section}\n")).expect("the section");
    let section = rest.split("\n## ").next().unwrap();
    let fence = format!("```{language}\n");
    section.split(&fence).skip(1).map(|rest| rest[..rest.find("```").unwrap()].to_owned()).collect()
}

/// A text of the page, with other words in the place of its own; all of them are there.
fn with(text: &str, words: &[(&str, &str)]) -> String {
    words.iter().fold(text.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "no {old} in {text}");
        text.replace(old, new)
    })
}

#[test]
fn roundcubes_cpanel_driver_as_debian_packages_it() {
    let daemon = Liveapid::start("lc-rc");
    let dovecot = Dovecot::start(&daemon.store);
    let lines = with(&blocks("Roundcube", "php")[0], &[("2096", &daemon.ports.webmail.to_string())]);
    let roundcube = Roundcube::start(&daemon.store, dovecot.port(), &lines);
    let new = "Round & Cube+%41 \"é\"";
    assert_eq!(roundcube.change(USER, FIRST_PASSWORD, new), "Successfully saved.", "{}", daemon.log());
    dovecot.assert_changed(USER, FIRST_PASSWORD, new);
    // The server's own words, not only that it failed.
    let said = roundcube.change(USER, new, "password");
    assert!(said.contains("strength rating"), "{said} {}", roundcube.errors());
    assert!(dovecot.imap(USER, new) && !dovecot.imap(USER, "password"));
    for text in [daemon.log(), roundcube.errors()] {
        assert!(!text.contains("Cube") && !text.contains(FIRST_PASSWORD), "{text}");
    }
}

#[test]
fn roundcubes_http_driver_looks_at_the_certificate() {
    let daemon = Liveapid::start("lc-http");
    let dovecot = Dovecot::start(&daemon.store);
    let token = daemon.token("cpanel:bob");
    let lines = |authority: &Path| {
        with(
            &blocks("Roundcube", "php")[1],
            &[
                ("mail.example.com:2083", &format!("localhost:{}", daemon.ports.cpanel)),
                ("/etc/roundcube/liveapid-ca.pem", authority.to_str().unwrap()),
                ("TOKEN", &token),
            ],
        )
    };
    let roundcube = Roundcube::start(&daemon.store, dovecot.port(), &lines(&daemon.authority()));
    let new = "Http & Cube+%42 \"ü\"";
    assert_eq!(roundcube.change(USER, FIRST_PASSWORD, new), "Successfully saved.", "{}", roundcube.errors());
    dovecot.assert_changed(USER, FIRST_PASSWORD, new);
    assert_eq!(roundcube.change(USER, new, "password"), "Could not save new password.");
    // This driver shows no reason; it is in Roundcube's log.
    assert!(roundcube.errors().contains("strength rating"), "{}", roundcube.errors());
    roundcube.configure(&lines(Path::new(FOREIGN)));
    let said = roundcube.change(USER, new, "Stolen-Cube-1");
    assert_eq!(said, "Could not save new password. Connection error.", "{}", roundcube.errors());
    assert!(roundcube.errors().contains("SSL certificate problem"), "{}", roundcube.errors());
    assert!(dovecot.imap(USER, new));
}

#[test]
fn the_pages_snippets_are_parts_of_the_programs_that_run() {
    for (section, language, file) in [
        ("PHP", "php", "client.php"),
        ("Perl", "perl", "client.pl"),
        ("Python", "python", "client.py"),
        ("Ruby", "ruby", "client.rb"),
        ("Node.js", "js", "client.js"),
    ] {
        let text = std::fs::read_to_string(repository().join("tests/clients").join(file)).unwrap();
        let blocks = blocks(section, language);
        assert!(!blocks.is_empty() && blocks.iter().all(|block| text.contains(block.as_str())), "{file}");
    }
}

#[test]
fn the_pages_command_changes_a_password() {
    let daemon = Liveapid::start("lc-shell");
    let token = daemon.token("cpanel:bob");
    let file = |name: &str, text: &str| std::fs::write(daemon.store.dir.join(name), text).unwrap();
    file("token-header", &format!("Authorization: cpanel bob:{token}"));
    file("new-password", "Shell & Curl+%43 \"ö\"");
    std::fs::copy(daemon.authority(), daemon.store.dir.join("ca.pem")).unwrap();
    let server = ("mail.example.com:2083", &*format!("localhost:{}", daemon.ports.cpanel));
    let command = with(&blocks("The shell", "sh")[0], &[server]);
    let output = must(Command::new("sh").args(["-euc", &command]).current_dir(&daemon.store.dir));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(answer["status"] == 1 && daemon.opens("Shell & Curl+%43 \"ö\""), "{answer}");
}

#[test]
fn programs_of_five_languages_in_three_ways() {
    let daemon = Liveapid::start("lc-lang");
    let root = daemon.token("root");
    let (whm, cpanel) = (daemon.ports.whm, daemon.ports.cpanel);
    for program in CLIENTS {
        for (way, port, secret, place) in [
            ("token", whm, root.as_str(), "/cpanelresult/data/0/result"),
            ("basic", cpanel, ACCOUNT_PASSWORD, "/status"),
            ("session", cpanel, ACCOUNT_PASSWORD, "/status"),
        ] {
            let (_, file) = program;
            let client = Client { program, way, port, secret };
            let password = format!("Ünï & {way}+%41 \"{file}\"");
            let output = client.run(&daemon.authority(), &password);
            let said = String::from_utf8_lossy(&output.stderr);
            let answer: Value =
                serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{file} {way}: {said}"));
            assert_eq!(answer.pointer(place), Some(&Value::from(1)), "{file} {way}: {answer}");
            assert!(daemon.opens(&password), "{file} {way}");
            let refused = client.run(&daemon.authority(), "password");
            let answer = String::from_utf8_lossy(&refused.stdout);
            assert!(
                answer.contains("strength rating") && !daemon.opens("password"),
                "{file} {way}: {answer}"
            );
            let foreign = client.run(Path::new(FOREIGN), "Foreign-Pass-1");
            assert!(!foreign.status.success() && foreign.stdout.is_empty(), "{file} {way}: {foreign:?}");
            assert!(!daemon.opens("Foreign-Pass-1"), "{file} {way}");
        }
    }
    assert!(!daemon.log().contains("Ünï") && !daemon.log().contains(&root), "{}", daemon.log());
}

/// Authorities that did not sign the daemon's certificate.
const FOREIGN: &str = "/etc/ssl/certs/ca-certificates.crt";
/// The programs of tests/clients.
const CLIENTS: [(&str, &str); 5] = [
    ("php", "client.php"),
    ("perl", "client.pl"),
    ("python3", "client.py"),
    ("ruby", "client.rb"),
    ("node", "client.js"),
];

/// A program of tests/clients, and how it logs in.
struct Client<'t> {
    program: (&'t str, &'t str),
    way: &'t str,
    port: u16,
    secret: &'t str,
}

impl Client<'_> {
    fn run(&self, authority: &Path, password: &str) -> Output {
        let (interpreter, file) = self.program;
        let mut command = Command::new(interpreter);
        // What this machine's environment says of authorities or proxies is no part of the test.
        command.env_clear().env("PATH", "/usr/bin:/bin");
        // Node.js 18 tries one address of a name only, and for localhost it may be IPv6's.
        command.env("NODE_OPTIONS", "--dns-result-order=ipv4first");
        command.arg(repository().join("tests/clients").join(file));
        command.args([self.way, &format!("localhost:{}", self.port)]).arg(authority);
        command.env("SECRET", self.secret).env("PASSWORD", password).output().unwrap()
    }
}
