//! Forwarders, default addresses and domain forwarders: what calls answer, and what the mail server reads.

use crate::common::{Store, arg};
use serde_json::{Value, json};

/// The file of a domain that Exim reads.
fn aliases(store: &Store, domain: &str) -> String {
    std::fs::read_to_string(store.root.join(".liveapi/valiases").join(domain)).unwrap_or_default()
}

fn add(store: &Store, email: &str, rest: &[String]) -> Value {
    let mut args = vec!["domain=example.com".to_owned(), arg("email", email)];
    args.extend_from_slice(rest);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    store.api2("Email", "addforward", &args)["cpanelresult"].clone()
}

fn fwd(to: &str) -> Vec<String> {
    vec!["fwdopt=fwd".to_owned(), arg("fwdemail", to)]
}

#[test]
fn forwarders_come_are_listed_and_go() {
    let store = Store::with_account("fwd");
    let added = add(&store, "foo", &fwd("bar@gmail.com"));
    assert_eq!(
        added["data"],
        json!([{"email":"foo@example.com","domain":"example.com","forward":"bar@gmail.com"}])
    );
    // The same again changes nothing; another one stands beside it.
    let before = aliases(&store, "example.com");
    assert_eq!(add(&store, "foo@example.com", &fwd("bar@gmail.com"))["data"], added["data"]);
    assert_eq!(aliases(&store, "example.com"), before);
    add(&store, "foo", &fwd("x@bücher.example, bob"));
    let listed = store.api2("Email", "listforwards", &["domain=example.com"]);
    let rows = &listed["cpanelresult"]["data"];
    assert_eq!(
        rows[0],
        json!({"dest":"foo@example.com","forward":"bar@gmail.com","html_dest":"foo@example.com",
            "html_forward":"bar@gmail.com","uri_dest":"foo%40example.com","uri_forward":"bar%40gmail.com"})
    );
    assert_eq!(
        (&rows[1]["forward"], &rows[2]["forward"]),
        (&json!("x@xn--bcher-kva.example"), &json!("bob"))
    );
    assert_eq!(store.uapi("Email", "count_forwarders", &[])["result"]["data"], 3);
    let none = store.uapi("Email", "list_forwarders", &["domain=example.com", "regex=^nobody"]);
    assert_eq!(none["result"]["data"], json!([]));
    let gone = store.api2("Email", "delforward", &["email=foo%40example.com", "emaildest=bar%40gmail.com"]);
    assert_eq!(gone["cpanelresult"]["data"], json!([{"statusmsg":"OK","status":"1"}]));
    assert_eq!(aliases(&store, "example.com"), "foo@example.com: x@xn--bcher-kva.example,bob\n");
    for to in ["x@xn--bcher-kva.example", "bob"] {
        let gone =
            store.uapi("Email", "delete_forwarder", &["address=foo@example.com", &arg("forwarder", to)]);
        assert_eq!(gone["result"]["status"], 1, "{gone}");
    }
    assert_eq!(aliases(&store, "example.com"), "");
}

#[test]
fn a_missing_forwarder_is_refused_in_the_recorded_words() {
    let store = Store::with_account("fwdno");
    let gone = store.api2("Email", "delforward", &["email=foo%40example.com", "emaildest=a%40b.example"]);
    let result = &gone["cpanelresult"];
    assert_eq!(
        result["error"],
        "Unable to locate the forwarder “a@b.example” for account “foo@example.com” on domain “example.com”."
    );
    assert_eq!(result["data"], json!([{"statusmsg":"Failed to delete forwarder.","status":"0"}]));
    assert_eq!(result["event"]["result"], 1);
}

#[test]
fn each_kind_of_forwarder_stands_in_the_file_as_exim_reads_it() {
    let store = Store::with_account("fwdki");
    let home = store.root.join("bob");
    for (email, rest, line) in [
        ("nix", vec!["fwdopt=blackhole".into()], ":blackhole:".to_owned()),
        ("no", vec!["fwdopt=fail".into()], ":fail: No such person at this address".to_owned()),
        (
            "no2",
            vec!["fwdopt=fail".into(), "failmsgs=Gone, since May".into()],
            ":fail: Gone, since May".to_owned(),
        ),
        ("own", vec!["fwdopt=system".into()], "bob".to_owned()),
        (
            "prog",
            vec!["fwdopt=pipe".into(), "pipefwd=bin/x -a b,c".into()],
            format!("\"|{}/bin/x -a b,c\"", home.display()),
        ),
    ] {
        let added = add(&store, email, &rest);
        assert_eq!(added["data"][0]["forward"], line.trim_matches('"'), "{added}");
        assert!(
            aliases(&store, "example.com").contains(&format!("{email}@example.com: {line}\n")),
            "{email}"
        );
        // As it is shown it can be deleted.
        let shown = added["data"][0]["forward"].as_str().unwrap();
        let address = arg("email", &format!("{email}@example.com"));
        let gone = store.api2("Email", "delforward", &[&address, &arg("emaildest", shown)]);
        assert_eq!(gone["cpanelresult"]["data"][0]["status"], "1", "{gone}");
    }
    assert_eq!(aliases(&store, "example.com"), "");
}

#[test]
fn what_cannot_be_forwarded_is_refused_as_one_text_and_changes_nothing() {
    let store = Store::with_account("fwdbad");
    add(&store, "foo", &fwd("bar@gmail.com"));
    let before = aliases(&store, "example.com");
    for (email, rest, why) in [
        ("a", vec![], "\"fwdopt\" is a required argument."),
        ("a", vec!["fwdopt=fwd".to_owned()], "\"fwdemail\" is a required argument."),
        ("a", vec!["fwdopt=nosuch".to_owned()], "use fwd, fail, blackhole, pipe or system"),
        ("a", fwd("no address@x.example"), "is no address"),
        ("a", fwd("eve"), "neither an address nor the account’s own name"),
        ("a", fwd("ok@x.example,|/bin/sh"), "neither an address nor"),
        ("a", vec!["fwdopt=system".to_owned(), "fwdsystem=root".to_owned()], "the account’s own name"),
        ("a", vec!["fwdopt=fail".to_owned(), arg("failmsgs", "x\n*: |/bin/sh")], "one line"),
        ("a", vec!["fwdopt=pipe".to_owned(), "pipefwd=../eve/x".to_owned()], "goes upwards"),
        ("a:b", fwd("x@x.example"), "is not the name of a mailbox"),
        ("a\nb", fwd("x@x.example"), "is not the name of a mailbox"),
        ("a@other.example", fwd("x@x.example"), "is not in the domain"),
        ("foo", vec!["fwdopt=blackhole".to_owned()], "Delete its present forwarder first"),
    ] {
        let answer = add(&store, email, &rest);
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(error.contains(why), "{email} {rest:?}: {answer}");
        assert_eq!(answer["data"], json!([error]), "one bare text, as recorded");
        assert_eq!(aliases(&store, "example.com"), before, "{email} {rest:?}");
    }
    let foreign = store.api2(
        "Email",
        "addforward",
        &["domain=foreign.example", "email=a", "fwdopt=fwd", "fwdemail=x%40x.example"],
    );
    assert_eq!(
        foreign["cpanelresult"]["error"],
        "Sorry, you do not have access to the domain 'foreign.example'"
    );
    store.whm("suspendacct", &["user=bob"]);
    let suspended = add(&store, "a", &fwd("x@x.example"));
    assert!(suspended["error"].as_str().unwrap().contains("is suspended"), "{suspended}");
}

#[test]
fn default_addresses_are_told_and_changed() {
    let store = Store::with_account("defa");
    let told = || {
        store.api2("Email", "listdefaultaddresses", &["domain=example.com"])["cpanelresult"]["data"].clone()
    };
    let discards =
        || store.api2("Email", "checkmaindiscard", &[])["cpanelresult"]["data"][0]["status"].clone();
    let row = |to: &str| json!([{"domain":"example.com","defaultaddress":to}]);
    // Recorded, quotation marks included.
    assert_eq!((told(), discards()), (row("\":fail: No Such User Here\""), json!(1)));
    for (args, to, deleted) in [
        (vec!["fwdopt=fwd", "fwdemail=all%40x.example,b%40y.example"], "all@x.example,b@y.example", 0),
        (vec!["fwdopt=blackhole"], ":blackhole:", 1),
        (vec!["fwdopt=fwd", "fwdemail=bob"], "bob", 0),
        (vec!["fwdopt=fail", "failmsgs=Nobody here"], "\":fail: Nobody here\"", 1),
    ] {
        let set = store.api2("Email", "setdefaultaddress", &[&["domain=example.com"], &args[..]].concat());
        assert_eq!(set["cpanelresult"]["data"], json!(["success"]), "{set}");
        assert!(set["cpanelresult"].get("error").is_none());
        assert_eq!((told(), discards()), (row(to), json!(deleted)));
    }
    let set = store.uapi("Email", "set_default_address", &["fwdopt=fwd", "fwdemail=z%40x.example"]);
    assert_eq!(set["result"]["data"], json!([{"domain":"example.com","dest":"z@x.example"}]));
    assert_eq!(aliases(&store, "example.com"), "*: z@x.example\n");
    let bad = store.api2("Email", "setdefaultaddress", &["domain=example.com", "fwdopt=system"]);
    assert_eq!(bad["cpanelresult"]["data"], json!([bad["cpanelresult"]["error"]]));
    // A file as cPanel writes it.
    std::fs::write(store.root.join(".liveapi/valiases/example.com"), "*: \":fail: No Such User Here\"\n")
        .unwrap();
    assert_eq!(told(), row("\":fail: No Such User Here\""));
}

#[test]
fn domains_are_forwarded() {
    let store = Store::with_account("domf");
    let args = ["domain=example.com", "destdomain=other.example"];
    let added = store.api2("Email", "adddomainforward", &args);
    assert_eq!(added["cpanelresult"]["data"], json!([{"status":1,"statusmsg":"OK"}]));
    let row = json!([{"dest":"example.com","forward":"other.example"}]);
    assert_eq!(store.api2("Email", "listdomainforwards", &[])["cpanelresult"]["data"], row);
    assert_eq!(store.uapi("Email", "list_domain_forwarders", &[])["result"]["data"], row);
    let file = store.root.join(".liveapi/vdomainaliases/example.com");
    assert_eq!(std::fs::read_to_string(file).unwrap(), "example.com: other.example\n");
    let delete = || store.uapi("Email", "delete_domain_forwarder", &["domain=example.com"])["result"].clone();
    assert_eq!(delete()["status"], 1);
    assert!(delete()["errors"][0].as_str().unwrap().contains("is not forwarded"));
    let own = store.api2("Email", "adddomainforward", &["domain=example.com", "destdomain=example.com"]);
    assert_eq!(own["cpanelresult"]["data"][0]["status"], "0", "{own}");
}
