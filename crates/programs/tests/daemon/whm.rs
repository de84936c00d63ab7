//! WHM's functions over the daemon's ports: for the owner of the server, and for a reseller.

use crate::liveapid::{Liveapid, Reply};
use serde_json::{Value, json};

/// What root's token gets.
fn as_root(daemon: &Liveapid, token: &str, path: &str) -> Reply {
    daemon.curl(daemon.ports.whm, path, &["--header", &format!("Authorization: whm root:{token}")])
}

#[test]
fn functions_of_whm_in_both_shapes() {
    let daemon = Liveapid::start("lv-whm");
    let token = daemon.token("root");
    let call = |path: &str| as_root(&daemon, &token, path).json();
    let new =
        call("/json-api/createacct?api.version=1&username=alice&domain=alice.example&password=Alice-Pass-1");
    assert_eq!((&new["metadata"]["result"], &new["metadata"]["version"]), (&json!(1), &json!(1)), "{new}");
    let one = call("/json-api/listaccts?api.version=1&searchtype=domain&search=alice");
    assert_eq!(one["data"]["acct"][0]["user"], "alice", "{one}");
    let none = call("/json-api/listaccts?searchtype=domain&search=alice");
    assert_eq!((&none["status"], &none["acct"][0]["user"]), (&json!(1), &json!("alice")), "{none}");
    assert_eq!(call("/json-api/version")["version"], "11.86.0.0");
    assert_eq!(call("/json-api/version?api.version=1")["data"]["version"], "11.86.0.0");
    assert_eq!(call("/json-api/nosuch"), json!({"error":"Unknown App Requested: nosuch"}));
    let reason = call("/json-api/nosuch?api.version=1")["metadata"]["reason"].as_str().unwrap().to_owned();
    assert_eq!(reason, "Unknown app (\"nosuch\") requested for this version (1) of the API.");
    let xml = as_root(&daemon, &token, "/xml-api/listaccts?search=alice");
    assert!(xml.body.contains("<listaccts>") && xml.body.contains("<user>alice</user>"), "{xml:?}");
}

#[test]
fn calls_for_any_account_through_whm() {
    let daemon = Liveapid::start("lv-any");
    let token = daemon.token("root");
    let call = |path: &str| as_root(&daemon, &token, path);
    let done = call(
        "/json-api/uapi_cpanel?api.version=1&cpanel.user=bob&cpanel.module=Email&cpanel.function=passwd_pop&email=user@example.com&password=Whm-Pass-71",
    );
    let result: Value =
        json!({"status":1,"errors":null,"warnings":null,"messages":null,"metadata":{},"data":null});
    assert_eq!(
        done.json(),
        json!({"data":{"uapi":result},"metadata":{"command":"uapi_cpanel","reason":"OK","result":1,"version":1}})
    );
    assert!(daemon.opens("Whm-Pass-71"));
    let two =
        "cpanel_jsonapi_module=Email&cpanel_jsonapi_func=passwdpop&email=user&domain=example.com&password";
    for (number, user) in [
        "cpanel_jsonapi_user=bob&cpanel_jsonapi_apiversion=2",
        "user=bob",
        "cpanel_jsonapi_user=bob&api.version=1",
        "cpanel_jsonapi_user=bob&user=bob",
    ]
    .into_iter()
    .enumerate()
    {
        let reply = call(&format!("/json-api/cpanel?{user}&{two}=Whm-Pass-8{number}"));
        assert_eq!(
            reply.json()["cpanelresult"]["data"],
            json!([{"reason":"","result":1}]),
            "{user} {reply:?}"
        );
        // Whoever found the account by it has used it.
        assert!(reply.json()["cpanelresult"]["warnings"].is_null(), "{user} {reply:?}");
        assert!(daemon.opens(&format!("Whm-Pass-8{number}")), "{user}");
    }
    let why = "User parameter is invalid or was not supplied";
    let unnamed = call(&format!("/json-api/cpanel?{two}=Whm-Pass-90"));
    assert_eq!(
        (unnamed.status, unnamed.json()),
        (200, json!({"data":{"reason":why,"result":"0"},"type":"text","error":why}))
    );
    for user in ["nobody-here", "root", "../bob"] {
        let reply = call(&format!("/json-api/cpanel?cpanel_jsonapi_user={user}&{two}=Whm-Pass-91"));
        let answer = reply.json();
        assert!(
            answer.to_string().contains("error") && !answer.to_string().contains("Whm-Pass"),
            "{user}: {answer}"
        );
    }
    assert!(daemon.opens("Whm-Pass-83"));
}

#[test]
fn tokens_are_made_shown_once_and_taken_back_over_the_api() {
    let daemon = Liveapid::start("lv-tokens");
    let made =
        daemon.as_bob(daemon.ports.cpanel, "/execute/Tokens/create_full_access?name=portal", &[]).json();
    let token = made["data"]["token"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    let header = format!("Authorization: cpanel bob:{token}");
    let with = |path: &str| daemon.curl(daemon.ports.cpanel, path, &["--header", &header]);
    assert_eq!(with("/execute/Email/list_pops").json()["status"], 1);
    let api1 = with(
        "/json-api/cpanel?cpanel_jsonapi_apiversion=1&cpanel_jsonapi_module=Email&cpanel_jsonapi_func=accountname",
    );
    assert_eq!(api1.status, 403);
    assert!(api1.body.contains("Token authentication allows access to UAPI or API 2 calls only"), "{api1:?}");
    let list = with("/execute/Tokens/list");
    assert!(list.body.contains("portal") && !list.body.contains(&token), "{list:?}");
    let state = daemon.store.dir.join("daemon");
    let kept =
        std::process::Command::new("grep").arg("-r").arg("-F").arg(&token).arg(state).output().unwrap();
    assert!(kept.stdout.is_empty() && !daemon.log().contains(&token));
    assert_eq!(with("/execute/Tokens/revoke?name=portal").json()["status"], 1);
    assert_eq!(with("/execute/Email/list_pops").status, 401);
}

#[test]
fn names_of_accounts_and_versions_in_every_shape() {
    let daemon = Liveapid::start("lv-names");
    let token = daemon.token("root");
    let call = |path: &str| as_root(&daemon, &token, path);
    for (user, domain) in [("Carl", "c.example"), ("dora", "d.example"), ("eve", "e.example")] {
        let made =
            call(&format!("/json-api/createacct?api.version=2&username={user}&domain={domain}")).json();
        assert_eq!(made["metadata"]["result"], 1, "{made}");
    }
    let later = call("/json-api/accountsummary?api.version=3&domain=c.example").json();
    assert_eq!(later["data"]["acct"][0]["user"], "carl", "{later}");
    assert_eq!(call("/json-api/accountsummary?username=carl").json()["acct"][0]["user"], "carl");
    let xml = call("/xml-api/accountsummary?domain=c.example");
    assert!(xml.body.contains("<user>carl</user>"), "{}", xml.body);
    assert!(call("/xml-api/removeacct?user=eve").body.contains("<status>1</status>"));
    assert_eq!(call("/json-api/removeacct?user=dora").json()["result"][0]["status"], 1);
    let removed = call("/json-api/removeacct?api.version=1&user=Carl").json();
    assert_eq!(removed["metadata"]["result"], 1, "{removed}");
    let left = call("/json-api/listaccts?api.version=1&want=user").json();
    assert_eq!(left["data"]["acct"], json!([{"user":"bob"}]));
    let wrong = call("/json-api/listaccts?api.version=x");
    assert!(wrong.body.contains("api.version"), "{}", wrong.body);
}

#[test]
fn a_resellers_list_is_cut_before_it_is_filtered_and_counted() {
    let daemon = Liveapid::start("lv-cut");
    let token = daemon.token("root");
    for user in ["carl", "dora", "eve"] {
        let path = format!("/json-api/createacct?api.version=1&username={user}&domain={user}.example");
        assert_eq!(as_root(&daemon, &token, &path).json()["metadata"]["result"], 1);
    }
    let mut command = daemon.store.command(crate::common::program("liveapid"));
    command.arg("--state").arg(daemon.store.dir.join("daemon"));
    command.args(["user", "add", "seller", "--reseller", "--accounts", "carl,eve"]);
    crate::common::entrance::feed(&mut command, b"Seller-Secret-77-Xy\n");
    let list = |query: &str| {
        let path = format!("/json-api/listaccts?api.version=1&{query}");
        daemon.curl(daemon.ports.whm, &path, &["--user", "seller:Seller-Secret-77-Xy"]).json()
    };
    let filtered =
        list("api.filter.enable=1&api.filter.a.field=user&api.filter.a.type=eq&api.filter.a.arg0=dora");
    assert_eq!(
        (&filtered["data"]["acct"], &filtered["metadata"]["filter"]["filtered"]),
        (&json!([]), &json!(2))
    );
    let chunk = list(
        "api.chunk.enable=1&api.chunk.size=1&api.chunk.start=2&api.columns.enable=1&api.columns.a=domain&nosuch=1",
    );
    assert_eq!(chunk["data"]["acct"], json!([{"domain":"eve.example"}]), "{chunk}");
    assert_eq!(chunk["metadata"]["chunk"]["records"], 2);
    assert!(chunk["metadata"]["output"]["warnings"][0].as_str().unwrap().contains("“nosuch”"), "{chunk}");
}
