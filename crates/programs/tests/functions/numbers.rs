//! Numbers and booleans in JSON on the command line and in batches: the password is their text, or the call is refused.

use crate::common::entrance::feed;
use crate::common::numbers::PASSWORDS;
use crate::common::{Store, arg, program};

fn prepared(name: &str) -> Store {
    let mut store = Store::with_account(name);
    store.required_strength = Some(0);
    store.add_mailbox("user", "Start-Password-1");
    store
}

fn opens(store: &Store, password: &str) -> bool {
    let password = arg("password", password);
    store.uapi("Email", "verify_password", &["email=user@example.com", &password])["result"]["data"] == 1
}

#[test]
fn json_from_standard_input_and_words() {
    let store = prepared("numsh");
    for (json, password) in PASSWORDS.into_iter().filter(|(json, _)| *json != "Infinity") {
        let mut command = store.command(program("cpapi2"));
        command.args(["--user=bob", "--output=json", "--input=json", "Email", "passwdpop"]);
        let object = format!(r#"{{"domain":"example.com","email":"user","password":{json}}}"#);
        let answer = feed(&mut command, object.as_bytes());
        assert_eq!(answer.contains("\"result\":1}]"), password.is_some(), "{json}: {answer}");
        assert!(password.is_none_or(|password| opens(&store, password)), "{json}");
        assert!(password.is_some() || answer.contains("password"), "{json}: {answer}");
        // A word of the shell is a text, whatever it looks like.
        let word = arg("password", json);
        let answer =
            store.api2("Email", "passwdpop", &["email=user@example.com", "domain=example.com", &word]);
        assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{json}: {answer}");
        assert!(opens(&store, json), "{json}");
    }
}

#[test]
fn items_of_a_batch() {
    let store = prepared("numba");
    for (json, password) in PASSWORDS.into_iter().filter(|(json, _)| *json != "Infinity") {
        let item = format!(
            r#"{{"module":"Email","func":"passwdpop","params":{{"domain":"example.com","email":"user","password":{json}}}}}"#
        );
        let file = store.dir.join("items");
        std::fs::write(&file, item + "\n").unwrap();
        let mut command = store.command(program("cpapi2"));
        let rows = command.args(["--user=bob", "--batch"]).arg(&file).output().unwrap();
        let row = String::from_utf8(rows.stdout).unwrap();
        assert_eq!(row.contains("\"status\":\"done\""), password.is_some(), "{json}: {row}");
        assert!(password.is_none_or(|password| opens(&store, password)), "{json}");
    }
}
