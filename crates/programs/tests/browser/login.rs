//! Logging in with a real browser, with and without scripts.

use crate::browser::{Browser, key};
use crate::common::entrance::feed;
use crate::common::program;
use crate::liveapid::{ACCOUNT_PASSWORD, Liveapid};
use serde_json::json;

/// Switches the second factor of the account on, and makes its codes.
fn second_factor(daemon: &Liveapid) -> totp_rs::Totp {
    let mut command = daemon.store.command(program("liveapid"));
    command.arg("--state").arg(daemon.store.dir.join("daemon")).args(["totp", "enable", "cpanel:bob"]);
    let said = feed(&mut command, b"");
    totp_rs::Totp::from_url(said.lines().next().unwrap()).unwrap()
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

fn enter(browser: &Browser, user: &str, password: &str) {
    browser.find("#user").fill(user);
    browser.find("#pass").fill(password);
    browser.find("button.main").click();
}

#[test]
fn a_wrong_password_is_told_and_the_right_one_opens() {
    let daemon = Liveapid::start("bl-right");
    let browser = Browser::start(&daemon.store.dir, &daemon.authority());
    let place = format!("https://localhost:{}", daemon.ports.cpanel);
    browser.go(&format!("{place}/#api2/Email/passwdpop"));
    enter(&browser, "bob", "not-the-password");
    browser.wait_for("[role=alert]", "user name or the password is wrong");
    assert_eq!(browser.find("#user").property("value"), "bob");
    assert_eq!(browser.find("#pass").property("value"), "");
    browser.find("#pass").fill(ACCOUNT_PASSWORD);
    browser.press(&[key::ENTER]);
    browser.until("the page behind the login", || browser.url().contains("/cpsess").then_some(()));
    assert!(browser.url().ends_with("/#api2/Email/passwdpop"), "{}", browser.url());
    let token = browser.url()[place.len()..].split('/').nth(1).unwrap().to_owned();
    for asked in browser.requests() {
        assert!(asked.url.starts_with(&place) && !asked.url.contains(ACCOUNT_PASSWORD), "{asked:?}");
    }
    browser.find("form[action$='/logout'] button").click();
    browser.wait_for("[role=status]", "You are logged out");
    browser.go(&format!("{place}/{token}/"));
    browser.wait_for("[role=status]", "The session has ended");
    // The one refusal is an answer with the status 401, and so is a page whose session has ended.
    let console = browser.console();
    let unexpected: Vec<_> = console.iter().filter(|line| !line.contains("status of 401")).collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
}

#[test]
fn a_second_factor_is_asked_for_and_counts_once() {
    let daemon = Liveapid::start("bl-code");
    let codes = second_factor(&daemon);
    let browser = Browser::start(&daemon.store.dir, &daemon.authority());
    browser.go(&format!("https://localhost:{}/login", daemon.ports.cpanel));
    assert!(browser.find_all("#code").iter().all(|field| !field.is_seen()));
    enter(&browser, "bob", ACCOUNT_PASSWORD);
    browser.wait_for("[role=alert]", "two-factor");
    let code = codes.generate(now()).to_string();
    browser.find("#code").fill(&code);
    enter(&browser, "bob", ACCOUNT_PASSWORD);
    browser.until("the page behind the login", || browser.url().contains("/cpsess").then_some(()));
    browser.go(&format!("https://localhost:{}/login", daemon.ports.cpanel));
    browser.find("summary").click();
    browser.find("#code").fill(&code);
    enter(&browser, "bob", ACCOUNT_PASSWORD);
    browser.wait_for("[role=alert]", "used before");
}

#[test]
fn the_form_works_without_scripts_and_by_keyboard() {
    let daemon = Liveapid::start("bl-keys");
    let browser = Browser::start(&daemon.store.dir, &daemon.authority());
    browser.cdp("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
    browser.go(&format!("https://localhost:{}/", daemon.ports.cpanel));
    for (name, text) in [("User", "bob"), ("Password", ACCOUNT_PASSWORD)] {
        browser.press(&[key::TAB]);
        assert_eq!(browser.focused().name(), name);
        browser.keys(text);
    }
    browser.press(&[key::ENTER]);
    browser.until("the page behind the login", || browser.url().contains("/cpsess").then_some(()));
}

/// A page of another origin whose form logs the browser in, and one that changes a password with its cookie.
#[test]
fn a_form_of_another_origin_does_nothing() {
    let daemon = Liveapid::start("bl-foreign");
    let browser = Browser::start(&daemon.store.dir, &daemon.authority());
    let place = format!("https://localhost:{}", daemon.ports.cpanel);
    browser.go(&format!("{place}/"));
    enter(&browser, "bob", ACCOUNT_PASSWORD);
    browser.until("the page behind the login", || browser.url().contains("/cpsess").then_some(()));
    let token = browser.url()[place.len() + 1..][..16].to_owned();
    let page = format!(
        r#"<!DOCTYPE html><title>Elsewhere</title>
<form id="in" method="post" action="{place}/login"><input name="user" value="bob"><input name="pass" value="{ACCOUNT_PASSWORD}"><button>1</button></form>
<form id="change" method="post" action="{place}/{token}/execute/Email/passwd_pop"><input name="email" value="user@example.com"><input name="password" value="Foreign-Pass-1"><button>2</button></form>
<form id="get" action="{place}/{token}/execute/Email/passwd_pop"><input name="email" value="user@example.com"><input name="password" value="Foreign-Pass-2"><button>3</button></form>"#
    );
    std::fs::write(daemon.store.dir.join("elsewhere.html"), page).unwrap();
    let elsewhere = format!("file://{}/elsewhere.html", daemon.store.dir.display());
    browser.go(&elsewhere);
    browser.find("#in button").click();
    browser.wait_for("[role=alert]", "A page of another site sent you here");
    for form in ["#change", "#get"] {
        browser.go(&elsewhere);
        browser.find(&format!("{form} button")).click();
        browser.wait_for("body", "errors");
    }
    assert!(daemon.opens(crate::liveapid::FIRST_PASSWORD));
    // The same token and cookie do it where the form is ours: what was refused is the place.
    let script = format!(
        "return fetch('/{token}/execute/Email/passwd_pop', {{method: 'POST', body: new URLSearchParams({{email: 'user@example.com', password: 'Our-Own-Pass-3'}})}}).then(answer => answer.json()).then(answer => answer.status)"
    );
    browser.go(&format!("{place}/{token}/"));
    assert_eq!(browser.run(&script), 1);
    assert!(daemon.opens("Our-Own-Pass-3"));
}
