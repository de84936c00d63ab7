//! The OpenAPI document: who gets it, that it is one, and that the daemon keeps to it.

use std::path::PathBuf;
use std::process::Command;

use crate::common::{must, program, repository};
use crate::liveapid::{Liveapid, Ports};
use serde_json::Value;

/// The document of a service in a file of the daemon's folder.
fn document(daemon: &Liveapid, service: &str) -> PathBuf {
    let path = daemon.store.dir.join("openapi.json");
    let printed = must(daemon.store.command(program("liveapi")).args(["openapi", service]));
    std::fs::write(&path, printed.stdout).unwrap();
    path
}

fn checked(words: &[&str]) -> Command {
    let mut command = Command::new(repository().join("scripts/openapi.sh"));
    command.args(words);
    command
}

#[test]
fn each_port_gives_its_document_to_those_who_are_logged_in() {
    let daemon = Liveapid::start("oa");
    let Ports { whm, cpanel, webmail, .. } = daemon.ports;
    let root = format!("Authorization: whm root:{}", daemon.token("root"));
    for (service, port, login) in [
        ("cpanel", cpanel, vec!["--user", "bob:Bob-Secret-77"]),
        ("webmail", webmail, vec!["--user", "user@example.com:Some-Password-1"]),
        ("whm", whm, vec!["--header", &root]),
    ] {
        let denied = daemon.curl(port, "/openapi.json", &[]);
        assert_eq!(denied.status, 401, "{service}: {denied:?}");
        let served = daemon.curl(port, "/openapi.json", &login);
        let kind = served.field("Content-Type");
        assert_eq!((served.status, kind), (200, Some("application/json; charset=\"utf-8\"")), "{service}");
        let printed: Value =
            serde_json::from_slice(&std::fs::read(document(&daemon, service)).unwrap()).unwrap();
        assert_eq!(served.json(), printed, "{service}");
    }
}

#[test]
fn the_documents_are_valid() {
    let daemon = Liveapid::start("oav");
    for service in ["cpanel", "whm", "webmail"] {
        let path = document(&daemon, service);
        let path = path.to_str().unwrap();
        must(&mut checked(&["validate", path]));
        let broken =
            std::fs::read_to_string(path).unwrap().replace("\"in\": \"query\"", "\"in\": \"nowhere\"");
        std::fs::write(path, broken).unwrap();
        let refused = checked(&["validate", path]).output().unwrap();
        assert!(!refused.status.success(), "{service}: a broken document is refused");
    }
}

/// Lets schemathesis call what it makes up from the document: no answer may be another one than it says.
fn kept(name: &str, owner: &str, service: &str, port: u16, daemon: &Liveapid) {
    let token = daemon.token(owner);
    let url = format!("https://localhost:{port}");
    let (path, authority) = (document(daemon, service), daemon.authority());
    let mut command = checked(&["try", path.to_str().unwrap(), &url, authority.to_str().unwrap()]);
    let output = command.env("AUTHORIZATION", format!("{service} {owner}:{token}")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).replace(&token, "(the token)");
    assert!(output.status.success(), "{name}: {}", said.chars().take(6000).collect::<String>());
}

#[test]
fn cpanels_port_answers_as_its_document_says() {
    let daemon = Liveapid::start("oac");
    kept("cPanel", "bob", "cpanel", daemon.ports.cpanel, &daemon);
}

#[test]
fn whms_port_answers_as_its_document_says() {
    let daemon = Liveapid::start("oaw");
    kept("WHM", "root", "whm", daemon.ports.whm, &daemon);
}
