//! Changes in a group are what they would be one after the other: answers, and the bytes of every file.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::common::Store;
use liveapi_core::engine::{Client, Options, answer_list};
use liveapi_core::store::{Password, hash};
use serde_json::Value;

const PASSWORDS: [&str; 3] = ["First-Password-1", "Second-Password-2", "Third-Password-3"];
const NAMES: [&str; 9] = ["ann", "ben", "cy", "dora", "eve", "odd", "stray", "new", "newer"];
const ROUNDS: u64 = 40;
const CHANGES: usize = 50;

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % most
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// Any of the changes of a mailbox, some of them to be refused, and now and then a call that changes no mailbox.
fn item(numbers: &mut Numbers) -> String {
    let name = numbers.of(&NAMES);
    let domain =
        numbers.of(&["example.com", "example.com", "example.com", "second.example", "foreign.example"]);
    let password = numbers.of(&[PASSWORDS[0], PASSWORDS[1], PASSWORDS[2], "weak"]);
    let quota = numbers.of(&["0", "5", "7", "many"]);
    let (family, func, rest) = match numbers.below(14) {
        0 => ("api2", "addpop", format!(r#","password":"{password}","quota":"{quota}""#)),
        1 => ("uapi", "add_pop", format!(r#","password":"{password}""#)),
        2 => ("uapi", "add_pop", r#","password_hash":"$1$salt$hash","quota":"9""#.to_owned()),
        3 => ("api2", "delpop", String::new()),
        4 => ("uapi", "delete_pop", r#","flags":"passwd""#.to_owned()),
        5 | 6 => ("api2", "passwdpop", format!(r#","password":"{password}""#)),
        7 => ("uapi", "passwd_pop", format!(r#","password":"{password}""#)),
        8 => ("api2", "editquota", format!(r#","quota":"{quota}""#)),
        9 => ("uapi", "edit_pop_quota", format!(r#","quota":"{quota}""#)),
        10 => ("uapi", "suspend_login", String::new()),
        11 => ("uapi", "unsuspend_login", String::new()),
        12 => ("uapi", "suspend_incoming", String::new()),
        _ => ("api1", "passwdpop", String::new()),
    };
    if family == "api1" {
        return format!(
            r#"{{"family":"api1","module":"Email","func":"passwdpop","params":["{name}","{password}","{quota}","{domain}"]}}"#
        );
    }
    format!(
        r#"{{"family":"{family}","module":"Email","func":"{func}","params":{{"email":"{name}","domain":"{domain}"{rest}}}}}"#
    )
}

/// A store with mailboxes, and with all that hand-made files hold.
fn prepared(name: &str, most: Option<u64>) -> Store {
    let store = Store::with_account(name);
    let added = store.uapi("Park", "park", &["domain=second.example"]);
    let added = if added["result"]["status"] == 1 {
        added
    } else {
        store.api2("Park", "park", &["domain=second.example"])
    };
    assert!(!added.to_string().contains("\"result\":0"), "{added}");
    for name in &NAMES[..5] {
        store.uapi("Email", "add_pop", &[&format!("email={name}"), "quota=3", "password_hash=$1$salt$hash"]);
    }
    let edit = |file: &str, change: &dyn Fn(String) -> String| {
        let path = store.file(file);
        std::fs::write(&path, change(std::fs::read_to_string(&path).unwrap())).unwrap();
    };
    edit("shadow", &|text| {
        let text = text
            .replace("ben:", "ben:!")
            .replace("cy:", "cy:*LOCKED*")
            .replace("dora:", "dora:$1$x$y:1\ndora:");
        format!("#c:x\n\n{text}z\0z:1\nstray:!!$1$a$b:7:::::\r\nodd:$1$a$b")
    });
    edit("quota", &|text| format!("{text}eve:7\nstray:8\r\nodd:5"));
    let root = store.root.display().to_string();
    edit("passwd", &|text| format!("{text}#x\nodd:x:1:1::{root}/odd:{root}\nben:x:9"));
    let mail = store.root.join("bob/mail/example.com/dora/cur/1");
    std::fs::write(mail, "a message").unwrap();
    if let Some(most) = most {
        let changed = store.whm("modifyacct", &["user=bob", &format!("MAXPOP={most}")]);
        assert_eq!(changed["metadata"]["result"], 1, "{changed}");
    }
    store
}

fn client(store: &Store) -> Client {
    let options = serde_json::json!({ "url": format!("home://{}", store.root.display()), "user": "bob" });
    Client::new(Options::from_json(&options.to_string()).unwrap()).unwrap()
}

fn rows(store: &Store, items: &[String], options: &str) -> Vec<Value> {
    let rows = answer_list(&client(store), &format!("[{}]", items.join(",")), options).unwrap();
    let rows = rows.replace(store.root.to_str().unwrap(), "ROOT");
    let mut rows: Vec<Value> = serde_json::from_str(&rows).unwrap();
    rows.iter_mut().for_each(|row| row["item"] = Value::Null);
    rows
}

/// Everything below the account's home, hashes by the password that they are of.
fn state(store: &Store) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let home = store.root.join("bob");
    let mut folders = vec![home.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&home).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                found.insert(name, String::new());
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                found.insert(name, named(&text.replace(store.root.to_str().unwrap(), "ROOT")));
            }
        }
    }
    found
}

fn named(text: &str) -> String {
    let mut known = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("$6$") {
        let end = rest[at..].find([':', '\r', '\n']).map_or(rest.len(), |length| at + length);
        let is_of = |password: &&&str| {
            hash::verify(&Password::to_be_stored(password).unwrap(), &rest[at..end]) == hash::Verdict::Same
        };
        let password = PASSWORDS.iter().find(is_of).unwrap_or_else(|| panic!("whose hash? {rest}"));
        write!(known, "{}<{password}>", &rest[..at]).unwrap();
        rest = &rest[end..];
    }
    known + rest
}

#[test]
fn a_group_is_its_changes_one_after_the_other() {
    for round in 1..=ROUNDS {
        let most = (round % 3 == 0).then_some(6 + round % 4);
        let (single, group) = (prepared("gone", most), prepared("gtwo", most));
        let mut numbers = Numbers(round.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let items: Vec<String> = (0..CHANGES).map(|_| item(&mut numbers)).collect();
        let mut expected = Vec::new();
        let stops = round % 5 == 0;
        for item in &items {
            expected.append(&mut rows(&single, std::slice::from_ref(item), "{}"));
            if stops && expected.last().unwrap()["status"] != "done" {
                break;
            }
        }
        let found = rows(&group, &items, if stops { r#"{"stop_on_error":true}"# } else { "{}" });
        for (n, (expected, found)) in expected.iter().zip(&found).enumerate() {
            assert_eq!(expected, found, "round {round}, change {n} of {items:#?}");
        }
        assert!(found[expected.len()..].iter().all(|row| row["status"] == "unsent"), "round {round}");
        assert_eq!(state(&single), state(&group), "round {round}: {items:#?}");
        let statuses = |word: &str| found.iter().filter(|row| row["status"] == word).count();
        assert!(stops || (statuses("done") > 5 && statuses("refused") > 5), "round {round} says little");
    }
}
