//! What portals ask about an account: domains, what it has, how strong passwords must be, and things that a mail
//! host has none of.

use crate::common::Store;
use serde_json::{Value, json};

fn rows(answer: &Value) -> Value {
    assert_eq!(answer["cpanelresult"]["event"]["result"], 1, "{answer}");
    assert!(answer["cpanelresult"]["error"].is_null(), "{answer}");
    answer["cpanelresult"]["data"].clone()
}

#[test]
fn reads_of_what_is_not_here_say_that_there_is_none() {
    let store = Store::with_account("pnone");
    for (module, func) in [
        ("Cron", "fetchcron"),
        ("Cron", "listcron"),
        ("Email", "filterlist"),
        ("Email", "listfilters"),
        ("Email", "listlists"),
        ("Email", "listaliasbackups"),
        ("Email", "listfilterbackups"),
        ("Email", "get_archiving_types"),
        ("SubDomain", "listsubdomains"),
        ("MysqlFE", "listdbs"),
        ("Ftp", "listftp"),
    ] {
        assert_eq!(rows(&store.api2(module, func, &[])), json!([]), "{module}::{func}");
    }
    for (module, func, data) in [
        ("Email", "count_filters", json!(0)),
        ("Email", "count_lists", json!(0)),
        ("Email", "list_filters", json!([])),
        ("Email", "list_lists", json!([])),
        ("Email", "list_auto_responders", json!([])),
        ("Email", "has_delegated_mailman_lists", json!(0)),
        ("Email", "list_system_filter_info", json!({"filter_info":[]})),
        ("Mysql", "list_databases", json!([])),
        ("Ftp", "list_ftp", json!([])),
        ("Backup", "list_backups", json!([])),
    ] {
        let answer = store.uapi(module, func, &[]);
        assert_eq!((&answer["result"]["status"], &answer["result"]["data"]), (&json!(1), &data), "{answer}");
    }
    assert_eq!(store.uapi("Email", "get_spam_settings", &[])["result"]["data"]["spam_enabled"], 0);
    // What would make one is refused.
    for (func, args) in [("store_filter", "filtername=x"), ("add_list", "list=x"), ("enable_spam_box", "x=1")]
    {
        let answer = store.uapi("Email", func, &[args]);
        assert_eq!(answer["result"]["status"], 0, "{func}: {answer}");
    }
}

#[test]
fn domains_are_told_with_all_that_portals_parse() {
    let store = Store::with_account("pdom");
    store.api2("AddonDomain", "addaddondomain", &["newdomain=shop.example", "subdomain=shop", "dir=shop"]);
    store.api2("Park", "park", &["domain=parked.example"]);
    assert_eq!(
        rows(&store.api2("DomainLookup", "getmaindomain", &[])),
        json!([{"main_domain":"example.com"}])
    );
    assert_eq!(
        rows(&store.api2("DomainLookup", "getbasedomains", &[])),
        json!([{"domain":"example.com"},{"domain":"shop.example"},{"domain":"parked.example"}])
    );
    let home = store.root.join("bob").display().to_string();
    let row = json!({"domain":"shop.example","rootdomain":"example.com","domainkey":"shop_example.com",
        "subdomain":"shop","fullsubdomain":"shop.example.com","dir":format!("{home}/public_html/shop.example"),
        "reldir":"home:public_html/shop.example","basedir":"public_html/shop.example","status":"not redirected"});
    for module in ["AddonDomain", "Park"] {
        assert_eq!(rows(&store.api2(module, "listaddondomains", &[])), json!([row]), "{module}");
    }
    let parked = rows(&store.api2("Park", "listparkeddomains", &[]));
    assert_eq!(
        (&parked[0]["domain"], &parked[0]["basedir"]),
        (&json!("parked.example"), &json!("public_html"))
    );
}

#[test]
fn the_stats_bar_counts() {
    let store = Store::with_account("pstat");
    store.whm("modifyacct", &["user=bob", "MAXPOP=4"]);
    store.add_mailbox("user", "Some-Password-1");
    let display = ["display=emailaccounts%7Cdiskusage%7Cftpaccounts%7Cnosuch"];
    let told = store.uapi("StatsBar", "get_stats", &display)["result"].clone();
    let mailboxes = &told["data"][0];
    for (key, value) in [
        ("id", json!("emailaccounts")),
        ("count", json!("1")),
        ("_count", json!("1")),
        ("max", json!("4")),
        ("percent", json!(25)),
        ("percent10", json!(30)),
        ("is_maxed", json!(0)),
        ("units", Value::Null),
        ("normalized", json!(1)),
    ] {
        assert_eq!(mailboxes[key], value, "{key}");
    }
    let disk = &told["data"][1];
    assert_eq!((&disk["units"], &disk["max"]), (&json!("MB"), &json!("unlimited")));
    assert!(disk["count"].as_str().unwrap().ends_with(" MB"), "{disk}");
    assert_eq!((&told["data"][2]["count"], &told["data"][2]["is_maxed"]), (&json!("0"), &json!(0)));
    assert_eq!(told["data"].as_array().unwrap().len(), 3);
    assert!(told["warnings"][0].as_str().unwrap().contains("“nosuch”"), "{told}");
    assert_eq!(rows(&store.api2("StatsBar", "stat", &["display=emailaccounts"]))[0]["max"], "4");
}

#[test]
fn required_strengths_of_everything_that_has_a_password() {
    let store = Store::with_account("pstr");
    let expected = json!([{"app":"pop","strength":50},{"app":"virtual","strength":50},{"app":"createacct","strength":50},
        {"app":"passwd","strength":50}]);
    for func in ["all_required_strengths", "appstrengths"] {
        assert_eq!(rows(&store.api2("PasswdStrength", func, &[])), expected, "{func}");
    }
    assert_eq!(store.uapi("PasswdStrength", "all_required_strengths", &[])["result"]["data"], expected);
}
