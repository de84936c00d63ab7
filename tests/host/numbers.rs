//! Numbers and booleans as passwords: what opens is the text that the language prints, or the call was refused.

use crate::common::entrance::{build_c, feed};
use crate::common::numbers::PASSWORDS;
use crate::common::{Store, arg, must, repository};

fn prepared(name: &str) -> Store {
    let mut store = Store::with_account(name);
    store.required_strength = Some(0);
    store.add_mailbox("user", "Start-Password-1");
    store
}

#[test]
fn php_prints_what_opens() {
    let store = prepared("numphp");
    let output = must(store.command("php").arg(repository().join("tests/php/numbers.php")));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "107 values\n");
}

#[test]
fn perl_prints_what_opens_with_every_json_module() {
    let store = prepared("numperl");
    for module in ["JSON::PP", "JSON::XS", "Cpanel::JSON::XS"] {
        let mut command = store.command("perl");
        let tests = repository().join("bindings/perl/t");
        command
            .arg("-I")
            .arg(tests.join("lib"))
            .arg(format!("-MOnlyJSON={module}"))
            .arg(tests.join("numbers.t"));
        let text = String::from_utf8(must(&mut command).stdout).unwrap();
        assert!(text.lines().filter(|line| line.starts_with("ok ")).count() > 150, "{module}: {text}");
        assert!(!text.contains("not ok"), "{module}: {text}");
    }
}

#[test]
fn c_gets_what_stands_in_its_json() {
    let store = prepared("numc");
    let program = build_c(&store, "tests/c/numbers.c");
    for (json, password) in PASSWORDS {
        let answer = feed(&mut store.command(&program), format!("{json}\n").as_bytes());
        assert_eq!(answer.contains("\"result\":1}]"), password.is_some(), "{json}: {answer}");
        match password {
            Some(password) => {
                let check = arg("password", password);
                let known = store.uapi("Email", "verify_password", &["email=user@example.com", &check]);
                assert_eq!(known["result"]["data"], 1, "{json}");
            }
            None => assert!(answer.contains("password"), "{json}: {answer}"),
        }
    }
}
