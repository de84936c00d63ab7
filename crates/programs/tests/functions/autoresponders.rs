//! Autoresponders by their functions, and what they leave in the home.

use crate::common::{Store, arg};
use serde_json::{Value, json};

fn call(store: &Store, func: &str, args: &[&str]) -> Value {
    store.uapi("Email", func, args)["result"].clone()
}

#[test]
fn an_autoresponder_comes_shows_itself_and_goes() {
    let store = Store::with_account("arfn");
    let body = arg("body", "I am away.\r\nÜbrigens: %subject%\n");
    let args = [
        "email=user",
        "domain=example.com",
        "from=Bob%20%22B%22",
        "subject=Away",
        &body,
        "is_html=0",
        "interval=24",
        "start=1700000000",
        "stop=4000000000",
        "charset=UTF-8",
    ];
    let added = call(&store, "add_auto_responder", &args);
    assert_eq!((&added["status"], &added["data"]), (&json!(1), &Value::Null), "{added}");
    let shown = json!({"from":"Bob \"B\"","subject":"Away","body":"I am away.\nÜbrigens: %subject%\n","charset":"utf-8",
        "is_html":0,"interval":24,"start":1_700_000_000,"stop":4_000_000_000_u64});
    assert_eq!(call(&store, "get_auto_responder", &["email=user@example.com"])["data"], shown);
    let fetched = store.api2("Email", "fetchautoresponder", &["email=user@example.com"]);
    assert_eq!(fetched["cpanelresult"]["data"], json!([shown]));
    let home = store.root.join("bob/.autorespond");
    let read = |name: &str| std::fs::read_to_string(home.join(name)).unwrap();
    assert_eq!(
        read("user@example.com"),
        "From: \"Bob \\\"B\\\"\" <user@example.com>\nContent-type: text/plain; charset=utf-8\nSubject: Away\n\nI am away.\nÜbrigens: %subject%\n"
    );
    assert_eq!(read("user@example.com.json"), "{\"interval\":24,\"start\":1700000000,\"stop\":4000000000}\n");

    let second = ["email=info@example.com", "subject=Thanks", "body=x", "start=0", "is_html=1"];
    assert_eq!(
        store.api2("Email", "addautoresponder", &second)["cpanelresult"]["data"],
        json!([{"reason":"","result":1}])
    );
    let info = call(&store, "get_auto_responder", &["email=info"]);
    assert_eq!(
        (&info["data"]["interval"], &info["data"]["start"], &info["data"]["is_html"]),
        (&json!(8), &Value::Null, &json!(1))
    );
    let rows = json!([{"email":"info@example.com","subject":"Thanks"},{"email":"user@example.com","subject":"Away"}]);
    assert_eq!(call(&store, "list_auto_responders", &["domain=example.com"])["data"], rows);
    let filtered = store.api2("Email", "listautoresponders", &["domain=example.com", "regex=info"]);
    assert_eq!(filtered["cpanelresult"]["data"], json!([rows[0]]));
    assert_eq!(call(&store, "count_auto_responders", &[])["data"], 2);
    assert_eq!(store.api2("Email", "countautoresponders", &[])["cpanelresult"]["data"], json!([{"count":2}]));

    assert_eq!(call(&store, "delete_auto_responder", &["email=user@example.com"])["status"], 1);
    assert!(!home.join("user@example.com").exists() && !home.join("user@example.com.json").exists());
    for func in ["get_auto_responder", "delete_auto_responder"] {
        let none = call(&store, func, &["email=user@example.com"]);
        assert_eq!(none["errors"][0], "You do not have an autoresponder for “user@example.com”.", "{func}");
    }
    assert_eq!(call(&store, "list_auto_responders", &["domain=example.com"])["data"], json!([rows[0]]));
    let old =
        |func: &str, args: &[&str]| store.run("cpapi1", &[&["--user=bob", "Email", func], args].concat());
    assert_eq!(old("delautoresponder", &["info", "example.com"])["event"]["result"], 1);
    assert_eq!(call(&store, "count_auto_responders", &[])["data"], 0);
    let none = old("delautoresponder", &["info@example.com"]);
    assert_eq!(none["error"], "You do not have an autoresponder for “info@example.com”.", "{none}");
    let features = store.uapi("Features", "has_feature", &["name=autoresponders"]);
    assert_eq!(features["result"]["status"], 1);
}

#[test]
fn what_cannot_be_sent_as_it_is_is_refused() {
    let store = Store::with_account("arno");
    let refused = |args: &[&str], why: &str| {
        let all = [&["email=user", "domain=example.com"], args].concat();
        let answer = call(&store, "add_auto_responder", &all);
        assert!(answer["status"] == 0 && answer["errors"][0].as_str().unwrap().contains(why), "{answer}");
    };
    refused(&[], "\"body\" is a required argument.");
    refused(&["body=x", "subject=a%0ABcc:%20x@example.org"], "one line");
    refused(&["body=x", "from=a%0Db"], "one line");
    refused(&["body=x%00y"], "cannot be used");
    refused(&["body=x", "interval=often"], "“often” is not a whole number");
    refused(&["body=x", "interval=-1"], "is not a whole number");
    refused(&["body=x", "start=20", "stop=10"], "before the start");
    refused(&["body=%C3%A4", "charset=iso-8859-1"], "utf-8");
    refused(&["body=x", "charset=utf-8%0AX: y"], "no name of a character set");
    let foreign = call(&store, "add_auto_responder", &["email=user@example.net", "body=x"]);
    assert_eq!(foreign["errors"][0], "Sorry, you do not have access to the domain 'example.net'");
    assert_eq!(call(&store, "count_auto_responders", &[])["data"], 0);
    assert!(!store.root.join("bob/.autorespond").exists());
    // A customer's link in the place of the folder or a file leads nowhere.
    let elsewhere = store.dir.join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, store.root.join("bob/.autorespond")).unwrap();
    let linked = call(&store, "add_auto_responder", &["email=user@example.com", "body=x"]);
    assert_eq!(linked["status"], 0, "{linked}");
    assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 0);
    assert_eq!(call(&store, "count_auto_responders", &[])["data"], 0);
}

#[test]
fn a_mailbox_or_domain_that_goes_takes_its_answers_along() {
    let store = Store::with_account("argo");
    store.add_mailbox("user", "Some-Password-1");
    store.api2("AddonDomain", "addaddondomain", &["newdomain=example.org", "subdomain=o", "dir=o"]);
    for address in ["user@example.com", "info@example.org"] {
        assert_eq!(call(&store, "add_auto_responder", &[&arg("email", address), "body=x"])["status"], 1);
    }
    store.api2("Email", "delpop", &["email=user@example.com"]);
    assert_eq!(
        call(&store, "list_auto_responders", &[])["data"],
        json!([{"email":"info@example.org","subject":""}])
    );
    store.api2("AddonDomain", "deladdondomain", &["domain=example.org", "subdomain=o"]);
    store.api2("AddonDomain", "addaddondomain", &["newdomain=example.org", "subdomain=o", "dir=o"]);
    assert_eq!(call(&store, "count_auto_responders", &[])["data"], 0);
}
