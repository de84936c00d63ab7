//! What mailboxes and accounts go through, function by function.

use crate::common::{Store, refusal};
use serde_json::json;

#[test]
fn the_mailbox_family_answers_as_cpanel_does() {
    let store = Store::with_account("fami");
    let added = store.uapi("Email", "add_pop", &["email=one", "password=Start-Password-1", "quota=10"]);
    assert_eq!(added["result"]["data"], "one+example.com", "{added}");
    let again =
        store.api2("Email", "addpop", &["domain=example.com", "email=one", "password=Start-Password-1"]);
    assert_eq!(refusal(&again), "The account one@example.com already exists!");
    assert_eq!(std::fs::read_to_string(store.file("quota")).unwrap(), "one:10485760\n");
    let listed = store.api2("Email", "listpops", &[]);
    assert_eq!(
        listed["cpanelresult"]["data"],
        json!([
            {"email":"one@example.com","login":"one@example.com","suspended_incoming":0,"suspended_login":0},
            {"email":"bob","login":"Main Account","suspended_incoming":0,"suspended_login":0}
        ])
    );
    assert_eq!(store.api2("Email", "listpops", &["regex=nomatch"])["cpanelresult"]["data"], json!([]));
    let listed = store.uapi("Email", "list_pops", &["skip_main=1", "regex=/^o.e@/"]);
    assert_eq!(listed["result"]["metadata"], json!({"transformed":1}));
    assert_eq!(listed["result"]["data"][0]["email"], "one@example.com");
    let checked = store.uapi("Email", "verify_password", &["email=one@example.com", "password=wrong"]);
    assert_eq!((&checked["result"]["status"], &checked["result"]["data"]), (&json!(1), &json!(0)));
    let kept = store.uapi("Email", "delete_pop", &["email=one@example.com", "flags=passwd"]);
    assert_eq!(kept["result"]["status"], 1, "{kept}");
    assert!(store.root.join("bob/mail/example.com/one/cur").exists(), "the mail is kept");
    let gone = store.api2("Email", "delpop", &["domain=example.com", "email=one"]);
    assert_eq!(refusal(&gone), "You do not have an email account named “one@example.com”.");
    for file in ["passwd", "shadow", "quota"] {
        assert_eq!(std::fs::read_to_string(store.file(file)).unwrap(), "", "{file}");
    }
    std::fs::write(store.root.join("bob/mail/example.com/one/cur/1"), "mail").unwrap();
    let orphan =
        store.api2("Email", "addpop", &["domain=example.com", "email=one", "password=Start-Password-1"]);
    assert!(refusal(&orphan).contains("mail of a former mailbox is still in"), "{orphan}");
}

#[test]
fn accounts_come_and_go() {
    let store = Store::with_account("acct");
    for (args, why) in [
        (["username=bob", "domain=other.example"], "The account “bob” already exists."),
        (
            ["username=eve", "domain=example.com"],
            "The domain “example.com” already belongs to the account “bob”.",
        ),
        (["username=E_ve", "domain=other.example"], "lower-case letters and digits"),
        (["username=eve", "domain=nodots"], "is not a domain name"),
        (["username=eve", "x=1"], "\"domain\" is a required argument."),
    ] {
        let answer = store.whm("createacct", &args);
        assert_eq!(answer["metadata"]["result"], 0, "{answer}");
        assert!(answer["metadata"]["reason"].as_str().unwrap().contains(why), "{answer}");
    }
    let weak = store.whm("createacct", &["username=eve", "domain=other.example", "password=s3cret"]);
    assert!(weak["metadata"]["reason"].as_str().unwrap().contains("too weak"), "{weak}");
    store.whm("createacct", &["username=eve", "domain=bücher.example"]);
    let names = |answer: &serde_json::Value| {
        let rows = answer["data"]["acct"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| format!("{} {}", row["user"].as_str().unwrap(), row["domain"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&store.whm("listaccts", &[])), ["bob example.com", "eve xn--bcher-kva.example"]);
    assert_eq!(
        names(&store.whm("listaccts", &["searchtype=user", "search=^e"])),
        ["eve xn--bcher-kva.example"]
    );
    store.add_mailbox("user", "Start-Password-1");
    assert_eq!(store.whm("removeacct", &["username=bob"])["metadata"]["result"], 1);
    assert_eq!(names(&store.whm("listaccts", &[])), ["eve xn--bcher-kva.example"]);
    assert!(!store.root.join("bob").exists());
    assert!(!crate::common::exists(&store.root.join(".liveapi/domains/example.com")));
    assert_eq!(
        store.whm("removeacct", &["username=bob"])["metadata"]["reason"],
        "The account “bob” does not exist."
    );
    assert_eq!(store.whm("createacct", &["username=bob", "domain=example.com"])["metadata"]["result"], 1);
}

#[test]
fn quotas_are_changed_and_told() {
    let store = Store::with_account("quot");
    store.add_mailbox("one", "Start-Password-1");
    let told = |args: &[&str]| store.uapi("Email", "get_pop_quota", args)["result"]["data"].clone();
    // The default of a new cPanel server.
    assert_eq!(told(&["email=one@example.com"]), 1024);
    let changed = store.api2("Email", "editquota", &["domain=example.com", "email=one", "quota=500"]);
    assert_eq!(changed["cpanelresult"]["data"], json!([{"reason":"","result":1}]), "{changed}");
    assert_eq!(std::fs::read_to_string(store.file("quota")).unwrap(), "one:524288000\n");
    assert_eq!((told(&["email=one"]), told(&["email=one", "as_bytes=1"])), (json!(500), json!(524_288_000)));
    let changed =
        store.uapi("Email", "edit_pop_quota", &["email=one", "domain=example.com", "quota=unlimited"]);
    assert_eq!(changed["result"]["status"], 1, "{changed}");
    assert_eq!(std::fs::read_to_string(store.file("quota")).unwrap(), "");
    for (args, why) in [
        (["domain=example.com", "email=one", "quota="], "\"quota\" is a required argument."),
        (["domain=example.com", "email=one", "quota=ten"], "is not a whole number of megabytes"),
        (["domain=example.com", "email=nosuch", "quota=5"], "You do not have an email account named"),
    ] {
        assert!(refusal(&store.api2("Email", "editquota", &args)).contains(why), "{args:?}");
    }
}

#[test]
fn mailboxes_with_their_use_and_limit() {
    let store = Store::with_account("disk");
    store.add_mailbox("small", "Start-Password-1");
    store.api2("Email", "editquota", &["domain=example.com", "email=small", "quota=0"]);
    store.add_mailbox("big", "Start-Password-1");
    store.api2("Email", "editquota", &["domain=example.com", "email=big", "quota=1"]);
    let maildir = store.root.join("bob/mail/example.com/big");
    std::fs::write(maildir.join("cur/1,S=1000000:2,S"), "named with its size").unwrap();
    let listed = store.api2("Email", "listpopswithdisk", &["regex=^big"]);
    let row = &listed["cpanelresult"]["data"][0];
    for (name, value) in [
        ("user", json!("big")),
        ("email", json!("big@example.com")),
        ("_diskused", json!(1_000_000)),
        ("diskused", json!("0.95")),
        ("humandiskused", json!("976.56\u{a0}KB")),
        ("_diskquota", json!("1048576")),
        ("diskquota", json!("1")),
        ("humandiskquota", json!("1\u{a0}MB")),
        ("diskusedpercent", json!(95)),
        ("diskusedpercent20", json!(100)),
    ] {
        assert_eq!(row[name], value, "{name}: {listed}");
    }
    let near = store.api2("Email", "listpopswithdisk", &["nearquotaonly=1"]);
    assert_eq!(near["cpanelresult"]["data"].as_array().unwrap().len(), 1, "{near}");
    let small = store.uapi("Email", "list_pops_with_disk", &["domain=example.com", "regex=small"]);
    let row = &small["result"]["data"][0];
    assert_eq!(
        (&row["diskquota"], &row["_diskquota"], &row["humandiskused"]),
        (&json!("unlimited"), &json!("0"), &json!("None"))
    );
    // Where Maildir++ software keeps the sum, that counts.
    std::fs::write(maildir.join("maildirsize"), "1048576S\n524288 3\n").unwrap();
    if crate::common::is_root() {
        crate::common::must(
            std::process::Command::new("chown")
                .arg(crate::common::UNPRIVILEGED)
                .arg(maildir.join("maildirsize")),
        );
    }
    let used = store.api2("Email", "getdiskusage", &["domain=example.com", "user=big"]);
    let expected = json!([{"diskused":"0.50","domain":"example.com","login":"big@example.com","user":"big"}]);
    assert_eq!(used["cpanelresult"]["data"], expected);
    let missing = store.uapi("Email", "get_disk_usage", &["domain=example.com", "user=nosuch"]);
    assert!(missing["result"]["errors"][0].as_str().unwrap().contains("nosuch@example.com"), "{missing}");
}

#[test]
fn lists_without_the_main_account_and_of_domains() {
    let store = Store::with_account("list");
    store.add_mailbox("one", "Start-Password-1");
    let single = store.api2("Email", "listpopssingle", &[]);
    assert_eq!(single["cpanelresult"]["data"].as_array().unwrap().len(), 1, "{single}");
    let domains = store.api2("Email", "listmaildomains", &[]);
    assert_eq!(domains["cpanelresult"]["data"], json!([{"domain":"example.com"}]));
    assert_eq!(store.api2("Email", "listmaildomains", &["skipmain=1"])["cpanelresult"]["data"], json!([]));
    let domains = store.uapi("Email", "list_mail_domains", &[]);
    assert_eq!(domains["result"]["data"], json!([{"domain":"example.com"}]));
}

#[test]
fn a_suspended_account_keeps_its_passwords() {
    let store = Store::with_account("sacc");
    store.add_mailbox("user", "Start-Password-1");
    let before = std::fs::read(store.file("shadow")).unwrap();
    assert_eq!(store.whm("suspendacct", &["user=bob"])["metadata"]["result"], 1);
    assert_eq!(store.whm("accountsummary", &["user=bob"])["data"]["acct"][0]["suspended"], 1);
    let answer =
        store.api2("Email", "passwdpop", &["domain=example.com", "email=user", "password=Other-Password-1"]);
    assert!(refusal(&answer).contains("is suspended"), "{answer}");
    assert!(std::fs::read_to_string(store.file("shadow")).unwrap().starts_with("user:*LOCKED*$6$"));
    assert_eq!(store.whm("unsuspendacct", &["user=bob"])["metadata"]["result"], 1);
    assert_eq!(std::fs::read(store.file("shadow")).unwrap(), before, "every byte is as it was");
    for func in ["suspendacct", "unsuspendacct", "accountsummary"] {
        let answer = store.whm(func, &["user=nosuch"]);
        assert_eq!(answer["metadata"]["reason"], "The account “nosuch” does not exist.");
    }
}
