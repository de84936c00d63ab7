//! No argument is dropped: names of accounts, parameters that nothing used, and what this store never does.

use crate::whm_modifiers::{users, with_accounts};

#[test]
fn accounts_go_by_every_name_that_clients_have_for_them() {
    let store = with_accounts("whmnam");
    for words in [["user=carl"], ["username=carl"], ["domain=c.example"], ["user=Carl"]] {
        assert_eq!(users(&store.whm("accountsummary", &words)), ["carl"], "{words:?}");
        let old = store.run("whmapi0", &["accountsummary", words[0]]);
        assert_eq!(old["acct"][0]["user"], "carl", "{old}");
    }
    let other = store.whm("accountsummary", &["domain=c.example", "user=eve"]);
    assert!(other["metadata"]["reason"].as_str().unwrap().contains("“user”"), "{other}");
    assert_eq!(store.whm("removeacct", &["user=carl"])["metadata"]["result"], 1);
    assert_eq!(store.run("whmapi0", &["removeacct", "username=eve"])["result"][0]["status"], 1);
    assert_eq!(users(&store.whm("listaccts", &[])), ["bob", "dora"]);
    let made = store.whm("createacct", &["username=Frank", "domain=f.example"]);
    assert_eq!(made["data"]["user"], "frank", "{made}");
    let summary = store.whm("accountsummary", &["user=dora"]);
    assert_eq!(summary["data"]["acct"][0]["suspendreason"], "Unpaid: see 12");
    let listed = store.whm("listsuspended", &[]);
    assert_eq!(listed["data"]["account"][0]["reason"], "Unpaid: see 12", "{listed}");
    store.whm("suspendacct", &["user=dora"]);
    assert_eq!(store.whm("listsuspended", &[])["data"]["account"][0]["reason"], "Unpaid: see 12");
    store.whm("unsuspendacct", &["user=dora"]);
    let back = store.whm("accountsummary", &["user=dora"]);
    assert_eq!(back["data"]["acct"][0]["suspendreason"], "not suspended");
    let lines = store.whm("suspendacct", &["user=dora", "reason=a%0ab"]);
    assert!(lines["metadata"]["reason"].as_str().unwrap().contains("“reason”"), "{lines}");
    let wrong = store.whm("modifyacct", &["user=bob", "MAX_EMAILACCT_QUOTA=big"]);
    assert!(wrong["metadata"]["reason"].as_str().unwrap().contains("“MAX_EMAILACCT_QUOTA”"), "{wrong}");
    let unknown = store.whm("modifyacct", &["user=bob", "HASCGI=1"]);
    assert!(unknown["metadata"]["reason"].as_str().unwrap().contains("“HASCGI”"), "{unknown}");
}

#[test]
fn parameters_that_nothing_used_are_told_where_each_family_has_a_place() {
    let store = with_accounts("unused");
    store.add_mailbox("user", "Start-Password-1");
    let told = |list: &serde_json::Value, name: &str| {
        let list = list.as_array().unwrap_or_else(|| panic!("{name}: {list}"));
        assert!(
            list.len() == 1 && list[0].as_str().unwrap().contains(&format!("“{name}”")),
            "{name}: {list:?}"
        );
    };
    let words = ["email=user@example.com", "password=Other-Password-2", "domain=example.com", "qouta=5"];
    let api2 = store.api2("Email", "passwdpop", &words);
    assert_eq!(api2["cpanelresult"]["data"][0]["result"], 1);
    told(&api2["cpanelresult"]["warnings"], "qouta");
    let uapi = store.uapi("Email", "list_pops", &["domain=example.com", "skip_main=1"]);
    told(&uapi["result"]["warnings"], "domain");
    told(
        &store.whm("accountsummary", &["user=bob", "verbose=1"])["metadata"]["output"]["warnings"],
        "verbose",
    );
    let output = store
        .command(crate::common::program("whmapi1"))
        .args(["listaccts", "nosuch=s3cret"])
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("“nosuch”") && !errors.contains("s3cret"), "{errors}");
    let quiet = store.api2(
        "Email",
        "listpops",
        &["api2_sort=1", "api2_sort_column=email", "regex=user", "cache_fix=1", "x="],
    );
    assert!(quiet["cpanelresult"]["warnings"].is_null(), "{quiet}");
    let refused = store.api2("Email", "passwdpop", &[words[0], words[1], words[2], "filter=x"]);
    assert!(refused["cpanelresult"]["error"].as_str().unwrap().contains("“filter”"), "{refused}");
}

#[test]
fn what_this_store_never_does_is_no_success_in_any_family() {
    let store = with_accounts("never");
    let api2 = store.api2("Email", "storefilter", &["filtername=x"]);
    assert_eq!(
        (&api2["cpanelresult"]["event"]["result"], &api2["cpanelresult"]["data"][0]["result"]),
        (&0.into(), &0.into())
    );
    assert!(api2["cpanelresult"]["event"]["reason"].as_str().unwrap().contains("does not do this"));
    assert_eq!(store.uapi("Email", "store_filter", &["filtername=x"])["result"]["status"], 0);
    let api1 = store.run("cpapi1", &["Email", "addlist", "list", "s3cret", "example.com"]);
    assert_eq!(api1["event"]["result"], 0, "{api1}");
    assert!(api1["error"].as_str().unwrap().contains("mailing lists"), "{api1}");
}

#[test]
fn getdiskusage_takes_a_login() {
    let store = with_accounts("login");
    store.add_mailbox("user", "Start-Password-1");
    for words in [
        vec!["login=user@example.com"],
        vec!["login=user@example.com", "domain=example.com"],
        vec!["user=user", "domain=example.com"],
    ] {
        let answer = store.api2("Email", "getdiskusage", &words);
        assert_eq!(answer["cpanelresult"]["data"][0]["login"], "user@example.com", "{words:?}: {answer}");
    }
    let two = store.api2("Email", "getdiskusage", &["user=user@example.com", "login=other@example.com"]);
    assert!(two["cpanelresult"]["error"].as_str().unwrap().contains("“login”"), "{two}");
}
