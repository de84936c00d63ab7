//! A running daemon on an embedded store, and the ways to talk to it.
//!
//! Not part of `common`, which every test links.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::common::entrance::feed;
use super::common::server::{Server, connect, free_port};
use super::common::{Store, arg, must, program};
use serde_json::Value;

/// The password of the account `bob`.
pub const ACCOUNT_PASSWORD: &str = "Bob-Secret-77";
/// The first password of the mailbox `user@example.com`.
pub const FIRST_PASSWORD: &str = "Some-Password-1";

/// A daemon with all six ports on loopback, its store with the account `bob`, and the mailbox `user@example.com`.
pub struct Liveapid {
    pub store: Store,
    pub server: Server,
    pub ports: Ports,
}

/// Its ports.
#[derive(Clone, Copy)]
pub struct Ports {
    pub whm: u16,
    pub cpanel: u16,
    pub webmail: u16,
    pub whm_plain: u16,
    pub cpanel_plain: u16,
    pub webmail_plain: u16,
    pub monitor: u16,
}

impl Ports {
    fn free() -> Self {
        Self {
            whm: free_port(),
            cpanel: free_port(),
            webmail: free_port(),
            whm_plain: free_port(),
            cpanel_plain: free_port(),
            webmail_plain: free_port(),
            monitor: free_port(),
        }
    }

    fn options(self) -> Vec<String> {
        [
            ("whm", self.whm),
            ("cpanel", self.cpanel),
            ("webmail", self.webmail),
            ("whm-plain", self.whm_plain),
            ("cpanel-plain", self.cpanel_plain),
            ("webmail-plain", self.webmail_plain),
            ("monitor", self.monitor),
        ]
        .map(|(name, port)| format!("--{name}=127.0.0.1:{port}"))
        .into()
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    /// Reads an answer as it came over the wire.
    pub fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Self {
            status: status.unwrap_or_else(|| panic!("{head}")),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|cause| panic!("{cause}: {self:?}"))
    }

    /// The value of a header field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }
}

impl Liveapid {
    /// Starts one.
    pub fn start(name: &str) -> Self {
        Self::start_with(name, &[])
    }

    /// Starts one with further options.
    pub fn start_with(name: &str, options: &[&str]) -> Self {
        let store = Store::with_account(name);
        store.add_mailbox("user", FIRST_PASSWORD);
        let password = format!("password={ACCOUNT_PASSWORD}");
        assert_eq!(store.whm("passwd", &["user=bob", &password])["metadata"]["result"], 1);
        Self::on(store, options)
    }

    /// Starts one on that store.
    pub fn on(store: Store, options: &[&str]) -> Self {
        Self::under(store, &[], options)
    }

    /// Starts one on that store as the program of another one.
    pub fn under(store: Store, launcher: &[&str], options: &[&str]) -> Self {
        // Between looking and opening another test may take a port.
        for _ in 0..5 {
            let ports = Ports::free();
            match Self::try_start(&store, ports, launcher, options) {
                Ok(server) => return Self { store, server, ports },
                Err(said) => assert!(said.contains("another program has it"), "{said}"),
            }
        }
        panic!("no free ports");
    }

    fn try_start(store: &Store, ports: Ports, launcher: &[&str], options: &[&str]) -> Result<Server, String> {
        let mut words = launcher.iter().map(Into::into).chain([program("liveapid")]);
        let mut command = store.command(words.next().unwrap());
        command.args(words);
        command.args(["--state".into(), store.dir.join("daemon")]).args(ports.options()).args(options);
        let answers = || TcpStream::connect(("127.0.0.1", ports.monitor)).is_ok();
        Server::start_until(&mut command, answers, &store.dir.join("liveapid.log"))
    }

    /// A new API token of root, or of an account.
    pub fn token(&self, owner: &str) -> String {
        let admin = |words: &[&str], input: &str| {
            let mut command = self.store.command(program("liveapid"));
            command.arg("--state").arg(self.store.dir.join("daemon")).args(words);
            feed(&mut command, input.as_bytes())
        };
        if owner == "root" {
            admin(&["user", "add", "root"], "Root-Secret-77-Xy\n");
        }
        let said = admin(&["token", "create", owner, "test"], "");
        let is_token =
            |word: &&str| word.len() >= 32 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        said.split_whitespace().find(is_token).unwrap_or_else(|| panic!("{said}")).to_owned()
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.store.dir.join("liveapid.out")).unwrap()
    }

    /// The authority that signed its certificate.
    pub fn authority(&self) -> PathBuf {
        self.store.dir.join("daemon/tls/ca.pem")
    }

    /// Sends these bytes to a port without TLS, and reads until the connection ends, in whatever way.
    pub fn raw(&self, port: u16, bytes: &[u8]) -> Vec<u8> {
        let mut stream = connect(port);
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut answer = Vec::new();
        // Whoever is turned away has its connection reset.
        let _ = stream.write_all(bytes).and_then(|()| stream.read_to_end(&mut answer).map(drop));
        answer
    }

    /// What curl gets from a TLS port, verified.
    pub fn curl(&self, port: u16, path: &str, options: &[&str]) -> Reply {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--include", "--globoff", "--max-time", "30", "--cacert"]);
        command.arg(self.authority()).args(options).arg(format!("https://localhost:{port}{path}"));
        Reply::of(&must(&mut command).stdout)
    }

    /// The same as the account.
    pub fn as_bob(&self, port: u16, path: &str, options: &[&str]) -> Reply {
        let user = format!("bob:{ACCOUNT_PASSWORD}");
        self.curl(port, path, &[&["--user", &user], options].concat())
    }

    /// Whether the mailbox opens with that password.
    pub fn opens(&self, password: &str) -> bool {
        let password = arg("password", password);
        let answer = self.store.uapi("Email", "verify_password", &["email=user@example.com", &password]);
        answer["result"]["data"] == 1
    }
}
