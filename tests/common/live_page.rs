//! A daemon with LiveAPI sockets, and a page's connection to one.
//!
//! Not part of `common`, which every test links.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::common::arg;
use super::liveapid::Liveapid;
use serde_json::{Value, json};

pub const HANDSHAKE: &str = "<cpaneljson enable=\"1\">";
pub const SHUTDOWN: &str = "<cpanelxml shutdown=\"1\" />";
pub const HEAD: &str = "<?xml version=\"1.0\" ?>\n<cpanelresult>";
pub const END: &str = "</cpanelresult>\n";

/// A daemon with a socket for each account.
pub fn start(name: &str, options: &[&str]) -> Liveapid {
    let folder = format!("--live-sockets=/tmp/la-{name}-{}/live", std::process::id());
    let daemon = Liveapid::start_with(name, &[&[folder.as_str()], options].concat());
    wait_for(&socket(&daemon, "bob"));
    daemon
}

pub fn socket(daemon: &Liveapid, account: &str) -> PathBuf {
    daemon.store.dir.join("live").join(account).join("liveapi.sock")
}

pub fn wait_for(path: &Path) {
    for _ in 0..500 {
        if UnixStream::connect(path).is_ok() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{} does not open", path.display());
}

/// A page's connection.
pub struct Page(pub UnixStream);

impl Page {
    pub fn open(daemon: &Liveapid) -> Self {
        let stream = UnixStream::connect(socket(daemon, "bob")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self(stream)
    }

    pub fn with_json(daemon: &Liveapid) -> Self {
        let mut page = Self::open(daemon);
        assert_eq!(page.ask(HANDSHAKE), format!("{HEAD}{{\"data\":{{\"result\":\"json\"}}}}{END}"));
        page
    }

    pub fn send(&mut self, length: usize, request: &str) {
        self.0.write_all(format!("{length}\n{request}").as_bytes()).unwrap();
    }

    /// One answer, to the line that ends it; nothing may be behind.
    pub fn answer(&mut self) -> String {
        let mut bytes = Vec::new();
        while !bytes.ends_with(END.as_bytes()) {
            let mut piece = [0; 65536];
            let length = self.0.read(&mut piece).unwrap();
            assert!(length > 0, "the connection ended: {:?}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(&piece[..length]);
        }
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with(HEAD) && text.matches("</cpanelresult>").count() == 1, "{text}");
        text
    }

    pub fn ask(&mut self, request: &str) -> String {
        self.send(request.len(), request);
        self.answer()
    }

    /// The JSON of the answer to an action.
    pub fn action(&mut self, request: &Value) -> Value {
        payload(&self.ask(&format!("<cpanelaction>\n{request}\n</cpanelaction>")))
    }

    /// Everything until the other end closes.
    pub fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }
}

pub fn payload(answer: &str) -> Value {
    let inside = answer.strip_prefix(HEAD).and_then(|rest| rest.strip_suffix(END)).unwrap();
    assert!(!inside.contains(['<', '>', '&', '\n']), "{answer}");
    serde_json::from_str(inside).unwrap_or_else(|cause| panic!("{cause}: {answer}"))
}

pub fn assert_password(daemon: &Liveapid, password: &str) {
    let answer = daemon.store.uapi(
        "Email",
        "verify_password",
        &["email=user@example.com", &arg("password", password)],
    );
    assert_eq!(answer["result"]["data"], 1, "{password}: {answer}");
}

pub fn assert_serves(daemon: &Liveapid) {
    let answer =
        Page::with_json(daemon).action(&json!({"module":"Email","func":"listpops","apiversion":"2"}));
    assert_eq!(answer["cpanelresult"]["data"][0]["email"], "user@example.com", "{answer}");
}
