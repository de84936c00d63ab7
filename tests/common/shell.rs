//! The API Shell of a daemon in a browser, as its user works with it.
//!
//! Not part of `common`, which every test links.

use super::browser::{Browser, key};
use super::liveapid::{ACCOUNT_PASSWORD, Liveapid};

/// The page, opened by the account `bob`.
pub struct Shell {
    pub browser: Browser,
    /// Where the daemon is: scheme, host and port.
    pub place: String,
}

impl Shell {
    /// Logs in as the account and opens the page with that function.
    pub fn open(daemon: &Liveapid, function: &str) -> Self {
        Self::open_as(daemon, function, "bob", ACCOUNT_PASSWORD)
    }

    /// The same as somebody else.
    pub fn open_as(daemon: &Liveapid, function: &str, user: &str, password: &str) -> Self {
        let browser = Browser::start(&daemon.store.dir, &daemon.authority());
        let shell = Self { browser, place: format!("https://localhost:{}", daemon.ports.cpanel) };
        shell.browser.go(&format!("{}/{function}", shell.place));
        shell.log_in(user, password);
        shell
    }

    /// Fills in the form to log in, and waits for the page behind it.
    pub fn log_in(&self, user: &str, password: &str) {
        self.browser.find("#user").fill(user);
        self.browser.find("#pass").fill(password);
        self.browser.press(&[key::ENTER]);
        self.browser.find("body[data-ready]");
    }

    /// Fills in fields of the catalogue's parameters.
    pub fn fill(&self, values: &[(&str, &str)]) {
        for (name, value) in values {
            self.browser.find(&format!("#params [data-name={name}]")).fill(value);
        }
    }

    /// Sends the call and waits for what came of it.
    pub fn submit(&self, outcome: &str) {
        self.browser.find("#submit").click();
        self.browser.wait_for("#outcome", outcome);
        self.browser.wait_for("#facts", "ms");
    }

    /// Chooses a tab.
    pub fn tab(&self, id: &str) {
        self.browser.find(&format!("#{id}")).click();
    }

    /// Goes on with the tabulator until that control has the focus.
    pub fn tab_to(&self, name: &str, role: &str) {
        let mut passed = Vec::new();
        for _ in 0..60 {
            let focused = self.browser.focused();
            if (focused.name().as_str(), focused.role().as_str()) == (name, role) {
                return;
            }
            passed.push(format!("{} {}", focused.role(), focused.name()));
            self.browser.press(&[key::TAB]);
        }
        panic!("no {role} {name} among {passed:?}");
    }

    /// Asserts that nothing came to the console, and that all requests went to the daemon.
    pub fn quiet(&self) {
        // Advice on forms that Chromium gives to developers, where it has waited long enough to look at them.
        let is_advice = |line: &String| line.starts_with("\"DEBUG\"") && line.contains(" - [DOM] ");
        let console: Vec<String> =
            self.browser.console().into_iter().filter(|line| !is_advice(line)).collect();
        assert_eq!(console, Vec::<String>::new());
        for asked in self.browser.requests() {
            assert!(asked.url.starts_with(&self.place), "{asked:?}");
        }
    }
}
