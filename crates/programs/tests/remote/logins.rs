//! Logins to a server by password, by session, with a second factor, and by access hash.

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::common::{Store, program};
use crate::panel::{DONE, Panel, Reply, Seen, TOKEN, always, failure, private, text};
use liveapi_core::api::{ErrorKind, Family};
use liveapi_core::engine::{Client, Options};

/// What root logs in with; every character that some encoding changes.
const LOGIN_PASSWORD: &str = "S3CRET: p&a%s+s \"q\" é<b>#";
const TOTP_SECRET: &str = "QSARBVKLZHYHLJ3M";

/// The desk of a server where sessions are opened.
#[derive(Clone, Default)]
struct Desk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// How many sessions were opened.
    opened: u64,
    /// So many of them have ended.
    ended: u64,
    /// Whether no session is ever let in.
    deaf: bool,
    /// Whether a code is wanted as well.
    second: bool,
}

impl Desk {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap());
    }

    fn session(number: u64) -> (String, String) {
        (format!("cpsess{:010}", 5_542_387_975 + number), format!("whostmgrsession=root%3aS3CRET{number}"))
    }

    /// Opens sessions, and lets those in that have not ended.
    fn answer(&self, seen: &Seen) -> Reply {
        let mut state = self.0.lock().unwrap();
        if seen.line.starts_with("POST /login/?login_only=1 ") {
            assert!(!seen.headers.contains_key("authorization"), "{seen:?}");
            if state.second && !is_code(seen.field("tfa_token")) {
                return text("<html><form id='tfa_login_form'>");
            }
            if (seen.field("user"), seen.field("pass")) != (Some("root"), Some(LOGIN_PASSWORD)) {
                let refused = r#"{"status":0,"message":"invalid_login"}"#;
                return Reply::Http("401 Access Denied", "", refused.into());
            }
            state.opened += 1;
            let (token, cookie) = Self::session(state.opened);
            return Reply::Http(
                "200 OK",
                Box::leak(
                    format!("Set-Cookie: {cookie}; HttpOnly; path=/; port=2087; secure\r\n").into_boxed_str(),
                ),
                format!(r#"{{"status":1,"redirect":"/{token}/?post_login=1","security_token":"/{token}"}}"#),
            );
        }
        let is_known = (state.ended + 1..=state.opened).any(|number| {
            let (token, cookie) = Self::session(number);
            seen.headers.get("cookie") == Some(&cookie)
                && seen.line.starts_with(&format!("POST /{token}/json-api/"))
        });
        if state.deaf || !is_known {
            return Reply::Http("403 Forbidden", "", "<html><title>Token Denied</title></html>".into());
        }
        assert!(!format!("{seen:?}").contains(LOGIN_PASSWORD), "{seen:?}");
        text(DONE)
    }
}

/// Whether it is the code of this moment or of the one that has just ended.
fn is_code(given: Option<&str>) -> bool {
    let secret = totp_rs::Secret::try_from_base32(TOTP_SECRET).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    given.is_some_and(|given| [now, now - 30].iter().any(|&at| totp.generate(at).to_string() == given))
}

fn desk(name: &str) -> (Desk, Panel) {
    let desk = Desk::default();
    let answering = desk.clone();
    (desk, Panel::start(name, move |seen| answering.answer(seen)))
}

/// A client of this process, with these settings beside.
fn client(panel: &Panel, settings: &[(&str, &str)]) -> Client {
    let ca = panel.dir.join("ca.pem").display().to_string();
    let mut all = vec![("url", panel.url("whm")), ("user", "bob".to_owned()), ("ca_file", ca)];
    all.extend(settings.iter().map(|&(key, value)| (key, value.to_owned())));
    let json: serde_json::Map<_, _> =
        all.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
    Client::new(Options::from_json(&serde_json::Value::Object(json).to_string()).unwrap()).unwrap()
}

const SESSION: &[(&str, &str)] = &[("login", "session"), ("password", LOGIN_PASSWORD)];

fn call(client: &Client, func: &str) -> Result<(), (ErrorKind, String)> {
    let params = r#"{"domain":"example.com","email":"user","password":"12345luggage"}"#;
    match client.call_json(Family::Api2, "Email", func, params) {
        Ok(_) => Ok(()),
        Err(error) => {
            let why = error.to_string();
            assert!(!["S3CRET", "12345luggage", "cpsess"].iter().any(|secret| why.contains(secret)), "{why}");
            Err((error.kind(), why))
        }
    }
}

/// The requests: L for a login, c for a call.
fn requests(panel: &Panel) -> String {
    panel.seen().iter().map(|seen| if seen.line.contains("/login/") { 'L' } else { 'c' }).collect()
}

#[test]
fn one_login_serves_all_calls() {
    let (_, panel) = desk("lonce");
    let client = client(&panel, SESSION);
    for func in ["passwdpop", "addpop", "listpops"] {
        call(&client, func).unwrap();
    }
    assert_eq!((requests(&panel).as_str(), panel.connections()), ("Lccc", 1));
    let seen = &panel.seen()[1];
    assert_eq!(seen.line, "POST /cpsess5542387976/json-api/cpanel HTTP/1.1");
    assert_eq!(seen.headers["cookie"], "whostmgrsession=root%3aS3CRET1");
    assert!(!seen.headers.contains_key("authorization"));
    // A program does it with the same settings from the environment and a file.
    private(&panel.dir.join("password"), &format!("{LOGIN_PASSWORD}\n"));
    let answer = panel.passwdpop(|command| {
        command.env("LIVEAPI_LOGIN", "session").env("LIVEAPI_PASSWORD_FILE", panel.dir.join("password"))
    });
    assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{answer}");
}

#[test]
fn a_session_that_has_ended_is_opened_once_again() {
    let (desk, panel) = desk("lend");
    let client = client(&panel, SESSION);
    call(&client, "listpops").unwrap();
    // Nothing was done with the ended session, so this holds for calls that must not happen twice, too.
    for func in ["addpop", "passwdpop"] {
        desk.change(|state| state.ended = state.opened);
        call(&client, func).unwrap();
    }
    assert_eq!(requests(&panel), "LccLccLc");
    // A server that lets nobody in is not asked for ever.
    desk.change(|state| state.deaf = true);
    let (kind, why) = call(&client, "addpop").unwrap_err();
    assert_eq!(kind, ErrorKind::Authentication, "{why}");
    assert_eq!(requests(&panel), "LccLccLccLc");
    let (desk, panel) = self::desk("lend2");
    desk.change(|state| state.deaf = true);
    call(&self::client(&panel, SESSION), "addpop").unwrap_err();
    assert_eq!(requests(&panel), "Lc", "a new session that is refused has not ended");
}

#[test]
fn a_refused_login_is_not_repeated() {
    let (_, panel) = desk("lno");
    let client = client(&panel, &[("login", "session"), ("password", "S3CRET but wrong")]);
    let (kind, why) = call(&client, "passwdpop").unwrap_err();
    assert_eq!(kind, ErrorKind::Authentication);
    for words in
        ["The login for the call Email::passwdpop", "401", "invalid_login", "that of root", "not tried again"]
    {
        assert!(why.contains(words), "{words}: {why}");
    }
    // Nor by later calls, nor by many threads at once.
    let (kind, why) = call(&client, "listpops").unwrap_err();
    assert!(kind == ErrorKind::Authentication && why.contains("seconds ago"), "{why}");
    assert_eq!(requests(&panel), "L");
    let client = self::client(&panel, &[("login", "session"), ("password", "S3CRET but wrong")]);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| call(&client, "listpops").unwrap_err());
        }
    });
    assert_eq!(requests(&panel), "LL");
}

#[test]
fn a_lock_out_is_not_answered_by_a_login() {
    let locked =
        "<html>This account is currently locked out because a brute force attempt was detected.</html>";
    let (desk, panel) = {
        let desk = Desk::default();
        let answering = desk.clone();
        let panel = Panel::start("llock", move |seen| match answering.answer(seen) {
            Reply::Http("403 Forbidden", head, _) => Reply::Http("403 Forbidden", head, locked.to_owned()),
            other => other,
        });
        (desk, panel)
    };
    let client = client(&panel, SESSION);
    call(&client, "listpops").unwrap();
    desk.change(|state| state.ended = state.opened);
    let (kind, why) = call(&client, "listpops").unwrap_err();
    assert!(
        kind == ErrorKind::Authentication && why.contains("locks") && why.contains("check the password"),
        "{why}"
    );
    assert_eq!(requests(&panel), "Lcc");
}

#[test]
fn a_second_factor_is_named_or_given() {
    let (desk, panel) = desk("ltfa");
    desk.change(|state| state.second = true);
    let (kind, why) = call(&client(&panel, SESSION), "listpops").unwrap_err();
    assert_eq!(kind, ErrorKind::Authentication);
    for words in ["second factor", "totp_secret", "otp", "Security Policy Extensions", "API token"] {
        assert!(why.contains(words), "{words}: {why}");
    }
    let lasting = client(&panel, &[SESSION, &[("totp_secret", "qsar bvkl zhyh lj3m")]].concat());
    call(&lasting, "listpops").unwrap();
    desk.change(|state| state.ended = state.opened);
    call(&lasting, "listpops").unwrap();
    assert_eq!(requests(&panel), "LLccLc");
    // A code serves one login. The second one is not tried with it.
    let secret = totp_rs::Secret::try_from_base32(TOTP_SECRET).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let once = client(&panel, &[SESSION, &[("otp", &totp.generate(now).to_string())]].concat());
    call(&once, "listpops").unwrap();
    desk.change(|state| state.ended = state.opened);
    let (kind, why) = call(&once, "listpops").unwrap_err();
    assert!(kind == ErrorKind::Authentication && why.contains("served its one login"), "{why}");
    assert_eq!(requests(&panel), "LLccLcLcc");
}

#[test]
fn a_login_that_came_to_nothing_says_that_the_call_was_not_made() {
    let redirect = "Location: https://elsewhere.example/login\r\n";
    let cases: [(Reply, ErrorKind, &str); 6] = [
        (Reply::Close, ErrorKind::Unreachable, "closed the connection without an answer"),
        (Reply::Http("500 Internal Server Error", "", String::new()), ErrorKind::BadAnswer, "HTTP 500"),
        (
            Reply::Http("301 Moved", redirect, String::new()),
            ErrorKind::BadAnswer,
            "redirects to https://elsewhere.example",
        ),
        (text(""), ErrorKind::BadAnswer, "empty"),
        (text(r#"{"status":1,"security_token":"/cpsess5542387976"}"#), ErrorKind::BadAnswer, "shape"),
        (text(r#"{"status":1,"security_token":"/../cpsess"}"#), ErrorKind::BadAnswer, "shape"),
    ];
    for (number, (reply, expected, words)) in cases.into_iter().enumerate() {
        let panel = always(&format!("lodd{number}"), reply);
        let (kind, why) = call(&client(&panel, SESSION), "addpop").unwrap_err();
        assert_eq!(kind, expected, "{why}");
        assert!(why.contains(words) && why.contains("the call itself was not made"), "{why}");
        assert_eq!(requests(&panel), "L", "{why}");
    }
    let panel = always("llate", Reply::Late(std::time::Duration::from_secs(20), Box::new(Reply::Close)));
    let (kind, why) = call(&client(&panel, &[SESSION, &[("timeout", "1")]].concat()), "addpop").unwrap_err();
    assert!(kind == ErrorKind::Timeout && why.contains("was not made"), "{why}");
}

#[test]
fn old_servers_answer_a_login_with_a_redirect() {
    let panel = Panel::start("lold", |seen| {
        if seen.line.contains("/login/") {
            let head = "Location: /cpsess5542387976/frontend/index.html\r\nSet-Cookie: cpsession=bob%3aS3CRET; HttpOnly\r\n";
            return Reply::Http("301 Moved Permanently", head, "<html>".into());
        }
        assert_eq!(seen.headers["cookie"], "cpsession=bob%3aS3CRET");
        text(DONE)
    });
    call(&client(&panel, SESSION), "passwdpop").unwrap();
    assert_eq!(requests(&panel), "Lc");
}

#[test]
fn a_password_in_each_call() {
    let panel = always("lbasic", text(DONE));
    let settings = [("login", "basic"), ("password", LOGIN_PASSWORD)];
    call(&client(&panel, &settings), "passwdpop").unwrap();
    call(&client(&panel, &[&settings[..], &[("otp", "123456")]].concat()), "passwdpop").unwrap();
    let seen = panel.seen();
    // printf 'root:S3CRET: p&a%%s+s "q" é<b>#' | base64
    let basic = "Basic cm9vdDpTM0NSRVQ6IHAmYSVzK3MgInEiIMOpPGI+Iw==";
    assert!(seen.iter().all(|seen| seen.headers["authorization"] == basic), "{seen:?}");
    assert_eq!(seen[0].headers.get("x-cpanel-otp"), None);
    assert_eq!(seen[1].headers["x-cpanel-otp"], "123456");
    let echo = format!("<html><title>{LOGIN_PASSWORD}</title><form id='login_form'></form></html>");
    let panel = always("lbasic2", Reply::Http("401 Access Denied", "", echo));
    let (kind, why) = call(&client(&panel, &settings), "passwdpop").unwrap_err();
    assert!(kind == ErrorKind::Authentication && why.contains("does not accept the password"), "{why}");
    assert_eq!(panel.seen().len(), 1, "never repeated");
    let panel = always("lbasic3", text("<html><form id='tfa_login_form'>"));
    let (kind, why) = call(&client(&panel, &settings), "passwdpop").unwrap_err();
    assert!(kind == ErrorKind::Authentication && why.contains("totp_secret"), "{why}");
    assert_eq!(panel.seen().len(), 1);
}

#[test]
fn an_access_hash_is_sent_without_its_line_ends() {
    let panel = always("lhash", text(DONE));
    let file = panel.dir.join("accesshash");
    private(&file, "\nS3CRETab0123\nS3CRETcd4567\r\nS3CRETef89ab\n\n");
    let hash = |command: &mut Command| {
        command.env("LIVEAPI_LOGIN", "hash").env("LIVEAPI_TOKEN_FILE", &file);
    };
    let answer = panel.passwdpop(|command| {
        hash(command);
        command
    });
    assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{answer}");
    assert_eq!(panel.seen()[0].headers["authorization"], "WHM root:S3CRETab0123S3CRETcd4567S3CRETef89ab");
    let complaint = |prepare: &dyn Fn(&mut Command)| {
        let mut command = panel.command(program("cpapi2"));
        prepare(&mut command);
        let output = command.args(["Email", "listpops"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let cpanel = complaint(&|command| {
        hash(command);
        command.env("LIVEAPI_URL", panel.url("cpanel")).env_remove("LIVEAPI_USER");
    });
    assert!(cpanel.contains("login=hash is for WHM"), "{cpanel}");
    let forgotten = complaint(&|command| {
        command.env("LIVEAPI_TOKEN_FILE", &file);
    });
    assert!(forgotten.contains("several lines") && forgotten.contains("login=hash"), "{forgotten}");
    assert_eq!(panel.seen().len(), 1);
}

#[test]
fn a_password_is_needed_and_must_be_private() {
    let (_, panel) = desk("lpriv");
    let complaint = |prepare: &dyn Fn(&mut Command)| {
        let mut command = panel.command(program("cpapi2"));
        prepare(command.env("LIVEAPI_LOGIN", "session"));
        let output = command.args(["Email", "listpops"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!text.contains("S3CRET"), "{text}");
        text
    };
    // The token that is there does not stand in for it.
    let none = complaint(&|_| {});
    assert!(none.contains("no password") && none.contains("LIVEAPI_PASSWORD_FILE"), "{none}");
    let loose = panel.dir.join("loose");
    std::fs::write(&loose, LOGIN_PASSWORD).unwrap();
    let said = complaint(&|command| {
        command.env("LIVEAPI_PASSWORD_FILE", &loose);
    });
    assert!(said.contains("The password file") && said.contains("chmod go="), "{said}");
    let unknown = complaint(&|command| {
        command.env("LIVEAPI_LOGIN", "S3CRET?");
    });
    assert!(unknown.contains("must be token") && unknown.contains("LIVEAPI_LOGIN"), "{unknown}");
    assert!(panel.seen().is_empty());
    // A configuration file with a password is as private as one with a token.
    let file = panel.dir.join("liveapi.toml");
    std::fs::write(&file, format!("login = 'session'\npassword = '{LOGIN_PASSWORD}'\n")).unwrap();
    let said = complaint(&|command| {
        command.env("LIVEAPI_CONFIG", &file);
    });
    assert!(said.contains("holds a secret, and others may read"), "{said}");
    private(
        &file,
        &format!("login = 'session'\npassword = '{LOGIN_PASSWORD}'\ntotp_secret = '{TOTP_SECRET}'\n"),
    );
    let mut show = panel.command(program("liveapi"));
    let output = show.env("LIVEAPI_CONFIG", &file).args(["config", "show"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && !text.contains("S3CRET") && !text.contains(TOTP_SECRET), "{text}");
    assert_eq!(text.matches("(a secret)").count(), 2, "{text}");
    assert!(!text.contains(TOKEN));
}

#[test]
fn forked_children_go_on_with_their_parents_session() {
    let store = Store::empty("lfork");
    let program: PathBuf = crate::common::entrance::build_c(&store, "tests/c/remote.c");
    for (mode, logins) in [("fork", 1), ("forkfirst", 5), ("rawfork", 1), ("threads", 1)] {
        let desk = Desk::default();
        let panel = Panel::start(&format!("lf{mode}"), move |seen| match desk.answer(seen) {
            Reply::Text(_) if !seen.line.contains("/login/") => {
                let email = seen.field("email").unwrap();
                text(&DONE.replace("\"reason\":\"\"", &format!("\"reason\":\"\",\"echo\":\"{email}\"")))
            }
            other => other,
        });
        let mut command = panel.command(&program);
        command.env("LIVEAPI_LOGIN", "session").env("LIVEAPI_PASSWORD", LOGIN_PASSWORD);
        let output = command.args([mode, "20"]).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(printed, "0 wrong, 1 threads\n", "{mode}: {output:?}");
        assert_eq!(requests(&panel).matches('L').count(), logins, "{mode}");
    }
}

#[test]
fn hosts_log_in_by_the_same_settings() {
    let (_, panel) = desk("lhosts");
    for (interpreter, script, args) in
        [("php", "tests/php/set.php", &[][..]), ("perl", "tests/perl/set.pl", &["bytes"])]
    {
        let mut command = panel.command(interpreter);
        command.env("LIVEAPI_LOGIN", "session").env("LIVEAPI_PASSWORD", LOGIN_PASSWORD);
        command.arg(crate::common::repository().join(script)).args(args);
        let said = crate::common::entrance::feed(&mut command, br#"[["user","12345luggage"]]"#);
        assert_eq!(said.trim(), "1", "{interpreter}");
    }
    assert_eq!(requests(&panel), "LcLc");
    let output = panel
        .command(program("liveapi"))
        .env("LIVEAPI_LOGIN", "session")
        .env("LIVEAPI_PASSWORD", "S3CRET but wrong")
        .arg("doctor")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("The login for the call version"), "{said}");
    assert!(!said.contains("S3CRET"), "{said}");
    let why =
        failure(&panel.passwdpop(|command| {
            command.env("LIVEAPI_LOGIN", "session").env("LIVEAPI_PASSWORD", "S3CRET no")
        }));
    assert!(why.contains("invalid_login") && !why.contains("S3CRET"), "{why}");
}
