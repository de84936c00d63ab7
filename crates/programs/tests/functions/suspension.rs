//! Parts of a mailbox that are suspended: what stands on disk, what lists show, and that it goes with the
//! mailbox. What mail servers make of it is in the tests of delivery.

use crate::common::Store;
use serde_json::{Value, json};

fn store(name: &str) -> Store {
    let store = Store::with_account(name);
    store.add_mailbox("user", "Start-Password-1");
    store.add_mailbox("other", "Start-Password-1");
    store
}

fn call(store: &Store, func: &str) -> Value {
    let answer = store.uapi("Email", func, &["email=user@example.com"]);
    assert_eq!(answer["result"]["status"], 1, "{func}: {answer}");
    answer["result"]["data"].clone()
}

fn row(store: &Store) -> Value {
    let listed =
        store.uapi("Email", "list_pops_with_disk", &["email=user", "get_restrictions=1", "no_disk=1"]);
    assert_eq!(listed["result"]["data"].as_array().unwrap().len(), 1, "{listed}");
    assert!(listed["result"]["data"][0].get("diskused").is_none(), "{listed}");
    listed["result"]["data"][0].clone()
}

#[test]
fn incoming_mail_is_marked_beside_the_owners_own_filter() {
    let store = store("sinc");
    let filter = store.file("user/filter");
    assert_eq!(call(&store, "suspend_incoming"), Value::Null);
    assert_eq!(call(&store, "suspend_incoming"), Value::Null, "twice is once");
    let text = std::fs::read_to_string(&filter).unwrap();
    assert_eq!(text.lines().filter(|line| *line == "# liveapi: incoming mail is suspended").count(), 1);
    assert_eq!((&row(&store)["suspended_incoming"], &row(&store)["has_suspended"]), (&json!(1), &json!(1)));
    let listed = store.api2("Email", "listpopssingle", &[]);
    let flags = |n: usize| listed["cpanelresult"]["data"][n]["suspended_incoming"].clone();
    assert_eq!((flags(0), flags(1)), (json!(1), json!(0)));
    assert_eq!(call(&store, "unsuspend_incoming"), 1);
    assert!(!filter.exists(), "nothing else was in it");
    // The owner's own filter stays, byte for byte.
    let own = "# Exim filter\nif $h_subject: contains \"x\" then save x endif\r\n";
    std::fs::write(&filter, own).unwrap();
    if crate::common::is_root() {
        use std::os::unix::fs::MetadataExt;
        let group = std::fs::metadata(store.file("user")).unwrap().gid();
        std::os::unix::fs::chown(&filter, Some(store.owner()), Some(group)).unwrap();
    }
    call(&store, "suspend_incoming");
    assert!(std::fs::read_to_string(&filter).unwrap().ends_with(own));
    call(&store, "unsuspend_incoming");
    assert_eq!(std::fs::read_to_string(&filter).unwrap(), own);
}

#[test]
fn outgoing_mail_is_suspended_or_held_by_a_line() {
    let store = store("sout");
    let file =
        |name: &str| std::fs::read_to_string(store.root.join(".liveapi").join(name)).unwrap_or_default();
    for (on, off, name, field, first) in [
        (
            "suspend_outgoing",
            "unsuspend_outgoing",
            "outgoing_mail_suspended_users",
            "suspended_outgoing",
            json!(1),
        ),
        ("hold_outgoing", "release_outgoing", "outgoing_mail_hold_users", "hold_outgoing", Value::Null),
    ] {
        assert_eq!(call(&store, on), first);
        call(&store, on);
        assert_eq!(file(name), "user@example.com\n");
        assert_eq!(row(&store)[field], 1, "{field}");
        call(&store, off);
        call(&store, off);
        assert_eq!(file(name), "");
        assert_eq!(row(&store)[field], 0, "{field}");
    }
}

#[test]
fn a_new_mailbox_of_the_name_is_not_born_suspended() {
    let store = store("sdel");
    for func in ["suspend_login", "suspend_incoming", "suspend_outgoing", "hold_outgoing"] {
        call(&store, func);
    }
    store.api2("Email", "delpop", &["domain=example.com", "email=user"]);
    store.add_mailbox("user", "Start-Password-1");
    let row = row(&store);
    for field in
        ["suspended_login", "suspended_incoming", "suspended_outgoing", "hold_outgoing", "has_suspended"]
    {
        assert_eq!(row[field], 0, "{field}: {row}");
    }
}

#[test]
fn a_file_of_the_mailboxs_name_is_not_ours_and_stands_in_nobodys_way() {
    let store = store("sfile");
    std::fs::write(store.file("user"), "another program's").unwrap();
    let gone = store.api2("Email", "delpop", &["domain=example.com", "email=user"]);
    assert_eq!(gone["cpanelresult"]["data"][0]["reason"], "OK", "{gone}");
    assert_eq!(std::fs::read_to_string(store.file("user")).unwrap(), "another program's");
}

#[test]
fn only_a_mailbox_that_exists_is_suspended() {
    let store = store("snon");
    for func in ["suspend_login", "suspend_incoming", "suspend_outgoing", "hold_outgoing", "release_outgoing"]
    {
        let answer = store.uapi("Email", func, &["email=nosuch@example.com"]);
        assert_eq!(
            answer["result"]["errors"][0], "You do not have an email account named “nosuch@example.com”.",
            "{func}"
        );
        let foreign = store.uapi("Email", func, &["email=user@foreign.example"]);
        assert!(foreign["result"]["errors"][0].as_str().unwrap().contains("do not have access"), "{foreign}");
    }
    assert!(!crate::common::exists(&store.file("nosuch")), "no folder of settings was made");
}
