//! Existing clients call the daemon as they call cPanel's servers.

use crate::liveapid::{ACCOUNT_PASSWORD, FIRST_PASSWORD, Liveapid, Reply};
use base64ct::{Base64, Encoding};
use serde_json::json;

/// The documented success, to the letter.
const DONE: &str = "{\"cpanelresult\":{\"apiversion\":2,\"func\":\"passwdpop\",\"data\":[{\"reason\":\"\",\"result\":1}],\"event\":{\"result\":1},\"module\":\"Email\"}}\n";
/// What says which function is called.
const CALL: &str = "cpanel_jsonapi_user=bob&cpanel_jsonapi_apiversion=2&cpanel_jsonapi_module=Email&cpanel_jsonapi_func=passwdpop";

fn basic() -> String {
    format!("Basic {}", Base64::encode_string(format!("bob:{ACCOUNT_PASSWORD}").as_bytes()))
}

#[test]
fn the_documented_address_works_as_printed() {
    let daemon = Liveapid::start("lv-doc");
    let path =
        format!(r#"/json-api/cpanel?{CALL}&domain="example.com"&email="user"&password="12345luggage""#);
    let reply = daemon.as_bob(daemon.ports.whm, &path, &[]);
    assert_eq!((reply.status, reply.body.as_str()), (200, DONE));
    assert_eq!(reply.field("content-type"), Some("application/json; charset=\"utf-8\""));
    assert!(
        daemon.opens("12345luggage") && !daemon.opens(FIRST_PASSWORD) && !daemon.opens("\"12345luggage\"")
    );
    assert!(!daemon.log().contains("12345luggage"), "{}", daemon.log());
}

#[test]
fn the_same_call_in_every_form_that_clients_have() {
    let daemon = Liveapid::start("lv-forms");
    let fields = |password: &str| format!("domain=example.com&email=user&password={password}");
    let json =
        |password: &str| json!({"domain":"example.com","email":"user","password":password}).to_string();
    let cpanel = format!("/json-api/cpanel?{CALL}");
    let multipart = ["--form", "email=user@example.com", "--form"];
    for (password, path, options) in [
        ("Form-Pass-11", cpanel.as_str(), vec!["--data".to_owned(), fields("Form-Pass-11")]),
        (
            "Slash-Pass-12",
            &format!("//json-api/cpanel/?{CALL}&"),
            vec!["--data".into(), fields("Slash-Pass-12")],
        ),
        ("Json-Pass-13", &cpanel, vec!["--json".into(), json("Json-Pass-13")]),
        ("Json-Pass-14", &cpanel, vec!["--data".into(), json("Json-Pass-14")]),
        (
            "Multi Pass&15",
            &cpanel,
            multipart
                .iter()
                .map(|word| (*word).to_owned())
                .chain(["password=Multi Pass&15".to_owned()])
                .collect(),
        ),
        ("Old-Pass-16", &cpanel, vec!["--http1.0".into(), "--data".into(), fields("Old-Pass-16")]),
        (
            "Octet-Pass-17",
            &cpanel,
            vec![
                "--header".into(),
                "Content-Type: application/octet-stream".into(),
                "--data".into(),
                fields("Octet-Pass-17"),
            ],
        ),
        (
            "Chunk-Pass-18",
            &cpanel,
            vec![
                "--header".into(),
                "Transfer-Encoding: chunked".into(),
                "--data".into(),
                fields("Chunk-Pass-18"),
            ],
        ),
    ] {
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let reply = daemon.as_bob(daemon.ports.cpanel, path, &options);
        assert_eq!((reply.status, reply.body.as_str()), (200, DONE), "{password}");
        assert!(daemon.opens(password), "{password}");
    }
}

#[test]
fn every_family_answers_in_its_own_shape() {
    let daemon = Liveapid::start("lv-families");
    let (whm, cpanel) = (daemon.ports.whm, daemon.ports.cpanel);
    let uapi = daemon.as_bob(
        cpanel,
        "/execute/Email/passwd_pop",
        &["--data", "email=user@example.com&password=Uapi-Pass-21"],
    );
    assert_eq!(
        uapi.json(),
        json!({"status":1,"errors":null,"messages":null,"warnings":null,"metadata":{},"data":null})
    );
    assert!(daemon.opens("Uapi-Pass-21"));
    let three = "/json-api/cpanel?cpanel_jsonapi_apiversion=3&cpanel_jsonapi_module=Email&cpanel_jsonapi_func=list_pops";
    let answer = daemon.as_bob(whm, three, &[]).json();
    assert_eq!((&answer["apiversion"], &answer["result"]["status"]), (&json!(3), &json!(1)), "{answer}");
    let one = "/json-api/cpanel?cpanel_jsonapi_apiversion=1&cpanel_jsonapi_module=Email&cpanel_jsonapi_func=passwdpop&arg-0=user&arg-1=Api1-Pass-22&arg-2=0&arg-3=example.com";
    let answer = daemon.as_bob(cpanel, one, &[]).json();
    assert_eq!((&answer["apiversion"], &answer["event"]["result"]), (&json!("1"), &json!(1)), "{answer}");
    assert!(daemon.opens("Api1-Pass-22"));
    let xml = daemon.as_bob(whm, "/xml-api/cpanel", &[
        "--data",
        "cpanel_xmlapi_user=bob&cpanel_xmlapi_module=Email&cpanel_xmlapi_func=passwdpop&cpanel_xmlapi_apiversion=2&domain=example.com&email=user&password=Xml-Pass-23",
    ]);
    assert!(
        xml.body.starts_with("<?xml version=\"1.0\"") && xml.body.contains("<result>1</result>"),
        "{xml:?}"
    );
    assert!(!xml.body.contains("<error>") && daemon.opens("Xml-Pass-23"));
    let document = "xmlin=<cpanelaction><module>Email</module><func>passwdpop</func><apiversion>2</apiversion><args><domain>example.com</domain><email>user</email><password>Xmlin-Pass-25</password></args></cpanelaction>";
    let old = daemon.as_bob(whm, "/xml-api/cpanel?user=bob", &["--data-urlencode", document]);
    assert!(old.body.contains("<result>1</result>") && daemon.opens("Xmlin-Pass-25"), "{old:?}");
    let page = daemon.as_bob(
        cpanel,
        "/frontend/x3/mail/dopasswdpop.html?email=user&domain=example.com&password=Page-Pass-24",
        &[],
    );
    assert!(page.body.contains("successfully changed") && daemon.opens("Page-Pass-24"), "{page:?}");
    assert!(!page.body.contains("not used"), "{page:?}");
    let more =
        "/frontend/x3/mail/dopasswdpop.html?email=user&domain=example.com&password=Page-Pass-26&quota=%3C5";
    let page = daemon.as_bob(cpanel, more, &[]);
    assert!(page.body.contains("<p>The parameter “quota” was not used: "), "{page:?}");
}

/// An account's login acts for itself, whatever that parameter says.
#[test]
fn who_names_another_account_is_told_whose_call_it_was() {
    let daemon = Liveapid::start("lv-whose");
    let call = |user: &str, rest: &str| {
        let path = format!("/json-api/cpanel?{user}&cpanel_jsonapi_module=Email&cpanel_jsonapi_func={rest}");
        daemon.as_bob(daemon.ports.cpanel, &path, &[]).json()["cpanelresult"].clone()
    };
    let others = call("cpanel_jsonapi_user=eve", "listpops");
    assert_eq!(others["data"][1]["email"], "bob", "{others}");
    assert_eq!(
        others["warnings"],
        json!(["The account “eve” was not used: the call is for “bob”, who is logged in."])
    );
    for (user, rest) in [
        ("cpanel_jsonapi_user=bob", "listpops"),
        ("user=bob", "listpops"),
        ("x=", "listpops"),
        ("user=user", "getdiskusage&domain=example.com"),
    ] {
        let own = call(user, rest);
        assert!(own["warnings"].is_null() && own["error"].is_null(), "{user}: {own}");
    }
}

#[test]
fn refusals_have_their_reason_wherever_a_client_looks() {
    let daemon = Liveapid::start("lv-refusals");
    let cpanel = daemon.ports.cpanel;
    let none = format!("/json-api/cpanel?{CALL}&domain=example.com&email=nobody&password=Good-Pass-31");
    let reply = daemon.as_bob(cpanel, &none, &[]);
    let why = "You do not have an email account named “nobody@example.com”.";
    assert_eq!(
        (reply.status, reply.json()),
        (
            200,
            json!({"cpanelresult":{"apiversion":2,"func":"passwdpop","error":why,"data":[{"reason":why,"result":0}],"event":{"result":1},"module":"Email"},"errors":[why]})
        )
    );
    let unknown = "/json-api/cpanel?cpanel_jsonapi_module=Email&cpanel_jsonapi_func=x";
    assert_eq!(
        daemon.as_bob(cpanel, unknown, &[]).json()["cpanelresult"]["error"],
        "Could not find function 'x' in module 'Email'"
    );
    let wrong = daemon.curl(cpanel, unknown, &["--user", "bob:s3cret-wrong"]);
    let answer = wrong.json();
    let why = answer["cpanelresult"]["error"].as_str().unwrap();
    assert!(why.contains("user name or the password is wrong"), "{why}");
    assert_eq!(
        (
            wrong.status,
            &answer["errors"][0],
            &answer["metadata"]["reason"],
            &answer["cpanelresult"]["data"]["reason"]
        ),
        (401, &json!(why), &json!(why), &json!(why))
    );
    assert!(!daemon.log().contains("s3cret"), "{}", daemon.log());
    for (path, status) in [("/", 404), ("/json-api/listaccts", 404), ("/json-api/cpanel", 400)] {
        let reply = daemon.as_bob(cpanel, path, &[]);
        assert!(reply.status == status && reply.json()["errors"][0].is_string(), "{path}: {reply:?}");
    }
    let foreign =
        daemon.as_bob(daemon.ports.whm, "/json-api/createacct?api.version=1&username=eve&domain=e.com", &[]);
    assert_eq!(
        (foreign.status, foreign.json()["metadata"]["result"].clone()),
        (403, json!(0)),
        "{foreign:?}"
    );
}

#[test]
fn a_session_is_its_cookie_and_its_path_together() {
    let daemon = Liveapid::start("lv-session");
    let port = daemon.ports.cpanel;
    let form = format!("user=bob&pass={ACCOUNT_PASSWORD}&login_only=1");
    let login = daemon.curl(port, "/login/?login_only=1", &["--data", &form]);
    let answer = login.json();
    let token = answer["security_token"].as_str().unwrap().to_owned();
    assert_eq!((login.status, &answer["status"], token.len()), (200, &json!(1), 17), "{login:?}");
    assert!(login.field("location").unwrap().starts_with(&token));
    let set = login.field("set-cookie").unwrap();
    assert!(set.starts_with("cpsession=") && set.contains("HttpOnly") && set.contains("secure"), "{set}");
    let cookie = set.split(';').next().unwrap();
    let list = "/execute/Email/list_pops";
    let with = |path: &str, cookie: &str| daemon.curl(port, path, &["--cookie", cookie]);
    assert_eq!(with(&format!("{token}{list}"), cookie).json()["status"], 1);
    for (path, cookie) in [
        (list.to_owned(), cookie),
        (format!("/cpsess0123456789{list}"), cookie),
        (format!("{token}{list}"), "cpsession=bob%3aXXXX"),
    ] {
        assert_eq!(with(&path, cookie).status, 401, "{path} {cookie}");
    }
    let browser = daemon.curl(
        port,
        "/login",
        &["--data", &format!("user=bob&pass={ACCOUNT_PASSWORD}&goto_uri=//evil.example/")],
    );
    assert_eq!(browser.status, 301);
    assert!(browser.field("location").unwrap().starts_with("/cpsess"), "{browser:?}");
    assert_eq!(with(&format!("{token}/logout"), cookie).json()["status"], 1);
    assert_eq!(with(&format!("{token}{list}"), cookie).status, 401);
    let refused = daemon.curl(port, "/login/", &["--data", "user=bob&pass=s3cret&login_only=1"]);
    let answer = refused.json();
    assert_eq!(
        (refused.status, &answer["status"], &answer["message"]),
        (401, &json!(0), &json!("invalid_login"))
    );
}

#[test]
fn a_mailbox_changes_its_own_password_and_nothing_else() {
    let daemon = Liveapid::start("lv-mailbox");
    daemon.store.add_mailbox("other", "Other-Pass-1");
    let user = format!("user@example.com:{FIRST_PASSWORD}");
    let call = |path: &str| daemon.curl(daemon.ports.webmail, path, &["--user", &user]);
    let other = call("/execute/Email/passwd_pop?email=other@example.com&password=Stolen-Pass-1");
    assert_eq!(other.status, 403, "{other:?}");
    assert!(other.json()["errors"][0].as_str().unwrap().contains("is not permitted inside of webmail"));
    assert_eq!(call("/execute/Email/delete_pop?email=user").status, 403);
    let own = call(&format!("/json-api/cpanel?{CALL}&email=user&password=Own-Pass-41"));
    assert_eq!((own.status, own.body.as_str()), (200, DONE));
    assert!(daemon.opens("Own-Pass-41"));
    let answer =
        daemon.store.uapi("Email", "verify_password", &["email=other@example.com", "password=Other-Pass-1"]);
    assert_eq!(answer["result"]["data"], 1);
}

/// Calls that only read are answered from what is remembered of the store's files, as long as they stay the same.
#[test]
fn what_other_processes_change_holds_in_a_running_daemon() {
    let daemon = Liveapid::start("lv-beside");
    let header = format!("Authorization: cpanel bob:{}", daemon.token("bob"));
    let list = || daemon.curl(daemon.ports.cpanel, "/execute/Email/list_pops", &["--header", &header]);
    // Files are remembered once they have not changed for a second, and a call is quick once it was.
    std::thread::sleep(std::time::Duration::from_millis(1200));
    for _ in 0..5 {
        assert_eq!(list().json()["status"], 1);
    }
    assert!(!list().body.contains("new@example.com"));
    daemon.store.add_mailbox("new", "Other-Pass-1");
    assert!(list().body.contains("new@example.com"), "{:?}", list());
    daemon.store.api2("Email", "delpop", &["domain=example.com", "email=new"]);
    assert!(!list().body.contains("new@example.com"));
    let whm = |func: &str, user: &str| assert_eq!(daemon.store.whm(func, &[user])["metadata"]["result"], 1);
    whm("suspendacct", "user=bob");
    let refused = list();
    assert_eq!(refused.status, 401, "{refused:?}");
    whm("unsuspendacct", "user=bob");
    assert_eq!(list().json()["status"], 1);
    whm("removeacct", "username=bob");
    assert_eq!(list().status, 401);
}

/// Requests that no ready-made reader takes, as three much used clients send them.
#[test]
fn malformed_requests_are_answered_at_once_and_hide_no_other() {
    let daemon = Liveapid::start("lv-raw");
    let head = format!("POST /json-api/cpanel?{CALL} HTTP/1.1\r\nHost: x\r\n");
    let hidden = format!(
        "POST /json-api/cpanel?{CALL} HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Length: 53\r\n\r\ndomain=example.com&email=user&password=Hidden-Pass-99",
        basic()
    );
    for (number, (fields, tail)) in [
        ("Transfer-Encoding: chunked\r\nContent-Length: 50\r\n", "X-Stray: y\r\n\r\n0\r\n\r\n"),
        ("domain=example.com&email=user\r\nContent-Type: text/plain\r\nContent-Type: text/plain\r\nContent-Length: 50\r\n", ""),
        ("Content-Length: 50\r\nX: y\n\r\r\n", "\r\n\r\n"),
        ("Connection: close\r\nContent-Length: 50\r\n", "\r\n"),
    ]
    .into_iter()
    .enumerate()
    {
        let body = format!("domain=example.com&email=user&password=Raw-Pass-5{number}");
        assert_eq!(body.len(), 50);
        let request = format!("{head}Authorization: {}\r\n{fields}\r\n{body}{tail}{hidden}", basic());
        let begun = std::time::Instant::now();
        let answer = daemon.raw(daemon.ports.cpanel_plain, request.as_bytes());
        let reply = Reply::of(&answer);
        assert_eq!((reply.status, reply.body.as_str(), reply.field("connection")), (200, DONE, Some("close")), "{number}");
        assert!(begun.elapsed().as_secs() < 20, "it waits for what was not announced");
        assert!(daemon.opens(&format!("Raw-Pass-5{number}")) && !daemon.opens("Hidden-Pass-99"), "{number}");
    }
}

/// Clients send JSON under any name; broken JSON is told as such, and no part of it in words.
#[test]
fn broken_json_is_no_form() {
    let daemon = Liveapid::start("lv-broken");
    let body = r#"{"email":"user","domain":"example.com","password":"S3cret-Pass-9",}"#;
    for path in ["/execute/Email/list_pops", "/execute/Email/passwd_pop?email=user&password=Url-Pass-31"] {
        let reply = daemon.as_bob(daemon.ports.cpanel, path, &["--data", body]);
        assert!(reply.status == 400 && reply.body.contains("not valid JSON"), "{reply:?}");
        assert!(!reply.body.contains("S3cret"), "{reply:?}");
    }
    assert!(daemon.opens(FIRST_PASSWORD) && !daemon.log().contains("S3cret"));
    let form = ["--data", "{x}=1&regex=user&y={z}"];
    let odd = daemon.as_bob(daemon.ports.cpanel, "/execute/Email/list_pops", &form);
    assert_eq!(odd.json()["data"][0]["email"], "user@example.com", "{odd:?}");
    let float = r#"{"cpanel_jsonapi_module":"Email","cpanel_jsonapi_func":"list_pops","cpanel_jsonapi_apiversion":3.0}"#;
    let three = daemon.as_bob(daemon.ports.cpanel, "/json-api/cpanel", &["--json", float]).json();
    assert_eq!((&three["apiversion"], &three["result"]["status"]), (&json!(3), &json!(1)), "{three}");
}

#[test]
fn numbers_in_a_json_body_are_their_text_or_refused() {
    let mut store = crate::common::Store::with_account("lv-num");
    store.required_strength = Some(0);
    store.add_mailbox("user", FIRST_PASSWORD);
    let password = format!("password={}", ACCOUNT_PASSWORD);
    assert_eq!(store.whm("passwd", &["user=bob", &password])["metadata"]["result"], 1);
    let daemon = Liveapid::on(store, &[]);
    for (json, password) in crate::common::numbers::PASSWORDS {
        let body = format!(r#"{{"email":"user","domain":"example.com","password":{json}}}"#);
        let reply = daemon.as_bob(daemon.ports.cpanel, "/execute/Email/passwd_pop", &["--json", &body]);
        let done = reply.status == 200 && reply.json()["status"] == 1;
        assert_eq!(done, password.is_some(), "{json}: {}", reply.body);
        assert!(password.is_none_or(|password| daemon.opens(password)), "{json}");
    }
    let body = r#"{"email":"user","domain":null,"password":"Null-Domain-1"}"#;
    let reply = daemon.as_bob(daemon.ports.cpanel, "/execute/Email/passwd_pop", &["--json", body]);
    assert!(reply.json()["errors"][0].as_str().unwrap().contains("domain"), "{}", reply.body);
}
