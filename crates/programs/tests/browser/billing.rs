//! A billing system's round: sold by a package, suspended, unsuspended, sold by another one, with another password,
//! logged in by a link that a browser follows, removed. In three languages and three shapes, by programs that were
//! written from the documentation of WHM's API.

use std::process::Command;

use crate::browser::Browser;
use crate::common::{must, repository};
use crate::liveapid::Liveapid;
use serde_json::Value;

/// A program of a billing system, and root's token.
struct Billing<'d> {
    daemon: &'d Liveapid,
    interpreter: &'static [&'static str],
    file: &'static str,
    token: String,
}

impl Billing<'_> {
    /// What it prints.
    fn run(&self, shape: &str, part: &str, user: &str) -> String {
        let mut command = Command::new(self.interpreter[0]);
        command.args(&self.interpreter[1..]).arg(repository().join("tests/clients/billing").join(self.file));
        command.args([shape, part, &format!("localhost:{}", self.daemon.ports.whm)]);
        command.arg(self.daemon.authority()).arg(user).env("WHM_TOKEN", &self.token);
        String::from_utf8(must(&mut command).stdout).unwrap()
    }
}

fn round(name: &str, interpreter: &'static [&'static str], file: &'static str) {
    let daemon = Liveapid::start(name);
    let token = daemon.token("root");
    let billing = Billing { daemon: &daemon, interpreter, file, token };
    for (shape, user) in [("api0", "zoe"), ("api1", "una"), ("xml", "xena")] {
        let opened: Value = serde_json::from_str(&billing.run(shape, "open", user)).unwrap();
        let text = |name: &str| opened[name].as_str().unwrap().to_owned();
        let own = format!("{}:{}", text("user"), text("password"));
        let info = "/execute/Variables/get_user_information";
        let by_password = daemon.curl(daemon.ports.cpanel, info, &["--user", &own]);
        assert_eq!(by_password.json()["data"]["user"], user, "{shape}");
        let browser = Browser::start(&daemon.store.dir, &daemon.authority());
        browser.go(&text("url"));
        let place = format!("https://localhost:{}/cpsess", daemon.ports.cpanel);
        browser.until("the page behind the link", || {
            (browser.url().starts_with(&place) && !browser.url().contains("session=")).then_some(())
        });
        let who = browser.run(&format!(
            "const base = location.pathname.split('/')[1]; \
             const request = new XMLHttpRequest(); request.open('GET', `/${{base}}{info}`, false); \
             request.send(); return JSON.parse(request.responseText).data.user"
        ));
        assert_eq!(who, user, "{shape}");
        // Whoever finds the link afterwards finds nothing.
        browser.cdp("Network.clearBrowserCookies", &serde_json::json!({}));
        browser.go(&text("url"));
        browser.wait_for("[role=alert]", "ask for a new one");
        drop(browser);
        billing.run(shape, "close", user);
    }
    let log = daemon.log();
    for secret in ["Second", "First-Pass", "create_user_session,", &billing.token] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[test]
fn in_python() {
    round("bill-python", &["/usr/bin/python3"], "billing.py");
}

#[test]
fn in_php() {
    round("bill-php", &["php"], "billing.php");
}

#[test]
fn in_javascript() {
    round("bill-js", &["node"], "billing.js");
}
