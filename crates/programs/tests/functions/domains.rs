//! Further domains of an account, and what mailboxes in them are.

use crate::common::{Store, exists, refusal};
use serde_json::json;

#[test]
fn domains_come_hold_mailboxes_and_go() {
    let store = Store::with_account("doms");
    let added = store.api2(
        "AddonDomain",
        "addaddondomain",
        &["newdomain=bücher.example", "subdomain=buecher", "dir=public_html%2Fbuecher"],
    );
    assert_eq!(added["cpanelresult"]["data"], json!([{"reason":"","result":1}]));
    let parked = store.api2("Park", "park", &["domain=Parked.Example"]);
    assert_eq!(parked["cpanelresult"]["data"][0]["result"], 1, "{parked}");
    let told = store.uapi("DomainInfo", "list_domains", &[]);
    assert_eq!(
        told["result"]["data"],
        json!({"main_domain":"example.com","addon_domains":["xn--bcher-kva.example"],
            "parked_domains":["parked.example"],"sub_domains":[]})
    );
    let listed = store.api2("AddonDomain", "listaddondomains", &["regex=kva"]);
    assert_eq!(listed["cpanelresult"]["data"][0]["rootdomain"], "example.com", "{listed}");
    assert_eq!(
        store.api2("Park", "listparkeddomains", &[])["cpanelresult"]["data"][0]["domain"],
        "parked.example"
    );
    let data = store.uapi("DomainInfo", "domains_data", &[]);
    assert_eq!(data["result"]["data"]["main_domain"]["domain"], "example.com");
    assert_eq!(data["result"]["data"]["addon_domains"][0]["type"], "addon_domain");
    let data = store.uapi("DomainInfo", "domains_data", &["format=list"]);
    assert_eq!(data["result"]["data"].as_array().unwrap().len(), 3, "{data}");
    let mailbox = ["email=user", "domain=parked.example", "password=Start-Password-1"];
    assert_eq!(store.uapi("Email", "add_pop", &mailbox)["result"]["data"], "user+parked.example");
    let domains = store.uapi("Email", "list_mail_domains", &["select=parked.example", "add_www=1"]);
    assert_eq!(domains["result"]["data"][4], json!({"domain":"parked.example","select":1}), "{domains}");
    assert_eq!(domains["result"]["data"][5], json!({"domain":"www.parked.example"}));
    store.uapi(
        "Email",
        "add_forwarder",
        &["email=a", "domain=parked.example", "fwdopt=fwd", "fwdemail=b%40c.example"],
    );
    let gone = store.api2("Park", "unpark", &["domain=parked.example"]);
    assert_eq!(gone["cpanelresult"]["data"][0]["result"], 1, "{gone}");
    assert!(!exists(&store.root.join(".liveapi/domains/parked.example")));
    assert!(!exists(&store.root.join(".liveapi/valiases/parked.example")), "a next owner starts anew");
    assert!(store.root.join("bob/mail/parked.example/user/cur").exists(), "the mail stays");
    let answer = store.api2(
        "Email",
        "passwdpop",
        &["domain=parked.example", "email=user", "password=Other-Password-1"],
    );
    assert_eq!(refusal(&answer), "Sorry, you do not have access to the domain 'parked.example'");
    // Given back, the mailbox is there again.
    store.api2("Park", "park", &["domain=parked.example"]);
    assert_eq!(store.uapi("Email", "count_pops", &[])["result"]["data"], 1);
    let record = std::fs::read_to_string(store.root.join(".liveapi/users/bob")).unwrap();
    assert!(record.contains("DNS1=xn--bcher-kva.example\nDNS2=parked.example\n"), "{record}");
}

#[test]
fn domains_that_cannot_be_had_or_lost_are_refused() {
    let store = Store::with_account("domr");
    store.whm("createacct", &["username=eve", "domain=eve.example"]);
    for (module, func, args, why) in [
        (
            "AddonDomain",
            "addaddondomain",
            vec!["newdomain=eve.example"],
            "already belongs to the account “eve”",
        ),
        (
            "AddonDomain",
            "addaddondomain",
            vec!["newdomain=example.com"],
            "already belongs to the account “bob”",
        ),
        ("AddonDomain", "addaddondomain", vec!["subdomain=x"], "\"newdomain\" is a required argument."),
        ("Park", "park", vec!["domain=nodots"], "is not a domain name"),
        ("Park", "unpark", vec!["domain=eve.example"], "you do not have access to the domain 'eve.example'"),
        ("Park", "unpark", vec!["domain=example.com"], "is the account's main domain"),
        ("AddonDomain", "deladdondomain", vec!["domain=nosuch.example", "subdomain=x"], "do not have access"),
    ] {
        let answer = store.api2(module, func, &args);
        assert!(refusal(&answer).contains(why), "{func} {args:?}: {answer}");
    }
    let bad = store.uapi("DomainInfo", "domains_data", &["format=xml"]);
    assert!(bad["result"]["errors"][0].as_str().unwrap().contains("use hash or list"), "{bad}");
    store.whm("suspendacct", &["user=bob"]);
    let answer = store.api2("Park", "park", &["domain=late.example"]);
    assert!(refusal(&answer).contains("is suspended"), "{answer}");
}
