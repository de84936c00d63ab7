//! Lists of mailboxes with all their options, folders of mail, and functions that this store does not do.

use crate::common::{Store, refusal};
use liveapi_core::api::Family;
use liveapi_core::engine::local::functions;
use serde_json::{Value, json};

#[test]
fn every_option_of_list_pops_with_disk() {
    let store = Store::with_account("opts");
    for email in ["alpha", "beta", "gamma"] {
        store.add_mailbox(email, "Start-Password-1");
    }
    store.api2("Email", "editquota", &["domain=example.com", "email=beta", "quota=0"]);
    let list = |args: &[&str]| -> Vec<Value> {
        let answer = store.uapi("Email", "list_pops_with_disk", args);
        answer["result"]["data"].as_array().unwrap_or_else(|| panic!("{args:?}: {answer}")).clone()
    };
    let names = |args: &[&str]| -> Vec<String> {
        list(args).iter().map(|row| row["user"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&["maxaccounts=2"]), ["alpha", "beta"]);
    assert_eq!(names(&["email=gamma"]), ["gamma"]);
    assert_eq!(names(&["email=gamma@example.com", "domain=example.com"]), ["gamma"]);
    // The documentation's pattern is for the local part, others are for the address.
    assert_eq!(names(&["regex=/^[a-z]{5}$/"]), ["alpha", "gamma"]);
    assert_eq!(names(&["regex=^beta@example"]), ["beta"]);
    assert_eq!(names(&["domain=nosuch.example"]), Vec::<String>::new());
    let beta = |args: &[&str]| list(&[&["email=beta"], args].concat())[0].clone();
    assert_eq!((&beta(&[])["diskquota"], &beta(&[])["_diskquota"]), (&json!("unlimited"), &json!("0")));
    assert_eq!(beta(&["infinitylang=1"])["diskquota"], "∞");
    assert_eq!(beta(&["infinitylang=1"])["txtdiskquota"], "unlimited");
    let image = beta(&["infinityimg=%2Fx%22y.png"]);
    assert_eq!(image["diskquota"], "<img src=\"/x&quot;y.png\" border=\"0\" />");
    assert!(beta(&["no_disk=1"]).get("_diskused").is_none());
    assert_eq!(beta(&[])["diskusedpercent_float"], 0);
    assert!(beta(&[]).get("hold_outgoing").is_none());
    assert_eq!(beta(&["get_restrictions=1"])["hold_outgoing"], 0);
    for (args, why) in [(["maxaccounts=0"], "above 0"), (["regex=["], "is not understood")] {
        let answer = store.uapi("Email", "list_pops_with_disk", &args);
        assert!(answer["result"]["errors"][0].as_str().unwrap().contains(why), "{answer}");
    }
}

#[test]
fn names_of_mailboxes_and_the_image_of_the_main_account() {
    let store = Store::with_account("acna");
    store.add_mailbox("user", "Start-Password-1");
    let api2 = |args: &[&str]| store.api2("Email", "accountname", args)["cpanelresult"]["data"].clone();
    assert_eq!(api2(&["account=user%40example.com"]), json!([{"account":"user"}]));
    assert_eq!(api2(&["account=user"]), json!([{"account":"user@example.com"}]));
    assert_eq!(api2(&["display=1"]), json!([{"account":"All Mail On Your Account"}]));
    let uapi = |args: &[&str]| store.uapi("Email", "account_name", args)["result"]["data"].clone();
    assert_eq!(
        (uapi(&["account=user"]), uapi(&["display=1"])),
        (json!("user"), json!("All Mail On The Account"))
    );
    let listed = store.api2("Email", "listpopswithimage", &[]);
    assert_eq!(
        listed["cpanelresult"]["data"],
        json!([{"email":"user@example.com","login":"user@example.com"},
            {"email":"bob","login":"<img src=\"/frontend/paper_lantern/images/mainacct.jpg\">"}])
    );
}

#[test]
fn folders_of_mail_are_looked_into() {
    let store = Store::with_account("brow");
    store.add_mailbox("box", "Start-Password-1");
    let mail = store.root.join("bob/mail");
    std::fs::create_dir(mail.join("example.com/box/.Sent")).unwrap();
    std::os::unix::fs::symlink("/etc", mail.join("example.com/link")).unwrap();
    if crate::common::is_root() {
        let owner = store.owner().to_string();
        crate::common::must(std::process::Command::new("chown").args(["-hR", &owner]).arg(&mail));
    }
    let browse = |args: &[&str]| store.api2("Email", "browseboxes", args)["cpanelresult"]["data"].clone();
    let mail = mail.display().to_string();
    let top = &browse(&[])[0];
    for (name, value) in [
        ("file", json!("example.com")),
        ("depth", json!(2)),
        ("isleaf", json!(0)),
        ("type", json!("dir")),
        ("path", json!(mail)),
        ("relpath", json!("/example.com")),
        ("fullpath", json!(format!("{mail}/example.com"))),
        ("ismailbox", json!(0)),
    ] {
        assert_eq!(top[name], value, "{name}: {top}");
    }
    assert!(top["mtime"].as_str().unwrap().parse::<u64>().unwrap() > 1_000_000_000);
    let domain = browse(&["dir=example.com"]);
    assert_eq!(domain.as_array().unwrap().len(), 1, "links are not shown: {domain}");
    assert_eq!((&domain[0]["ismailbox"], &domain[0]["isleaf"]), (&json!(1), &json!(0)));
    let files = |rows: &Value| {
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| row["file"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(files(&browse(&["account=box%40example.com"])), ["cur", "new", "tmp"]);
    assert_eq!(
        files(&browse(&["account=box%40example.com", "showdotfiles=1"])),
        [".Sent", "cur", "new", "tmp"]
    );
    assert_eq!(files(&browse(&["account=box", "dir=cur"])), Vec::<String>::new());
    let uapi = store.uapi("Email", "browse_mailbox", &["dir=example.com/box"]);
    assert_eq!(uapi["result"]["data"][0]["file"], "cur", "{uapi}");
    let place = |args: &[&str]| {
        store.api2("Email", "getabsbrowsedir", args)["cpanelresult"]["data"][0]["absdir"].clone()
    };
    assert_eq!(place(&["account=box%40example.com"]), format!("{mail}/example.com/box"));
    assert_eq!((place(&[]), place(&["account=bob", "dir=default"])), (json!(mail), json!(mail)));
    for args in [["dir=..%2F..%2Fetc"], ["dir=example.com%2Flink"]] {
        let answer = store.api2("Email", "browseboxes", &args);
        assert!(answer["cpanelresult"]["error"].is_string(), "{answer}");
    }
    let missing = store.api2("Email", "getabsbrowsedir", &["account=nosuch"]);
    assert!(refusal(&missing).contains("nosuch@example.com"), "{missing}");
}

/// cPanel's table of API 2 functions of Email, and those that are done here.
#[test]
fn every_documented_function_is_known_and_none_lies() {
    let documented = "accountname adddomainforward addforward addmx addpop browseboxes changemx checkmaindiscard \
        clearpopcache deletefilter delforward delmx delpop disablefilter editquota enablefilter fetchautoresponder \
        fetchcharmaps filteractions filterlist filtername filterrules getabsbrowsedir getalwaysaccept \
        get_archiving_configuration get_archiving_default_configuration get_archiving_types get_default_email_quota \
        getdiskusage get_email_signing get_max_email_quota getmxcheck has_delegated_mailman_lists listaliasbackups \
        listautoresponders listdefaultaddresses listdomainforwards listfilterbackups listfilters listforwards listlists \
        listmaildomains listmx listmxs listpops listpopssingle listpopswithdisk listpopswithimage \
        list_system_filter_info loadfilter passwdpop reorderfilters setalwaysaccept set_archiving_configuration \
        set_archiving_default_configuration setdefaultaddress set_email_signing setmxcheck storefilter tracefilter";
    let store = Store::with_account("unsu");
    let mut refused = 0;
    for name in documented.split_whitespace() {
        let function = functions().find(|function| {
            function.family == Family::Api2 && function.module == "Email" && function.func == name
        });
        let function = function.unwrap_or_else(|| panic!("{name} is not in the catalogue"));
        if function.returns.is_empty() {
            let answer = store.api2("Email", name, &["domain=example.com"]);
            let (inner, why) = (&answer["cpanelresult"], &answer["cpanelresult"]["error"]);
            assert!(
                why.as_str().unwrap().starts_with("This mail store does not do this ("),
                "{name}: {answer}"
            );
            // A client that looks at nothing else must not read success.
            assert_eq!(inner["event"], json!({"result": 0, "reason": why}), "{name}: {answer}");
            assert_eq!(inner["data"], json!([{"result": 0, "reason": why}]), "{name}: {answer}");
            refused += 1;
        }
    }
    assert_eq!(refused, 20);
    let uapi =
        functions().filter(|function| function.family == Family::Uapi && function.module == "Email").count();
    assert_eq!(uapi, 96, "as many as the published description of UAPI has");
}

/// MX records are the DNS's; what is asked of a mail host is whether it takes the domain's mail.
#[test]
fn where_mail_of_a_domain_is_accepted() {
    let store = Store::with_account("lmx");
    let api2 = |func: &str, args: &[&str]| store.api2("Email", func, args)["cpanelresult"]["data"].clone();
    let listed = api2("listmxs", &["domain=example.com", "user=bob"]);
    assert_eq!((&listed, listed.as_array().unwrap().len()), (&api2("listmx", &[]), 1));
    let row = &listed[0];
    for (name, value) in [
        ("domain", json!("example.com")),
        ("mxcheck", json!("local")),
        ("local", json!(1)),
        ("remote", json!(0)),
        ("entries", json!([])),
        ("mx", Value::Null),
        ("status", json!(1)),
    ] {
        assert_eq!(row[name], value, "{name}");
    }
    assert!(row["statusmsg"].as_str().unwrap().contains("MX records are kept in the DNS"), "{row}");
    assert_eq!(store.uapi("Email", "list_mxs", &["domain=EXAMPLE.com"])["result"]["data"][0], *row);
    assert_eq!(
        api2("getmxcheck", &["domain=example.com"]),
        json!([{"domain":"example.com","mxcheck":"local"}])
    );
    let always = json!([{"domain":"example.com","alwaysaccept":1,"mxcheck":"local"}]);
    assert_eq!(api2("getalwaysaccept", &[]), always);
    for args in [["domain=example.net"], ["user=carol"], ["domain=%22"]] {
        let answer = store.api2("Email", "listmxs", &args);
        assert!(!refusal(&answer).is_empty(), "{answer}");
    }
    let delegated = api2("has_delegated_mailman_lists", &["delegate=user"]);
    assert_eq!(delegated, json!([{"has_delegated_mailman_lists":0}]));
}

#[test]
fn a_broken_record_hides_no_other_account() {
    let store = Store::with_account("lbroken");
    for name in ["carol", "dave"] {
        let args = [format!("username={name}"), format!("domain={name}.example")];
        assert_eq!(store.whm("createacct", &[&args[0], &args[1]])["metadata"]["result"], 1);
    }
    let record = store.root.join(".liveapi/users/carol");
    let whole = std::fs::read(&record).unwrap();
    std::fs::write(&record, "PLAN=gold\n").unwrap();
    let listed = store.whm("listaccts", &[]);
    let users: Vec<_> =
        listed["data"]["acct"].as_array().unwrap().iter().map(|row| row["user"].clone()).collect();
    assert_eq!(users, ["bob", "dave"], "{listed}");
    let warnings = listed["metadata"]["output"]["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 1, "{listed}");
    let told = warnings[0].as_str().unwrap();
    assert!(told.contains("“carol”") && told.contains("users/carol") && told.contains("DNS"), "{told}");
    let old = store.run("whmapi0", &["listaccts"]);
    assert_eq!((&old["status"], &old["warnings"][0]), (&serde_json::json!(1), &warnings[0]), "{old}");
    std::fs::write(&record, whole).unwrap();
    assert!(store.whm("listaccts", &[])["metadata"].get("warnings").is_none());
}
