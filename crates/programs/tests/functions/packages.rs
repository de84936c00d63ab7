//! Packages: accounts are sold by them, and have what they say.

use crate::common::{Store, arg};
use serde_json::{Value, json};

fn done(answer: &Value) -> &Value {
    assert_eq!(answer["metadata"]["result"], 1, "{answer}");
    answer
}

fn reason(answer: &Value) -> &str {
    assert_eq!(answer["metadata"]["result"], 0, "{answer}");
    answer["metadata"]["reason"].as_str().unwrap()
}

/// A store with the packages gold (3 mailboxes of at most 50 MB, 1 addon domain) and silver (1 mailbox).
fn store(name: &str) -> Store {
    let store = Store::with_account(name);
    let gold = [
        "name=gold",
        "maxpop=3",
        "MAX_EMAILACCT_QUOTA=50",
        "maxaddon=1",
        "quota=200",
        "max_email_per_hour=0",
    ];
    let made = store.whm("addpkg", &gold);
    assert_eq!(done(&made)["data"], json!({"pkg": "gold"}));
    let warning = made["metadata"]["output"]["warnings"][0].as_str().unwrap();
    assert!(warning.contains("QUOTA") && !warning.contains("MAX_EMAIL"), "{warning}");
    done(&store.whm("addpkg", &["name=silver", "MAXPOP=1", "quota=unlimited"]));
    store
}

fn summary(store: &Store, user: &str) -> Value {
    done(&store.whm("accountsummary", &[&arg("user", user)]))["data"]["acct"][0].clone()
}

#[test]
fn an_account_has_what_its_package_says() {
    let store = store("pkg-limits");
    let new = ["username=eve", "domain=eve.example", "plan=gold", "contactemail=eve@elsewhere.example"];
    let made = store.whm("createacct", &new);
    assert_eq!(done(&made)["data"]["package"], "gold");
    assert!(made["metadata"]["output"]["raw"].as_str().unwrap().contains("| Package: gold"), "{made}");
    let eve = summary(&store, "eve");
    let fields =
        ["plan", "maxpop", "max_emailacct_quota", "maxaddons", "maxparked", "maxsub", "disklimit", "email"];
    let expected = ["gold", "3", "50", "1", "0", "unlimited", "200M", "eve@elsewhere.example"];
    assert_eq!(fields.map(|field| eve[field].as_str().unwrap().to_owned()), expected, "{eve}");
    let record = std::fs::read_to_string(store.root.join(".liveapi/users/eve")).unwrap();
    assert!(
        record.contains("PLAN=gold\n") && record.contains("CONTACTEMAIL=eve@elsewhere.example\n"),
        "{record}"
    );
    let add = |name: &str, quota: &str| {
        let email = arg("email", name);
        let quota = arg("quota", quota);
        store.run("uapi", &["--user=eve", "Email", "add_pop", &email, "password=Some-Password-1", &quota])
    };
    for name in ["a", "b", "c"] {
        assert_eq!(add(name, "50")["result"]["status"], 1);
    }
    assert!(add("d", "50")["result"]["errors"][0].as_str().unwrap().contains("at most 3 mailboxes"));
    // Another package, by each of the ways.
    let changed = store.whm("changepackage", &["user=eve", "pkg=silver"]);
    assert_eq!(done(&changed)["metadata"]["reason"], "Account Upgrade/Downgrade Complete for eve");
    assert_eq!(
        (&summary(&store, "eve")["plan"], &summary(&store, "eve")["maxpop"]),
        (&json!("silver"), &json!("1"))
    );
    done(&store.whm("modifyacct", &["user=eve", "plan=gold", "MAXPOP=9"]));
    let eve = summary(&store, "eve");
    assert_eq!(
        (&eve["plan"], &eve["maxpop"], &eve["email"]),
        (&json!("gold"), &json!("9"), &json!("eve@elsewhere.example"))
    );
}

#[test]
fn a_package_that_is_not_there_sells_nothing() {
    let store = store("pkg-unknown");
    let before = summary(&store, "bob");
    for (func, args) in [
        ("createacct", &["username=eve", "domain=eve.example", "plan=nosuch"][..]),
        ("createacct", &["username=eve", "domain=eve.example", "pkgname=nosuch"]),
        ("createacct", &["username=eve", "domain=eve.example", "plan=../users/bob"]),
        ("createacct", &["username=eve", "domain=eve.example", "plan=gold", "pkgname=silver"]),
        ("changepackage", &["user=bob", "pkg=nosuch"]),
        ("modifyacct", &["user=bob", "plan=nosuch", "MAXPOP=4"]),
        ("editpkg", &["name=nosuch", "maxpop=4"]),
        ("killpkg", &["pkgname=nosuch"]),
        ("getpkginfo", &["pkg=nosuch"]),
        ("changepackage", &["user=nobody1", "pkg=gold"]),
    ] {
        let answer = store.whm(func, args);
        let why = reason(&answer);
        assert!(why.contains("nosuch") || why.contains("nobody1") || why.contains("name"), "{func}: {why}");
        assert_eq!(store.whm("accountsummary", &["user=eve"])["metadata"]["result"], 0, "{func}");
        assert_eq!(summary(&store, "bob"), before, "{func}");
    }
    // One whose limits mean nothing is none either, whoever wrote it.
    std::fs::write(store.root.join(".liveapi/packages/broken"), "MAXPOP=five\n").unwrap();
    let answer = store.whm("createacct", &["username=eve", "domain=eve.example", "plan=broken"]);
    assert!(reason(&answer).contains("MAXPOP"), "{answer}");
    for bad in ["maxpop=-1", "maxpop=five", "quota=1.5", "language=e%0aMAXPOP=9", "cgi=maybe"] {
        reason(&store.whm("addpkg", &["name=bronze", bad]));
        reason(&store.whm("editpkg", &["name=gold", bad]));
    }
    for bad in ["name=a/b", "name=..", "name=.x", "name=extensions", "name="] {
        reason(&store.whm("addpkg", &[bad]));
    }
    assert!(reason(&store.whm("addpkg", &["name=gold"])).contains("already"));
    let gold = std::fs::read_to_string(store.root.join(".liveapi/packages/gold")).unwrap();
    assert!(gold.contains("MAXPOP=3\n") && gold.contains("LANG=en\n"), "{gold}");
}

#[test]
fn packages_are_listed_changed_and_removed() {
    let store = store("pkg-list");
    done(&store.whm("createacct", &["username=eve", "domain=eve.example", "plan=silver"]));
    let list = store.whm("listpkgs", &[]);
    let names: Vec<_> =
        list["data"]["pkg"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["gold", "silver"], "{list}");
    let gold = &list["data"]["pkg"][0];
    assert_eq!((&gold["MAXPOP"], &gold["QUOTA"], &gold["CGI"]), (&json!("3"), &json!("200"), &json!("n")));
    assert_eq!(store.whm("listpkgs", &["want=creatable"])["data"], list["data"]);
    assert!(reason(&store.whm("listpkgs", &["want=MAXPOP"])).contains("creatable"));
    let one = store.whm("getpkginfo", &["pkg=gold"]);
    assert_eq!(
        (&one["data"]["pkg"]["MAXPOP"], &one["data"]["pkg"]["CGI"]),
        (&json!("3"), &json!(0)),
        "{one}"
    );
    assert_eq!(store.run("whmapi0", &["listpkgs"])["package"][1]["name"], "silver");
    // A change is one for all who were sold it.
    done(&store.whm("editpkg", &["name=silver", "maxpop=7"]));
    assert_eq!(summary(&store, "eve")["maxpop"], "7");
    assert_eq!(summary(&store, "bob")["maxpop"], "unlimited", "not sold by it");
    let found = store.whm("listaccts", &["searchtype=package", "search=silver", "searchmethod=exact"]);
    assert_eq!(found["data"]["acct"].as_array().unwrap().len(), 1, "{found}");
    let killed = store.whm("killpkg", &["pkgname=silver"]);
    assert!(done(&killed)["metadata"]["output"]["warnings"][0].as_str().unwrap().contains("eve"), "{killed}");
    assert_eq!(
        (&summary(&store, "eve")["plan"], &summary(&store, "eve")["maxpop"]),
        (&json!("silver"), &json!("7"))
    );
    reason(&store.whm("createacct", &["username=al", "domain=al.example", "plan=silver"]));
}

#[test]
fn accounts_are_told_with_all_that_is_known_and_documented() {
    let store = store("pkg-fields");
    let bob = summary(&store, "bob");
    for field in [
        "backup",
        "child_nodes",
        "disklimit",
        "diskused",
        "domain",
        "email",
        "inodeslimit",
        "inodesused",
        "ip",
        "ipv6",
        "is_locked",
        "legacy_backup",
        "mailbox_format",
        "max_defer_fail_percentage",
        "max_email_per_hour",
        "max_emailacct_quota",
        "maxaddons",
        "maxftp",
        "maxlst",
        "maxparked",
        "maxpop",
        "maxsql",
        "maxsub",
        "min_defer_fail_to_trigger_protection",
        "outgoing_mail_hold",
        "outgoing_mail_suspended",
        "owner",
        "partition",
        "plan",
        "shell",
        "startdate",
        "suspended",
        "suspendreason",
        "suspendtime",
        "temporary",
        "theme",
        "uid",
        "unix_startdate",
        "user",
    ] {
        assert!(!bob[field].is_null() || field == "suspendtime", "{field}: {bob}");
    }
    assert_eq!(bob["suspendtime"], Value::Null);
    assert_eq!(
        (&bob["owner"], &bob["mailbox_format"], &bob["disklimit"]),
        (&json!("root"), &json!("maildir"), &json!("unlimited"))
    );
    store.add_mailbox("user", "Some-Password-1");
    std::fs::write(store.root.join("bob/mail/example.com/user/cur/1.x:2,S"), vec![b'x'; 3 << 20]).unwrap();
    let used = summary(&store, "bob")["diskused"].as_str().unwrap().to_owned();
    assert!(["3M", "4M"].contains(&&*used), "{used}");
    let listed = &store.whm("listaccts", &["searchtype=user", "search=^bob$"])["data"]["acct"][0];
    assert_eq!(listed["diskused"], used);
    let date = bob["startdate"].as_str().unwrap();
    let system = std::process::Command::new("date")
        .args(["-u", "+%y %b %d %H:%M", "-d", &format!("@{}", bob["unix_startdate"])])
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&system.stdout).trim(), date);
}

#[test]
fn what_billing_systems_ask_of_the_server() {
    let store = store("pkg-server");
    done(&store.whm("createacct", &["username=eve", "domain=eve.example", "plan=gold"]));
    done(&store.whm("suspendacct", &["user=eve"]));
    let suspended = store.whm("listsuspended", &[])["data"]["account"].clone();
    assert_eq!(
        (&suspended[0]["user"], &suspended[0]["is_locked"]),
        (&json!("eve"), &json!(0)),
        "{suspended}"
    );
    assert!(suspended[0]["unixtime"].as_i64().unwrap() > 1_600_000_000);
    assert_eq!(store.run("whmapi0", &["listsuspended"])["accts"][0]["user"], "eve");
    assert_eq!(store.whm("listlockedaccounts", &[])["data"], json!({"account": []}));
    assert_eq!(store.whm("list_users", &[])["data"], json!({"users": ["root", "bob", "eve"]}));
    let domains = store.whm("get_domain_info", &[])["data"]["domains"].clone();
    assert_eq!(
        (&domains[0]["domain"], &domains[0]["domain_type"], &domains[1]["user"]),
        (&json!("example.com"), &json!("main"), &json!("eve"))
    );
    let data = store.whm("domainuserdata", &["domain=example.com"]);
    assert_eq!(
        (&data["data"]["userdata"]["user"], &data["metadata"]["reason"]),
        (&json!("bob"), &json!("Obtained userdata."))
    );
    reason(&store.whm("domainuserdata", &["domain=nobody.example"]));
    assert_eq!(store.whm("getdomainowner", &["domain=eve.example"])["data"], json!({"user": "eve"}));
    assert_eq!(store.whm("getdomainowner", &["domain=nobody.example"])["data"], json!({"user": null}));
    assert_eq!(store.whm("get_nameserver_config", &[])["data"], json!({"nameservers": []}));
    let used = store.whm("getdiskusage", &[])["data"]["partition"].clone();
    assert!(
        used.as_array().unwrap().iter().any(|row| row["mount"] == "/" && row["total"].as_i64() > Some(0)),
        "{used}"
    );
    let bw = store.whm("showbw", &["searchtype=user", "search=^eve$", "month=2", "year=2024"]);
    assert_eq!((&bw["data"]["month"], &bw["data"]["acct"][0]["totalbytes"]), (&json!(2), &json!(0)), "{bw}");
    assert!(
        bw["metadata"]["output"]["warnings"][0].as_str().unwrap().contains("Transfer is not counted"),
        "{bw}"
    );
    assert_eq!(store.run("whmapi0", &["showbw"])["bandwidth"][0]["totalused"], 0);
    reason(&store.whm("showbw", &["month=13"]));
    let limited = store.whm("limitbw", &["user=bob", "bwlimit=500"]);
    assert_eq!(done(&limited)["data"]["bwlimits"][0]["human_bwlimit"], "500 MB");
    assert!(limited["metadata"]["output"]["warnings"][0].is_string());
    let bw = store.whm("showbw", &["searchtype=user", "search=bob", "searchmethod=exact"]);
    assert_eq!(bw["data"]["acct"][0]["limit"], 500 * 1024 * 1024, "{bw}");
    done(&store.whm("editquota", &["user=bob", "quota=77"]));
    assert_eq!(summary(&store, "bob")["disklimit"], "77M");
    done(&store.whm("editquota", &["user=bob", "quota=0"]));
    assert_eq!(summary(&store, "bob")["disklimit"], "unlimited");
    done(&store.whm("verify_new_username", &["user=fred"]));
    assert!(reason(&store.whm("verify_new_username", &["user=bob"])).contains("already has an account"));
    reason(&store.whm("verify_new_username", &["user=root"]));
}
