//! Calls to a server: what is sent, what comes back, and what is said when nothing good does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;
#[path = "common/panel.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]
mod panel;

use std::process::Command;
use std::time::{Duration, Instant};

use common::{json, program};
use panel::{DONE, Panel, Reply, Shows, TOKEN};
use serde_json::{Value, json as value};

const PASSWORD: &str = "12345luggage";

fn unchanged(command: &mut Command) -> &mut Command {
    command
}

/// The reason of a failure of the library, after the checks that hold for each.
fn failure(answer: &Value) -> String {
    let inner = &answer["cpanelresult"];
    assert_eq!(
        (&inner["event"]["result"], &inner["data"][0]["result"]),
        (&value!(0), &value!(0)),
        "{answer}"
    );
    let why = inner["error"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    assert!(!why.contains(TOKEN) && !why.contains(PASSWORD), "{why}");
    why
}

/// A server that does the same with each request.
fn always(name: &str, reply: Reply) -> Panel {
    Panel::start(name, move |_| reply.clone())
}

fn text(body: &str) -> Reply {
    Reply::Text(body.to_owned())
}

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
fn answers_that_are_none_are_explained() {
    let denied = r#"{"cpanelresult":{"apiversion":"2","error":"Access denied","data":{"reason":"Access denied","result":"0"},"type":"text"}}"#;
    let login = r#"<!DOCTYPE html><html><head><title>WHM Login</title></head><body><form id="login_form" action="/login/" method="post">"#;
    let http = |status, body: &str| Reply::Http(status, "", body.to_owned());
    let json = "Content-Type: application/json\r\n";
    let cases: Vec<(&str, Reply, &[&str])> = vec![
        (
            "denied",
            Reply::Http("403 Forbidden Access denied", json, denied.to_owned()),
            &["403", "“Access denied”", "Manage API Tokens", "not tried again"],
        ),
        ("denied 200", text(denied), &["refused", "Manage API Tokens"]),
        (
            "401",
            http("401 Access Denied", "<html>Login Attempt Failed!</html>"),
            &["login page", "two-factor"],
        ),
        ("bare 403", http("403 Forbidden", ""), &["403", "Manage API Tokens"]),
        ("login page", text(login), &["login page", "HTTP 200", "two-factor"]),
        ("second factor", text("<html><form id='tfa_login_form'>"), &["second factor", "API token"]),
        (
            "lock-out",
            http(
                "401 Access Denied",
                "<html>This account is currently locked out because a brute force attempt was detected.</html>",
            ),
            &["locks", "cPHulk"],
        ),
        (
            "token kind",
            text(
                r#"{"status":0,"errors":["Token authentication allows access to UAPI or API 2 calls only"]}"#,
            ),
            &["UAPI and API 2 only"],
        ),
        (
            "disk",
            text(
                "<html><head><title>Filesystem Full</title></head><body>The filesystem full error</body></html>",
            ),
            &["is full"],
        ),
        (
            "proxy",
            http("502 Bad Gateway", "<html><title>502 Bad\nGateway</title></html>"),
            &["502", "“502 Bad Gateway”"],
        ),
        ("page", text("<html><title>It works!</title></html>"), &["page for people", "“It works!”"]),
        ("echo", text(&format!("<html><title>{PASSWORD} {TOKEN}</title></html>")), &["page for people"]),
        ("empty", text(""), &["empty", "port of whm"]),
        ("not json", text("OK"), &["not whole JSON"]),
        ("half", text(&DONE[..40]), &["not whole JSON"]),
        ("strange", text("{}"), &["shape"]),
        (
            "redirect",
            Reply::Http(
                "301 Moved",
                "Location: https://elsewhere.example:2087/cpsess0123/login\r\n",
                String::new(),
            ),
            &["redirects to https://elsewhere.example:2087", "not carried"],
        ),
        ("404", http("404 Not Found", ""), &["404", "cPanel server"]),
        ("busy", Reply::Http("503 Busy", "Retry-After: 120\r\n", String::new()), &["busy", "120"]),
        (
            "broken",
            Reply::Raw(format!("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{DONE}").into_bytes()),
            &["broke off"],
        ),
        ("no http", Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()), &["not HTTP"]),
        ("huge", Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{".to_vec()), &["20 MiB"]),
        (
            "endless",
            Reply::Raw([b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 21 * 1024 * 1024]].concat()),
            &["20 MiB"],
        ),
    ];
    for (number, (name, reply, words)) in cases.into_iter().enumerate() {
        let panel = always(&format!("rodd{number}"), reply);
        let why = failure(&panel.passwdpop(unchanged));
        assert!(words.iter().all(|word| why.contains(word)), "{name}: {why}");
        assert!(why.starts_with("The call Email::passwdpop to whm://root@localhost:"), "{name}: {why}");
        assert!(!why.contains("cpsess") && panel.seen().len() == 1, "{name}: {why}, {}", panel.seen().len());
    }
}

#[test]
fn an_account_that_the_server_does_not_know() {
    let body = r#"{"data":{"reason":"User parameter is invalid or was not supplied","result":"0"},"type":"text","error":"User parameter is invalid or was not supplied"}"#;
    let panel = always("ruser", text(body));
    let output = panel.command(program("cpapi2")).args(["Email", "listpops"]).output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(why.contains("no account “bob”") && output.status.code() == Some(1), "{why}");
    assert_eq!(panel.seen().len(), 1);
}

#[test]
fn only_the_right_server_gets_the_token() {
    let other = always("rca2", text(DONE));
    for (name, shows, word) in
        [("rexp", Shows::Expired, "has expired"), ("rname", Shows::OtherName, "another host name")]
    {
        let panel = Panel::showing(name, shows, |_| text(DONE));
        let why = failure(&panel.passwdpop(unchanged));
        assert!(
            why.contains(word) && why.contains("was not made") && why.contains("fingerprint sha256:"),
            "{why}"
        );
        assert!(panel.seen().is_empty());
    }
    let panel = always("rca1", text(DONE));
    for why in [
        failure(&panel.passwdpop(|command| command.env("LIVEAPI_CA_FILE", other.dir.join("ca.pem")))),
        failure(&panel.passwdpop(|command| command.env_remove("LIVEAPI_CA_FILE"))),
    ] {
        assert!(why.contains("no certificate authority that is trusted here"), "{why}");
    }
    let no_file =
        failure(&panel.passwdpop(|command| command.env("LIVEAPI_CA_FILE", panel.dir.join("token"))));
    assert!(no_file.contains("holds no certificate"), "{no_file}");
    assert!(panel.seen().is_empty());
}

#[test]
fn a_pinned_certificate_needs_no_authority_and_allows_no_other() {
    let panel = Panel::showing("rpin", Shows::Expired, |_| text(DONE));
    let other = always("rpin2", text(DONE));
    let print = |panel: &Panel| {
        let mut openssl = Command::new("openssl");
        openssl.args(["x509", "-noout", "-fingerprint", "-sha256", "-in"]).arg(panel.dir.join("cert.pem"));
        let text = String::from_utf8(common::must(&mut openssl).stdout).unwrap();
        format!("sha256:{}", text.trim().split_once('=').unwrap().1)
    };
    let pinned =
        |pin: &str| panel.passwdpop(|command| command.env_remove("LIVEAPI_CA_FILE").env("LIVEAPI_PIN", pin));
    assert_eq!(pinned(&print(&panel))["cpanelresult"]["data"][0]["result"], 1);
    let why = failure(&pinned(&print(&other)));
    let own = print(&panel).to_lowercase().replace(':', "").replace("sha256", "sha256:");
    assert!(why.contains("not the pinned one") && why.contains(&own), "{why}");
    assert_eq!(panel.seen().len(), 1);
    let insecure = |word: &str| {
        let mut command = panel.command(program("cpapi2"));
        command.env_remove("LIVEAPI_CA_FILE").env("LIVEAPI_INSECURE_TLS", word).args([
            "--output=json",
            "Email",
            "listpops",
        ]);
        command.output().unwrap()
    };
    assert!(insecure("yes-i-know").status.success() && panel.seen().len() == 2);
    let refused = String::from_utf8(insecure("yes").stderr).unwrap();
    assert!(refused.contains("yes-i-know: then any server may read the token"), "{refused}");
}

#[test]
fn a_host_that_is_not_there() {
    let panel = always("rgone", text(DONE));
    let at = |url: &str| failure(&panel.passwdpop(|command| command.env("LIVEAPI_URL", url)));
    let closed = common::server::free_port();
    let why = at(&format!("whm://root@127.0.0.1:{closed}"));
    assert!(why.contains("nothing listens on that port") && why.contains("was not made"), "{why}");
    let why = at("whm://root@no-such-host.invalid");
    assert!(why.contains("no address") && why.contains("no-such-host.invalid:2087"), "{why}");
    // A server that speaks no TLS.
    let plain = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = plain.local_addr().unwrap().port();
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = plain.accept().unwrap();
        let _ = stream.read(&mut [0; 512]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let why = at(&format!("whm://root@127.0.0.1:{port}"));
    assert!(why.contains("does not speak TLS"), "{why}");
    // One that accepts, and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("whm://root@127.0.0.1:{}", silent.local_addr().unwrap().port());
    let start = Instant::now();
    let why = failure(
        &panel.passwdpop(|command| command.env("LIVEAPI_URL", &url).env("LIVEAPI_CONNECT_TIMEOUT", "1")),
    );
    assert!(why.contains("connect_timeout") && start.elapsed() < Duration::from_secs(5), "{why}");
}

#[test]
fn a_deadline_ends_every_call() {
    let panel = always("rlate", Reply::Late(Duration::from_secs(20), Box::new(text(DONE))));
    let start = Instant::now();
    fn one_second(command: &mut Command) -> &mut Command {
        command.env("LIVEAPI_TIMEOUT", "1")
    }
    let why = failure(&panel.passwdpop(one_second));
    assert!(why.contains("in time (setting timeout)") && why.contains("repeated without harm"), "{why}");
    let why = failure(&panel.call(one_second, &["Email", "addpop", "email=new", "password=12345luggage"]));
    assert!(why.contains("Whether it was done is not known"), "{why}");
    assert!(start.elapsed() < Duration::from_secs(10) && panel.seen().len() == 2);
}

#[test]
fn a_lost_call_is_repeated_once_and_only_if_that_is_harmless() {
    let panel = always("rlost", Reply::Close);
    let why = failure(&panel.passwdpop(unchanged));
    assert!(why.contains("closed the connection without an answer") && panel.seen().len() == 2, "{why}");
    let why = failure(&panel.call(unchanged, &["Email", "addpop", "email=new", "password=12345luggage"]));
    assert!(why.contains("Whether it was done is not known") && panel.seen().len() == 3, "{why}");
    let count = std::sync::atomic::AtomicUsize::new(0);
    let panel = Panel::start("rlost2", move |_| {
        if count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 { Reply::Close } else { text(DONE) }
    });
    assert_eq!(panel.passwdpop(unchanged)["cpanelresult"]["data"][0]["result"], 1);
}

#[test]
fn a_token_is_needed_and_must_be_private() {
    let panel = always("rtok", text(DONE));
    let complaint = |prepare: &dyn Fn(&mut Command) -> &mut Command| {
        let mut command = panel.command(program("cpapi2"));
        prepare(&mut command);
        let output = command.args(["Email", "listpops"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let none = complaint(&|command| command.env_remove("LIVEAPI_TOKEN_FILE"));
    assert!(none.contains("no API token") && none.contains("token_file"), "{none}");
    let loose = panel.dir.join("loose");
    std::fs::write(&loose, TOKEN).unwrap();
    common::must(Command::new("chmod").arg("644").arg(&loose));
    let loose = complaint(&|command| command.env("LIVEAPI_TOKEN_FILE", &loose));
    assert!(loose.contains("chmod go=") && !loose.contains(TOKEN), "{loose}");
    let in_url = complaint(&|command| command.env("LIVEAPI_URL", "whm://root:s3cret@localhost"));
    assert!(in_url.contains("API token") && !in_url.contains("s3cret"), "{in_url}");
    assert!(panel.seen().is_empty());
    let mut command = panel.command(program("cpapi2"));
    command.env_remove("LIVEAPI_TOKEN_FILE").env("LIVEAPI_TOKEN", TOKEN).args(["Email", "listpops"]);
    assert!(command.output().unwrap().status.success() && panel.seen().len() == 1);
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
        Some("listpops") => text(DONE),
        _ => text(
            r#"{"apiversion":"1","type":"event","module":"Email","func":"addlist","source":"module","data":{"result":"<made>"},"event":{"result":1}}"#,
        ),
    });
    let shown = |page: &str| {
        let mut command = panel.command(program("liveapi"));
        command.args(["render", "-"]);
        common::entrance::feed(&mut command, page.as_bytes())
    };
    assert_eq!(shown("<cpanel Email=\"addlist('x','y')\">"), "&lt;made&gt;");
    assert_eq!(shown("<cpanelfeature popaccts>yes<cpanelelse>no</cpanelfeature>"), "yes");
    assert_eq!(shown("<cpanelfeature nosuch>yes<cpanelelse>no</cpanelfeature>"), "no");
    let output = panel
        .command("sh")
        .args(["-c", "echo '<?cp Email::listpops(%,email) ?>' | \"$0\" render -"])
        .arg(program("liveapi"))
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.contains("embedded mail store only"), "{complaint}");
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
