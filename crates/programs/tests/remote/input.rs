//! Settings of calls to servers that cannot work: each is a sentence that says what is wrong and what to do.

use std::process::Command;

use crate::common::program;
use crate::panel::{DONE, Panel, TOKEN, always, text};
use liveapi_core::api::Family;
use liveapi_core::engine::{Client, Options};

/// What cpapi2 says with these variables; `None` takes one away.
fn complaint(panel: &Panel, variables: &[(&str, Option<&str>)]) -> String {
    let mut command: Command = panel.command(program("cpapi2"));
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let output = command.args(["--strict-exit", "--output=json", "Email", "listpops"]).output().unwrap();
    assert!(matches!(output.status.code(), Some(1..=3)), "{variables:?} {output:?}");
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(!text.contains("s3cret") && !text.contains(TOKEN), "{text}");
    text
}

#[test]
fn each_mistake_is_named() {
    let panel = always("inbad", text(DONE));
    let loose = panel.dir.join("loose");
    std::fs::write(&loose, "s3cret").unwrap();
    let closed = format!("whm://root@127.0.0.1:{}", crate::common::server::free_port());
    let loose = loose.display().to_string();
    for (name, value, words) in [
        // Which server.
        ("LIVEAPI_URL", Some("https://root@host:2087"), &["“https:” is not a kind", "whm://root@host"][..]),
        ("LIVEAPI_URL", Some("http://root@host:2086"), &["“http:” is not a kind", "whm://root@host"]),
        ("LIVEAPI_URL", Some("ftp://root:s3cret@host"), &["“ftp:” is not a kind"]),
        ("LIVEAPI_URL", Some("host:2087"), &["not a kind"]),
        ("LIVEAPI_URL", Some("whm://host"), &["names nobody", "whm://root@server.example.com"]),
        ("LIVEAPI_URL", Some("whm://root:s3cret@host"), &["holds a password", "password_file"]),
        ("LIVEAPI_URL", Some("whm://root@host/json-api?x=s3cret"), &["no path, no query"]),
        ("LIVEAPI_URL", Some(&closed), &["nothing listens on that port", "WHM has 2087, cPanel 2083"]),
        ("LIVEAPI_URL", Some("whm://root@no-such-host.invalid"), &["has no address", "spelled right"]),
        // Who asks.
        ("LIVEAPI_TOKEN_FILE", None, &["no API token", "LIVEAPI_TOKEN_FILE"]),
        ("LIVEAPI_TOKEN_FILE", Some(&loose), &["The token file", "chmod go="]),
        ("LIVEAPI_TOKEN_FILE", Some("/nonexistent"), &["cannot be opened"]),
        ("LIVEAPI_TOKEN", Some("s3cret with blanks"), &["must be one word", "LIVEAPI_TOKEN"]),
        ("LIVEAPI_LOGIN", Some("kerberos"), &["must be token", "LIVEAPI_LOGIN"]),
        ("LIVEAPI_LOGIN", Some("basic"), &["no password", "LIVEAPI_PASSWORD_FILE"]),
        ("LIVEAPI_OTP", Some("s3cret"), &["the digits of the present code", "LIVEAPI_OTP"]),
        ("LIVEAPI_TOTP_SECRET", Some("s3cret!!1"), &["must be the letters", "LIVEAPI_TOTP_SECRET"]),
        // How long. No text is a deadline of nothing.
        ("LIVEAPI_TIMEOUT", Some("-1"), &["whole number of seconds", "0 means the default"]),
        ("LIVEAPI_CONNECT_TIMEOUT", Some("-5"), &["whole number of seconds", "LIVEAPI_CONNECT_TIMEOUT"]),
        ("LIVEAPI_TIMEOUT", Some("1.5"), &["whole number of seconds"]),
        ("LIVEAPI_TIMEOUT", Some("99999999999999999999"), &["at most 86400"]),
        // Whom to trust, and by which way.
        ("LIVEAPI_INSECURE_TLS", Some("true"), &["yes-i-know"]),
        ("LIVEAPI_PIN", Some("sha1:ab"), &["64 hexadecimal digits"]),
        ("LIVEAPI_CA_FILE", Some("/nonexistent"), &["ca_file", "cannot be read"]),
        ("LIVEAPI_PROXY", Some("https://h"), &["http://host:port"]),
        ("LIVEAPI_PREFER", Some("xml"), &["must be uapi", "or same"]),
    ] {
        let said = complaint(&panel, &[("LIVEAPI_CONNECT_TIMEOUT", Some("1")), (name, value)]);
        assert!(words.iter().all(|word| said.contains(word)), "{name}={value:?}: {said}");
    }
    assert!(panel.seen().is_empty());
}

#[test]
fn a_call_for_an_account_needs_one() {
    let options = Options::from_json(r#"{"url":"whm://root@h","token":"s3cret"}"#).unwrap();
    let client = Client::new(options).unwrap();
    let why = client.call_json(Family::Api2, "Email", "listpops", "{}").map(drop).unwrap_err().to_string();
    assert!(why.contains("does not say which") && why.contains("LIVEAPI_USER"), "{why}");
}

#[test]
fn a_deadline_of_0_is_the_default() {
    let panel = always("inzero", text(DONE));
    for name in ["LIVEAPI_TIMEOUT", "LIVEAPI_CONNECT_TIMEOUT"] {
        let answer = panel.passwdpop(|command| command.env(name, "0"));
        assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{name}: {answer}");
    }
}

#[test]
fn unknown_settings_are_errors_in_every_source() {
    let panel = always("inkey", text(DONE));
    let file = panel.dir.join("liveapi.toml");
    for (key, nearest) in [
        ("tokenfile", "token_file"),
        ("fingerprint", "pin"),
        ("passwort", "password"),
        ("totp_seceret", "totp_secret"),
    ] {
        std::fs::write(&file, format!("{key} = 's3cret'\n")).unwrap();
        let said = complaint(&panel, &[("LIVEAPI_CONFIG", Some(file.to_str().unwrap()))]);
        assert!(said.contains(&format!("no setting “{key}”")), "{said}");
        let error =
            Options::from_json(&format!(r#"{{"{key}":"s3cret"}}"#)).map(drop).unwrap_err().to_string();
        assert!(error.contains(key) && !error.contains("s3cret"), "{error}");
        if key != "fingerprint" {
            assert!(said.contains(&format!("did you mean “{nearest}”")), "{said}");
        }
    }
    assert!(panel.seen().is_empty());
}

#[test]
fn two_ways_that_exclude_each_other() {
    let config =
        |json: &str| Client::new(Options::from_json(json).unwrap()).map(drop).unwrap_err().to_string();
    for (json, words) in [
        (
            r#""login":"session","password":"s3cret","otp":"123456","totp_secret":"QSARBVKLZHYHLJ3M""#,
            "otp and totp_secret",
        ),
        (
            r#""token":"s3cret","pin":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","ca_file":"/x""#,
            "pin and ca_file",
        ),
        (r#""token":"s3cret","insecure_tls":"yes-i-know","ca_file":"/x""#, "insecure_tls"),
        (r#""token":"s3cret\ns3cret""#, "login=hash"),
        (r#""url":"cpanel://bob@h","login":"hash","token":"s3cret""#, "login=hash is for WHM"),
    ] {
        let why = config(&format!(r#"{{"url":"whm://root@h",{json}}}"#));
        assert!(why.contains(words) && !why.contains("s3cret"), "{why}");
    }
}
