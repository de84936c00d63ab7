//! Which domains an account may take by itself: none that others use or write to.

use crate::common::{Store, arg, refusal};
use serde_json::{Value, json};

/// bob with example.com, and carol with carol.example and deep.shop.example.
fn prepared(name: &str) -> Store {
    let store = Store::with_account(name);
    assert_eq!(created(&store, &["username=carol", "domain=carol.example"])["metadata"]["result"], 1);
    let added = as_carol(&store, "AddonDomain", "addaddondomain", "newdomain=deep.shop.example");
    assert_eq!(added["cpanelresult"]["data"][0]["result"], 1, "{added}");
    store
}

fn created(store: &Store, args: &[&str]) -> Value {
    store.whm("createacct", args)
}

fn as_carol(store: &Store, module: &str, func: &str, domain: &str) -> Value {
    let mut command = store.command(crate::common::program("cpapi2"));
    command.env("LIVEAPI_USER", "carol").args(["--output=json", module, func, domain]);
    crate::common::json(&command.output().unwrap())
}

fn addon(store: &Store, domain: &str) -> Value {
    store.api2("AddonDomain", "addaddondomain", &[&arg("newdomain", domain), "subdomain=x", "dir=x"])
}

fn park(store: &Store, domain: &str) -> Value {
    store.api2("Park", "park", &[&arg("domain", domain)])
}

#[test]
fn what_others_have_or_write_to_is_refused_to_accounts() {
    let store = prepared("claim");
    let before = std::fs::read_to_string(store.root.join(".liveapi/userdomains")).unwrap();
    for (domain, words) in [
        ("gmail.com", "common domain"),
        ("GMail.com", "common domain"),
        ("mx.gmail.com", "below the common domain “gmail.com”"),
        ("yahoo.de", "common domain"),
        ("co.uk", "public suffix"),
        ("公司.cn", "public suffix"),
        ("github.io", "public suffix"),
        ("mail.carol.example", "below “carol.example”, which belongs to another account"),
        ("a.b.carol.example", "below “carol.example”"),
        ("shop.example", "above “deep.shop.example”, which belongs to another account"),
        ("carol.example", "already belongs to the account “carol”"),
    ] {
        for answer in [addon(&store, domain), park(&store, domain)] {
            assert!(refusal(&answer).contains(words), "{domain}: {answer}");
        }
    }
    assert_eq!(std::fs::read_to_string(store.root.join(".liveapi/userdomains")).unwrap(), before);
    for domain in ["shop.example.com", "example.co.uk", "notcarol.example", "notgmail.com", "le.example"] {
        let answer = addon(&store, domain);
        assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{domain}: {answer}");
    }
    // An administrator knows whose they are.
    for (name, domain) in [("eve", "co.uk"), ("dave", "mail.carol.example"), ("gina", "gmail.com")] {
        let made = created(&store, &[&format!("username={name}"), &format!("domain={domain}")]);
        assert_eq!(made["metadata"]["result"], 1, "{made}");
    }
    // An account's own domains are no obstacle to it.
    let own = as_carol(&store, "Park", "park", "domain=www.carol.example");
    assert_eq!(own["cpanelresult"]["data"][0]["result"], 1, "{own}");
}

#[test]
fn an_account_has_as_many_domains_as_it_may() {
    let store = Store::with_account("climit");
    let limits = ["user=bob", "MAXADDON=1", "maxpark=0", "MAXSUB=1"];
    let changed = store.whm("modifyacct", &limits);
    assert_eq!(changed["data"]["MAXADDON"], "1", "{changed}");
    assert_eq!((&changed["data"]["MAXPARK"], &changed["data"]["MAXSUB"]), (&json!("0"), &json!("1")));
    let record = std::fs::read_to_string(store.root.join(".liveapi/users/bob")).unwrap();
    assert!(record.contains("\nMAXADDON=1\nMAXPARK=0\nMAXSUB=1\n"), "{record}");
    let done = |answer: Value| answer["cpanelresult"]["data"][0]["result"] == 1;
    assert!(done(addon(&store, "one.example")) && done(addon(&store, "sub.one.example")));
    for (answer, key) in [
        (addon(&store, "two.example"), "at most 1 domains of this kind and has them"),
        (addon(&store, "two.one.example"), "(modifyacct MAXSUB)"),
        (park(&store, "parked.example"), "(modifyacct MAXPARK)"),
    ] {
        assert!(refusal(&answer).contains(key), "{answer}");
    }
    let row = &store.whm("accountsummary", &["user=bob"])["data"]["acct"][0];
    assert_eq!(
        (&row["maxaddons"], &row["maxparked"], &row["maxsub"]),
        (&json!("1"), &json!("0"), &json!("1"))
    );
    store.whm("modifyacct", &["user=bob", "MAXADDON=unlimited"]);
    assert!(done(addon(&store, "two.example")));
    let made = created(&store, &["username=carol", "domain=carol.example", "maxaddon=0"]);
    assert_eq!(made["metadata"]["result"], 1, "{made}");
    let refused = as_carol(&store, "AddonDomain", "addaddondomain", "newdomain=more.example");
    assert!(refusal(&refused).contains("(modifyacct MAXADDON)"), "{refused}");
}

#[test]
fn a_registry_as_large_as_can_be_read_refuses_one_more_and_nobody_else() {
    let store = Store::with_account("cfull");
    store.add_mailbox("user", "Start-Password-1");
    let file = store.root.join(".liveapi/userdomains");
    let text = std::fs::read_to_string(&file).unwrap();
    let filler = format!("{}.example: hoarder\n", "x".repeat(44));
    let most = 16 * 1024 * 1024 - text.len() - 1;
    let full = text + &filler.repeat(most / filler.len());
    std::fs::write(&file, full + &" ".repeat(most % filler.len())).unwrap();
    let refused = addon(&store, "more.example");
    let inner = &refused["cpanelresult"];
    assert_eq!(inner["data"][0]["result"], 0, "{refused}");
    assert!(inner["error"].as_str().unwrap().contains("would become larger than 16 MiB"), "{refused}");
    let record = std::fs::read_to_string(store.root.join(".liveapi/users/bob")).unwrap();
    assert!(!record.contains("more.example"), "nothing of it stays: {record}");
    let changed =
        store.api2("Email", "passwdpop", &["domain=example.com", "email=user", "password=Other-Password-1"]);
    assert_eq!(changed["cpanelresult"]["data"][0]["result"], 1, "{changed}");
    assert_eq!(store.whm("suspendacct", &["user=bob"])["metadata"]["result"], 1);
}

#[test]
fn an_imported_account_brings_no_such_domain() {
    let store = prepared("cimp");
    let home = store.dir.join("mover");
    for domain in ["mover.example", "mail.carol.example"] {
        std::fs::create_dir_all(home.join("etc").join(domain)).unwrap();
        std::fs::write(home.join("etc").join(domain).join("passwd"), "").unwrap();
    }
    std::fs::create_dir(home.join("mail")).unwrap();
    let import = |options: &[&str]| {
        let mut command = store.command(crate::common::program("liveapi"));
        command.arg("import").arg(&home).args(["--domain=mover.example"]).args(options).output().unwrap()
    };
    let refused = import(&[]);
    let complaint = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(complaint.contains("“mail.carol.example” lies below “carol.example”"), "{complaint}");
    assert!(complaint.contains("the mail store is unchanged"), "{complaint}");
    let taken = import(&["--any-domain"]);
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    let owners = std::fs::read_to_string(store.root.join(".liveapi/userdomains")).unwrap();
    assert!(owners.contains("mail.carol.example: mover"), "{owners}");
}
