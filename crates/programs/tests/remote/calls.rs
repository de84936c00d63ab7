//! Calls to a server: what is sent, and what comes back.

use crate::common::{json, program};
use crate::panel::{DONE, PASSWORD, Panel, Reply, TOKEN, always, failure, text, unchanged};
use serde_json::{Value, json as value};

#[test]
fn what_is_sent_and_what_comes_back() {
    let panel = always("rsent", text(DONE));
    assert_eq!(panel.passwdpop(unchanged), serde_json::from_str::<Value>(DONE).unwrap());
    let seen = &panel.seen()[0];
    assert_eq!(seen.line, "POST /json-api/cpanel HTTP/1.1");
    assert_eq!(seen.headers["authorization"], format!("whm root:{TOKEN}"));
    assert_eq!(seen.headers["content-type"], "application/x-www-form-urlencoded");
    let fields = [
        ("cpanel_jsonapi_user", "bob"),
        ("cpanel_jsonapi_module", "Email"),
        ("cpanel_jsonapi_func", "passwdpop"),
        ("cpanel_jsonapi_apiversion", "2"),
        ("domain", "example.com"),
        ("email", "user"),
        ("password", PASSWORD),
    ];
    let sent: Vec<(&str, &str)> = seen.form.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(sent, fields);
}

#[test]
fn an_accounts_own_token() {
    let bare =
        r#"{"messages":null,"errors":null,"status":1,"metadata":{},"data":[{"email":"user@example.com"}]}"#;
    let panel =
        Panel::start("racc", move |seen| text(if seen.line.contains("/execute/") { bare } else { DONE }));
    let cpanel = |name: &str, words: &[&str]| {
        let mut command = panel.command(program(name));
        command.env("LIVEAPI_URL", panel.url("cpanel")).env_remove("LIVEAPI_USER").arg("--output=json");
        json(&command.args(words).output().unwrap())
    };
    assert_eq!(
        cpanel("uapi", &["Email", "list_pops", "regex=user"]),
        value!({"apiversion":3,"func":"list_pops","module":"Email","result":{"status":1,"errors":null,"warnings":null,"messages":null,"metadata":{},"data":[{"email":"user@example.com"}]}})
    );
    assert_eq!(cpanel("cpapi2", &["Email", "passwdpop"]), serde_json::from_str::<Value>(DONE).unwrap());
    let seen = panel.seen();
    assert_eq!(
        (seen[0].line.as_str(), seen[0].field("regex")),
        ("POST /execute/Email/list_pops HTTP/1.1", Some("user"))
    );
    assert_eq!(
        (seen[1].line.as_str(), seen[1].field("cpanel_jsonapi_user")),
        ("POST /json-api/cpanel HTTP/1.1", None)
    );
    assert!(seen.iter().all(|seen| seen.headers["authorization"] == format!("cpanel bob:{TOKEN}")));
    // What this URL cannot do is said before anything is sent.
    let why = cpanel("whmapi1", &["listaccts"])["metadata"]["reason"].to_string();
    assert!(why.contains("whm://root@localhost"), "{why}");
    let output = panel
        .command(program("cpapi2"))
        .env("LIVEAPI_URL", panel.url("cpanel"))
        .env("LIVEAPI_USER", "eve")
        .args(["Email", "listpops"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("acts for that account only"), "{output:?}");
    assert_eq!(panel.seen().len(), 2);
}

#[test]
fn other_families_have_their_own_addresses() {
    let panel = Panel::start("rfam", |seen| {
        text(match (seen.line.as_str(), seen.field("cpanel_jsonapi_apiversion")) {
            (_, Some("1")) => {
                r#"{"apiversion":"1","type":"event","module":"Email","func":"addlist","source":"module","data":{"result":"made"},"event":{"result":1}}"#
            }
            (_, Some("3")) => {
                r#"{"apiversion":3,"module":"Email","func":"list_pops","result":{"status":1,"metadata":{},"errors":null,"warnings":null,"messages":null,"data":[]}}"#
            }
            _ => {
                r#"{"metadata":{"version":1,"reason":"OK","result":1,"command":"listaccts"},"data":{"acct":[]}}"#
            }
        })
    });
    let run = |name: &str, words: &[&str]| {
        let mut command = panel.command(program(name));
        String::from_utf8(command.arg("--output=json").args(words).output().unwrap().stdout).unwrap()
    };
    assert!(
        run("cpapi1", &["Email", "passwdpop", "user", PASSWORD, "0", "example.com"]).contains("\"made\"")
    );
    assert!(run("cpapi1", &["Email", "passwdpop", "email=user", "domain=example.com"]).contains("\"made\""));
    assert!(run("uapi", &["Email", "list_pops"]).contains("\"status\":1"));
    assert!(run("whmapi1", &["listaccts", "search=bob"]).contains("\"acct\":[]"));
    run("whmapi0", &["listaccts"]);
    let seen = panel.seen();
    assert_eq!((seen[0].field("arg-1"), seen[0].field("arg-3")), (Some(PASSWORD), Some("example.com")));
    assert_eq!(
        (seen[1].field("arg-0"), seen[1].field("arg-3"), seen[1].field("email")),
        (Some("user"), Some("example.com"), None)
    );
    assert_eq!(seen[3].line, "POST /json-api/listaccts HTTP/1.1");
    assert_eq!((seen[3].field("api.version"), seen[3].field("search")), (Some("1"), Some("bob")));
    assert_eq!(
        (seen[4].line.as_str(), seen[4].field("api.version")),
        ("POST /json-api/listaccts HTTP/1.1", None)
    );
}

#[test]
fn refusals_pass_as_the_server_sent_them() {
    let weak = "Sorry, the password you selected cannot be used because it is too weak and would be too easy to guess.  Please select a password with strength rating of 80  or higher.";
    let refused = value!({"cpanelresult":{"func":"passwdpop","apiversion":2,"module":"Email","error":weak,"data":[{"result":0,"reason":weak}],"event":{"result":1}}});
    let unknown = value!({"cpanelresult":{"apiversion":2,"error":"Could not find function 'passwdpop' in module 'Email'","func":"passwdpop","module":"Email"}});
    for (name, answer) in [("rref1", refused), ("rref2", unknown)] {
        let panel = always(name, Reply::Text(answer.to_string()));
        assert_eq!(panel.passwdpop(unchanged), answer);
        let output =
            panel.command(program("cpapi2")).args(["--strict-exit", "Email", "passwdpop"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{answer}");
    }
    let panel = always("rref3", text(DONE));
    let output =
        panel.command(program("cpapi2")).args(["--strict-exit", "Email", "passwdpop"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_visitor_cannot_choose_another_account() {
    let panel = always("rother", text(DONE));
    let why = failure(&panel.call(unchanged, &["Email", "listpops", "cpanel_jsonapi_user=eve"]));
    assert!(why.contains("cpanel_jsonapi_user") && why.contains("nothing was sent"), "{why}");
    assert!(panel.seen().is_empty());
}

#[test]
fn pages_show_what_a_server_prints_and_ask_it_for_features() {
    let panel = Panel::start("rpage", |seen| match seen.field("cpanel_jsonapi_func") {
        Some("has_feature") => {
            let status = u8::from(seen.field("name") == Some("popaccts"));
            text(&format!(
                r#"{{"apiversion":3,"module":"Features","func":"has_feature","result":{{"status":{status},"errors":null,"data":null}}}}"#
            ))
        }
        _ => text(
            r#"{"apiversion":"1","type":"event","module":"Email","func":"addlist","source":"module","data":{"result":"<made>"},"event":{"result":1}}"#,
        ),
    });
    let shown = |page: &str| {
        let mut command = panel.command(program("liveapi"));
        command.args(["render", "-"]);
        crate::common::entrance::feed(&mut command, page.as_bytes())
    };
    assert_eq!(shown("<cpanel Email=\"addlist('x','y')\">"), "&lt;made&gt;");
    assert_eq!(shown("<cpanelfeature popaccts>yes<cpanelelse>no</cpanelfeature>"), "yes");
    assert_eq!(shown("<cpanelfeature nosuch>yes<cpanelelse>no</cpanelfeature>"), "no");
}

#[test]
fn settings_are_shown_without_the_token() {
    let panel = always("rshow", text(DONE));
    let output = panel
        .command(program("liveapi"))
        .env("LIVEAPI_TIMEOUT", "5")
        .args(["config", "show"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |key: &str| {
        text.lines().find(|line| line.starts_with(&format!("{key} "))).unwrap_or_default().to_owned()
    };
    assert!(line("timeout").contains(" 5 ") && line("connect_timeout").contains(" 10 "), "{text}");
    assert!(line("ca_file").contains("ca.pem") && line("insecure_tls").contains(" no "), "{text}");
    assert!(!text.contains(TOKEN), "{text}");
}

#[test]
fn doctor_asks_the_server() {
    let panel = Panel::start("rdoctor", |seen| {
        if seen.line.contains("json-api/version") {
            return text(
                r#"{"metadata":{"result":1,"reason":"OK","version":1,"command":"version"},"data":{"version":"11.110.0.1"}}"#,
            );
        }
        match seen.field("cpanel_jsonapi_user") {
            Some("bob") => text(
                r#"{"apiversion":3,"module":"DomainInfo","func":"list_domains","result":{"status":1,"errors":null,"data":{"main_domain":"example.com"}}}"#,
            ),
            Some("eve") => text(
                r#"{"apiversion":3,"module":"DomainInfo","func":"list_domains","result":{"status":0,"errors":["no"],"data":null}}"#,
            ),
            _ => text(
                r#"{"data":{"reason":"User parameter is invalid or was not supplied","result":"0"},"type":"text","error":"User parameter is invalid or was not supplied"}"#,
            ),
        }
    });
    let doctor = |name: &str, value: &str| {
        let output = panel.command(program("liveapi")).arg("doctor").env(name, value).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains(TOKEN), "{text}");
        (output.status.code(), text)
    };
    let (status, said) = doctor("LIVEAPI_USER", "bob");
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("answers version") && said.contains("account bob: answers list_domains"), "{said}");
    for (name, value, why, advice) in [
        ("LIVEAPI_USER", "eve", "refuses the call list_domains", "suspended"),
        ("LIVEAPI_USER", "nobody-here", "has no account “nobody-here”", "correct the setting user"),
        ("LIVEAPI_CA_FILE", "/etc/ssl/certs/ca-certificates.crt", "fingerprint", "docs/guides/remote.md"),
        ("LIVEAPI_URL", "whm://root@localhost:1", "nothing listens", "correct the setting url"),
    ] {
        let (status, said) = doctor(name, value);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains(why) && said.contains(advice), "{value}: {said}");
    }
}
