//! Calls to a server that come to nothing, and what is said of them.

use std::time::{Duration, Instant};

use std::process::Command;

use crate::common::program;
use crate::panel::{DONE, PASSWORD, Panel, Reply, TOKEN, always, failure, text, unchanged};

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
        // Where there is nothing, UAPI is asked, too.
        let requests = if name == "404" { 2 } else { 1 };
        assert!(!why.contains("cpsess"), "{name}: {why}");
        assert_eq!(panel.seen().len(), requests, "{name}");
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
fn a_host_that_is_not_there() {
    let panel = always("rgone", text(DONE));
    let at = |url: &str| failure(&panel.passwdpop(|command| command.env("LIVEAPI_URL", url)));
    let closed = crate::common::server::free_port();
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
