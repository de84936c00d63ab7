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
    assert!(daemon.opens("Whm-Pass-82"));
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
