//! A panel on a LiveAPI socket that answers as the transcripts do, or misbehaves as a test wants it, and keeps what
//! it was sent.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::common::{UNPRIVILEGED, library, scratch};

/// What clients send first, with its length.
pub const HANDSHAKE: &str = "23\n<cpaneljson enable=\"1\">";
/// The recorded answer to that.
pub const JSON_MODE: &str =
    "<?xml version=\"1.0\" ?>\n<cpanelresult>{\"data\":{\"result\":\"json\"}}</cpanelresult>\n";
/// What clients send last.
pub const SHUTDOWN: &str = "26\n<cpanelxml shutdown=\"1\" />";
/// The recorded answer to passwdpop.
pub const DONE: &str = r#"{"cpanelresult":{"apiversion":2,"func":"passwdpop","data":[{"reason":"","result":1}],"event":{"result":1},"module":"Email"}}"#;
/// What a panel says that does not know a request.
pub const UNKNOWN: &str = r#"{"result":0,"error":"Unknown API request"}"#;

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The number of its connection, from 1.
    pub connection: usize,
    /// All its bytes, with the length.
    pub frame: String,
}

impl Seen {
    /// The JSON in it; null for a tag.
    pub fn json(&self) -> Value {
        let inside = self.frame.split_once("<cpanelaction>").map_or("", |(_, rest)| rest);
        serde_json::from_str(inside.trim_end_matches("</cpanelaction>")).unwrap_or_default()
    }

    /// Whether it is what clients send before or after their calls.
    pub fn is_frame_of_talk(&self) -> bool {
        self.frame == HANDSHAKE || self.frame == SHUTDOWN
    }
}

/// What the panel does with a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The declaration, and this in its element.
    Text(String),
    /// These bytes, in pieces of that size.
    Pieces(Vec<u8>, usize),
    /// These bytes, then the end of the connection.
    Last(Vec<u8>),
    /// The end of the connection.
    Close,
    /// Nothing, for ever.
    Silence,
    /// The reply after some time.
    Late(Duration, Box<Reply>),
    /// The reply, and after some time another one that nobody asked for.
    Twice(Box<Reply>, Duration, Box<Reply>),
    /// Bytes without end.
    Endless,
}

/// This in its element.
pub fn text(inside: impl Into<String>) -> Reply {
    Reply::Text(inside.into())
}

/// These bytes as they are.
pub fn whole(bytes: impl Into<Vec<u8>>) -> Reply {
    Reply::Pieces(bytes.into(), usize::MAX)
}

/// An answer as panels frame it.
pub fn framed(inside: &str) -> String {
    format!("<?xml version=\"1.0\" ?>\n<cpanelresult>{inside}</cpanelresult>\n")
}

type Rule = dyn Fn(&Seen) -> Reply + Send + Sync;

/// A running panel.
pub struct Page {
    /// A folder, with the socket in it.
    pub dir: PathBuf,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<Mutex<usize>>,
}

impl Page {
    /// Starts one that shakes hands and does with each other request what `rule` says; at the shutdown it closes.
    pub fn start(name: &str, rule: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::strict(name, usize::MAX, move |seen| match seen.frame.as_str() {
            HANDSHAKE => whole(JSON_MODE),
            SHUTDOWN => Reply::Close,
            _ => rule(seen),
        })
    }

    /// The same for all requests, and with so many connections at most; the next ones are closed at once.
    pub fn strict(name: &str, most: usize, rule: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let dir = scratch(name);
        let listener = UnixListener::bind(dir.join("page.sock")).unwrap();
        let (seen, connections) = (Arc::<Mutex<Vec<Seen>>>::default(), Arc::new(Mutex::new(0)));
        let page = Self { dir, seen: Arc::clone(&seen), connections: Arc::clone(&connections) };
        let rule: Arc<Rule> = Arc::new(rule);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let number = {
                    let mut connections = connections.lock().unwrap();
                    *connections += 1;
                    *connections
                };
                if number > most {
                    continue;
                }
                let (seen, rule) = (Arc::clone(&seen), Arc::clone(&rule));
                std::thread::spawn(move || serve(stream, number, &seen, &*rule));
            }
        });
        page
    }

    /// The socket.
    pub fn path(&self) -> PathBuf {
        self.dir.join("page.sock")
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("unix://{}", self.path().display())
    }

    /// A command that finds the socket as a panel's page does, and no configuration from outside.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for name in ["URL", "USER", "CONFIG", "TOKEN", "TIMEOUT", "CONNECT_TIMEOUT", "REQUIRED_STRENGTH"] {
            command.env_remove(format!("LIVEAPI_{name}"));
        }
        command
            .env("CPANEL_CONNECT_SOCKET", self.path())
            .env("LIVEAPI_LIBRARY", library())
            .env("LIVEAPI_VIRTUAL_USER", UNPRIVILEGED)
            .env("HOME", &self.dir);
        command
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Those that are neither the first nor the last of a connection.
    pub fn asked(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| !seen.is_frame_of_talk()).collect()
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}

fn serve(mut stream: UnixStream, connection: usize, seen: &Mutex<Vec<Seen>>, rule: &Rule) {
    while let Some(frame) = read(&mut stream) {
        let request = Seen { connection, frame };
        seen.lock().unwrap().push(request.clone());
        if !answer(&mut stream, rule(&request)) {
            return;
        }
    }
}

/// Whether the connection goes on.
fn answer(stream: &mut UnixStream, reply: Reply) -> bool {
    match reply {
        Reply::Text(inside) => stream.write_all(framed(&inside).as_bytes()).is_ok(),
        Reply::Pieces(bytes, size) => bytes.chunks(size.min(bytes.len().max(1))).all(|piece| {
            if size < bytes.len() {
                std::thread::sleep(Duration::from_millis(1));
            }
            stream.write_all(piece).is_ok()
        }),
        Reply::Last(bytes) => {
            let _ = stream.write_all(&bytes);
            false
        }
        Reply::Close => false,
        Reply::Silence => {
            let _ = stream.read(&mut [0]);
            false
        }
        Reply::Late(time, reply) => {
            std::thread::sleep(time);
            answer(stream, *reply)
        }
        Reply::Twice(first, time, second) => {
            answer(stream, *first) && {
                std::thread::sleep(time);
                answer(stream, *second)
            }
        }
        Reply::Endless => {
            let piece = vec![b'x'; 1 << 20];
            while stream.write_all(&piece).is_ok() {}
            false
        }
    }
}

/// A request with its length; `None` at the end of the connection.
fn read(stream: &mut UnixStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let length = std::str::from_utf8(&head).unwrap().trim_end();
    assert!(length.bytes().all(|byte| byte.is_ascii_digit()), "a length is digits: {length}");
    let mut payload = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut payload).ok()?;
    Some(String::from_utf8([head, payload].concat()).unwrap())
}
