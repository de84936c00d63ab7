//! What an owner puts in the way of his own suspension does not keep the rest from being done, and is told.

use crate::common::{Store, exists};

/// Domains as long as a domain can be, and one byte around every limit of a file's name.
fn long_domain(length: usize) -> String {
    let labels = ["a".repeat(60), "b".repeat(60), "c".repeat(60), "d".repeat(60)].join(".");
    format!("{labels}.{}", "f".repeat(length - labels.len() - 1))
}

fn add(store: &Store, domain: &str) {
    let added = store.api2("AddonDomain", "addaddondomain", &[&format!("newdomain={domain}")]);
    assert_eq!(added["cpanelresult"]["data"][0]["result"], 1, "{added}");
    let email = ["email=user", "password=Start-Password-1", &format!("domain={domain}")];
    let added = store.api2("Email", "addpop", &email);
    assert_eq!(added["cpanelresult"]["data"][0]["result"], 1, "{added}");
}

fn shadow(store: &Store, domain: &str) -> String {
    std::fs::read_to_string(store.root.join("bob/etc").join(domain).join("shadow")).unwrap()
}

#[test]
fn names_at_their_limits_are_suspended_and_removed() {
    let store = Store::with_account("slong");
    let domains = [248, 249, 250, 251, 252, 253].map(long_domain);
    for domain in &domains {
        add(&store, domain);
        let forwarder = [&*format!("domain={domain}"), "email=x", "fwdopt=fwd", "fwdemail=y@example.com"];
        let added = store.api2("Email", "addforward", &forwarder);
        assert_eq!(added["cpanelresult"]["event"]["result"], 1, "{added}");
        assert!(added["cpanelresult"]["error"].is_null(), "{added}");
    }
    add(&store, "later.example");
    let suspended = store.whm("suspendacct", &["user=bob"]);
    assert_eq!(suspended["metadata"]["result"], 1, "{suspended}");
    for domain in domains.iter().map(String::as_str).chain(["later.example"]) {
        assert!(shadow(&store, domain).starts_with("user:*LOCKED*"), "{domain}");
    }
    assert_eq!(store.whm("unsuspendacct", &["user=bob"])["metadata"]["result"], 1);
    assert!(shadow(&store, &domains[5]).starts_with("user:$6$"));
    let removed = store.whm("removeacct", &["username=bob"]);
    assert_eq!(removed["metadata"]["result"], 1, "{removed}");
    assert!(!exists(&store.root.join("bob")));
}

#[test]
fn every_domain_is_tried_and_what_could_not_be_done_is_told() {
    let store = Store::with_account("stry");
    store.add_mailbox("user", "Start-Password-1");
    add(&store, "first.example");
    add(&store, "later.example");
    for broken in ["example.com", "first.example"] {
        let folder = store.root.join("bob/etc").join(broken);
        std::fs::rename(&folder, folder.with_extension("away")).unwrap();
        std::os::unix::fs::symlink(folder.with_extension("away"), &folder).unwrap();
    }
    let suspended = store.whm("suspendacct", &["user=bob"]);
    assert_eq!(suspended["metadata"]["result"], 0, "{suspended}");
    let reason = suspended["metadata"]["reason"].as_str().unwrap();
    for words in ["is suspended, but", "example.com: ", "first.example: ", "symbolic link"] {
        assert!(reason.contains(words), "{words}: {reason}");
    }
    assert!(!reason.contains("later.example"), "{reason}");
    assert!(shadow(&store, "later.example").contains("*LOCKED*"), "the rest is done");
    let list = std::fs::read_to_string(store.root.join(".liveapi/suspended")).unwrap();
    assert_eq!(list, "bob: bob\nexample.com: bob\nfirst.example: bob\nlater.example: bob\n");
    let summary = store.whm("accountsummary", &["user=bob"]);
    assert_eq!(summary["data"]["acct"][0]["suspended"], 1, "{summary}");
    let email = ["domain=later.example", "email=new", "password=Start-Password-1"];
    let refused = store.api2("Email", "addpop", &email);
    assert!(refused["cpanelresult"]["error"].as_str().unwrap().contains("suspended"), "{refused}");
    for broken in ["example.com", "first.example"] {
        let folder = store.root.join("bob/etc").join(broken);
        std::fs::remove_file(&folder).unwrap();
        std::fs::rename(folder.with_extension("away"), &folder).unwrap();
    }
    assert_eq!(store.whm("suspendacct", &["user=bob"])["metadata"]["result"], 1, "repeated, it is whole");
    assert!(shadow(&store, "first.example").contains("*LOCKED*"));
    assert_eq!(store.whm("unsuspendacct", &["user=bob"])["metadata"]["result"], 1);
    assert_eq!(std::fs::read_to_string(store.root.join(".liveapi/suspended")).unwrap(), "");
}
