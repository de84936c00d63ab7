//! What accounts and mailboxes may have, what they take up, and how WHM shows and changes it.

use crate::common::{Store, arg, json, program, refusal};
use serde_json::{Value, json};

fn add(store: &Store, email: &str, quota: Option<&str>) -> Value {
    let quota = quota.map(|quota| arg("quota", quota));
    let mut args = vec!["domain=example.com", "password=Start-Password-1"];
    let email = arg("email", email);
    args.push(&email);
    args.extend(quota.as_deref());
    store.api2("Email", "addpop", &args)
}

fn modify(store: &Store, args: &[&str]) -> Value {
    store.whm("modifyacct", &[&["user=bob"], args].concat())
}

#[test]
fn an_account_gives_its_mailboxes_no_more_than_it_may() {
    let store = Store::with_account("lim");
    let changed = modify(&store, &["MAXPOP=2", "MAX_EMAILACCT_QUOTA=100"]);
    assert_eq!(changed["metadata"]["reason"], "Account Modified", "{changed}");
    assert_eq!(changed["data"], json!({"MAXPOP":"2","MAX_EMAILACCT_QUOTA":"100"}));
    for (quota, why) in [("101", "at most 100 MB"), ("0", "at most 100 MB"), ("unlimited", "at most 100 MB")]
    {
        assert!(refusal(&add(&store, "a", Some(quota))).contains(why), "{quota}");
    }
    // Without a quota: the default, lowered to what the account may give.
    assert_eq!(add(&store, "a", None)["cpanelresult"]["data"][0]["result"], 1);
    assert_eq!(std::fs::read_to_string(store.file("quota")).unwrap(), "a:104857600\n");
    let edited = store.api2("Email", "editquota", &["domain=example.com", "email=a", "quota=200"]);
    assert!(refusal(&edited).contains("at most 100 MB"), "{edited}");
    let lowered = store.uapi("Email", "edit_pop_quota", &["email=a", "domain=example.com", "quota=200"]);
    assert_eq!(lowered["result"]["status"], 1, "{lowered}");
    assert!(lowered["result"]["warnings"][0].as_str().unwrap().contains("100 MB"), "{lowered}");
    let printed = store.command(program("cpapi2")).args(["--help", "Email", "addpop"]).output().unwrap();
    assert!(String::from_utf8_lossy(&printed.stdout).contains("quota"));
    assert_eq!(add(&store, "b", Some("5"))["cpanelresult"]["data"][0]["result"], 1);
    let third = add(&store, "c", Some("5"));
    assert!(refusal(&third).contains("at most 2 mailboxes"), "{third}");
    assert!(!store.root.join("bob/mail/example.com/c").exists(), "nothing half-made stays");
    for (func, number) in
        [("get_max_email_quota_mib", 100), ("get_default_email_quota_mib", 100), ("count_pops", 2)]
    {
        assert_eq!(store.uapi("Email", func, &[])["result"]["data"], number, "{func}");
    }
    assert_eq!(store.uapi("Email", "get_max_email_quota", &[])["result"]["data"], 104_857_600);
    modify(&store, &["maxpop=unlimited", "max_emailacct_quota=unlimited"]);
    assert_eq!(add(&store, "c", Some("0"))["cpanelresult"]["data"][0]["result"], 1);
    let row = store.whm("accountsummary", &["user=bob"])["data"]["acct"][0].clone();
    assert_eq!((&row["maxpop"], &row["suspendreason"]), (&json!("unlimited"), &json!("not suspended")));
}

#[test]
fn the_default_quota_is_a_setting() {
    let store = Store::with_account("limd");
    let told = |value: &str| {
        let mut command = store.command(program("cpapi2"));
        command.env("LIVEAPI_DEFAULT_QUOTA", value).args([
            "--output=json",
            "Email",
            "get_default_email_quota",
        ]);
        json(&command.output().unwrap())["cpanelresult"]["data"].clone()
    };
    assert_eq!(told("256"), json!([{"get_default_email_quota":256}]));
    assert_eq!(told("0"), json!([{"get_default_email_quota":0}]));
    assert_eq!(told(""), json!([{"get_default_email_quota":1024}]));
    let max = store.api2("Email", "get_max_email_quota", &[]);
    assert_eq!(max["cpanelresult"]["data"], json!([{"get_max_email_quota":0}]));
}

#[test]
fn limits_and_passwords_of_accounts_are_checked() {
    let store = Store::with_account("limc");
    for (func, args, why) in [
        ("modifyacct", vec!["user=bob"], "give MAXPOP or MAX_EMAILACCT_QUOTA"),
        ("modifyacct", vec!["user=bob", "MAXPOP=many"], "is not a whole number or unlimited"),
        ("modifyacct", vec!["user=bob", "MAX_EMAILACCT_QUOTA=-1"], "is not a whole number of megabytes"),
        ("modifyacct", vec!["user=nosuch", "MAXPOP=1"], "The account “nosuch” does not exist."),
        ("passwd", vec!["user=nosuch", "password=Other-Password-1"], "The account “nosuch” does not exist."),
        ("passwd", vec!["user=bob", "password=weak"], "too weak"),
        ("passwd", vec!["user=bob"], "\"password\" is a required argument."),
    ] {
        let answer = store.whm(func, &args);
        assert_eq!(answer["metadata"]["result"], 0, "{answer}");
        assert!(answer["metadata"]["reason"].as_str().unwrap().contains(why), "{args:?}: {answer}");
    }
    let changed = store.whm("passwd", &["user=bob", "password=Other-Password-1"]);
    assert_eq!(changed["metadata"]["reason"], "Password changed for user “bob”.", "{changed}");
    assert_eq!(changed["data"], json!({"app":["mail"]}));
    let shadow = || std::fs::read_to_string(store.root.join(".liveapi/shadow")).unwrap();
    assert!(shadow().starts_with("bob:$6$"), "{}", shadow());
    store.whm("createacct", &["username=eve", "domain=eve.example", "password=Start-Password-1"]);
    assert!(shadow().contains("\neve:$6$"), "{}", shadow());
    store.whm("removeacct", &["username=eve"]);
    assert!(!shadow().contains("eve:"), "{}", shadow());
    let before = shadow();
    store.whm("suspendacct", &["user=bob"]);
    let refused = store.whm("passwd", &["user=bob", "password=Third-Password-1"]);
    assert!(refused["metadata"]["reason"].as_str().unwrap().contains("is suspended"), "{refused}");
    assert_eq!(shadow(), before);
}

#[test]
fn whm_api_0_answers_in_its_own_shape() {
    let store = Store::with_account("whm0");
    let whm0 = |args: &[&str]| store.run("whmapi0", args);
    let listed = whm0(&["listaccts", "searchtype=domain", "search=^example"]);
    assert_eq!((&listed["status"], &listed["statusmsg"]), (&json!(1), &json!("Ok")));
    assert_eq!(
        (&listed["acct"][0]["user"], &listed["acct"][0]["domain"]),
        (&json!("bob"), &json!("example.com"))
    );
    assert_eq!(whm0(&["listaccts", "search=nomatch"])["acct"], json!([]));
    let created = whm0(&["createacct", "username=eve", "domain=eve.example"]);
    assert_eq!(created["result"][0]["statusmsg"], "Account Creation Ok", "{created}");
    let again = whm0(&["createacct", "username=eve", "domain=eve.example"]);
    assert_eq!(again["result"], json!([{"status":0,"statusmsg":"The account “eve” already exists."}]));
    let passwd = whm0(&["passwd", "user=eve", "password=Other-Password-1"]);
    assert_eq!(passwd["passwd"][0]["status"], 1, "{passwd}");
    let removed = whm0(&["removeacct", "username=eve"]);
    assert_eq!(removed, json!({"result":[{"status":1,"statusmsg":"eve account removed"}]}));
    assert_eq!(whm0(&["nosuch"]), json!({"error":"Unknown App Requested: nosuch"}));
}

#[test]
fn what_an_account_takes_up() {
    let store = Store::with_account("used");
    store.add_mailbox("user", "Start-Password-1");
    let mail = store.root.join("bob/mail");
    std::fs::write(mail.join("example.com/user/cur/1"), vec![b'x'; 1 << 20]).unwrap();
    std::fs::create_dir_all(mail.join(".Sent/cur")).unwrap();
    std::fs::create_dir(mail.join("new")).unwrap();
    std::fs::write(mail.join(".Sent/cur/1"), vec![b'x'; 1 << 19]).unwrap();
    std::fs::write(mail.join("new/1.host,S=524288"), "short").unwrap();
    if crate::common::is_root() {
        let owner = store.owner().to_string();
        crate::common::must(std::process::Command::new("chown").args(["-R", &owner]).arg(&mail));
    }
    assert_eq!(store.uapi("Email", "get_main_account_disk_usage_bytes", &[])["result"]["data"], 1 << 20);
    assert_eq!(store.uapi("Email", "get_main_account_disk_usage", &[])["result"]["data"], "1\u{a0}MB");
    let quota = store.uapi("Quota", "get_quota_info", &[])["result"]["data"].clone();
    assert!((1.5..1.6).contains(&quota["megabytes_used"].as_f64().unwrap()), "{quota}");
    assert_eq!((&quota["megabyte_limit"], &quota["under_quota_overall"]), (&json!(0), &json!(1)));
    assert!(quota["inodes_used"].as_i64().unwrap() > 10, "{quota}");
}
