//! A mail host: a store with Dovecot and Exim, an account with two domains, mailboxes in both.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use super::dovecot::Dovecot;
use super::exim::Exim;
use super::{Store, arg};

/// The password of every mailbox.
pub const PASSWORD: &str = "Some-Password-1";

/// The servers, and the store that they read; the servers end first.
pub struct MailHost {
    pub exim: Exim,
    pub dovecot: Dovecot,
    pub store: Store,
}

impl MailHost {
    /// bob's user@example.com, other@example.com and friend@example.org, empty.
    pub fn start(name: &str) -> Self {
        let store = Store::with_account(name);
        store.add_mailbox("user", PASSWORD);
        store.add_mailbox("other", PASSWORD);
        let dovecot = Dovecot::hosting(&store);
        let host = Self { exim: Exim::start(&store, &dovecot), dovecot, store };
        let domain = ["newdomain=example.org", "subdomain=org", "dir=public_html/org"];
        host.done(&host.store.api2("AddonDomain", "addaddondomain", &domain));
        host.api2("addpop", &["domain=example.org", "email=friend", &arg("password", PASSWORD)]);
        host
    }

    /// A call of API 2's Email that must succeed.
    pub fn api2(&self, func: &str, args: &[&str]) {
        self.done(&self.store.api2("Email", func, args));
    }

    /// A call of UAPI's Email that must succeed, for one address.
    pub fn uapi(&self, func: &str, address: &str) {
        self.done(&self.store.uapi("Email", func, &[&arg("email", address)]));
    }

    /// Fails the test if an answer of any family is not a success.
    pub fn done(&self, answer: &Value) {
        let api2 = &answer["cpanelresult"];
        let done = answer["result"]["status"] == 1
            || answer["metadata"]["result"] == 1
            || (api2["event"]["result"] == 1 && api2["error"].is_null());
        assert!(done, "{answer}");
    }

    /// A forwarder in example.com.
    pub fn forward(&self, from: &str, args: &[&str]) {
        self.api2("addforward", &[&["domain=example.com", &arg("email", from)], args].concat());
    }

    /// How many messages with that subject a user finds; none where there is no login. What arrives is in the
    /// inbox as soon as Exim has heard "250 Saved".
    pub fn copies(&self, user: &str, subject: &str) -> usize {
        let Some(mut imap) = self.dovecot.open(user, PASSWORD) else { return 0 };
        let line = format!("Subject: {subject}\r\n");
        imap.messages().iter().filter(|message| message.contains(&line)).count()
    }

    /// A program that everybody may run.
    pub fn program(&self, path: &Path, text: &str) {
        std::fs::write(path, text).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}
