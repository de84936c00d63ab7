//! A server that answers as cPanel's do, or misbehaves as a test wants it, and counts.
//!
//! Not part of `common`, which every test links: this one brings TLS and certificates.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{HandshakeKind, ServerConfig, ServerConnection, StreamOwned};

use serde_json::{Value, json};

use super::common::{self, program, scratch};

/// The token that tests give.
pub const TOKEN: &str = "S3CRETS3CRETS3CRETS3CRETS3CRETAA";
/// The recorded answer of a server to passwdpop.
pub const DONE: &str = r#"{"cpanelresult":{"apiversion":2,"postevent":{"result":1},"preevent":{"result":1},"func":"passwdpop","data":[{"result":1,"reason":""}],"event":{"result":1},"module":"Email"}}"#;

/// The password of the documentation, which tests send.
pub const PASSWORD: &str = "12345luggage";

/// A command as it is.
pub fn unchanged(command: &mut Command) -> &mut Command {
    command
}

/// The reason of a failure of the library, after the checks that hold for each.
pub fn failure(answer: &Value) -> String {
    let inner = &answer["cpanelresult"];
    assert_eq!((&inner["event"]["result"], &inner["data"][0]["result"]), (&json!(0), &json!(0)), "{answer}");
    let why = inner["error"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    assert!(!why.contains(TOKEN) && !why.contains(PASSWORD), "{why}");
    why
}

/// A server that does the same with each request.
pub fn always(name: &str, reply: Reply) -> Panel {
    Panel::start(name, move |_| reply.clone())
}

/// 200 and this text.
pub fn text(body: &str) -> Reply {
    Reply::Text(body.to_owned())
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The number of its connection, from 1.
    pub connection: usize,
    /// Method and target.
    pub line: String,
    /// Header fields by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The form, decoded.
    pub form: Vec<(String, String)>,
}

impl Seen {
    /// A field of the form; of several the last one.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// 200 and this text.
    Text(String),
    /// Status line without the version, more header lines, body.
    Http(&'static str, &'static str, String),
    /// These bytes, then the end of the connection.
    Raw(Vec<u8>),
    /// The end of the connection.
    Close,
    /// The reply after some time.
    Late(Duration, Box<Reply>),
    /// The reply, then the end of the connection without a word in its header.
    Last(Box<Reply>),
}

/// Which certificate it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// One for localhost and 127.0.0.1.
    Right,
    /// One that has ended.
    Expired,
    /// One of another host.
    OtherName,
}

type Rule = dyn Fn(&Seen) -> Reply + Send + Sync;

/// A running server.
pub struct Panel {
    /// Where it listens.
    pub port: u16,
    /// A folder with `ca.pem`, `cert.pem`, `key.pem` and `token`.
    pub dir: PathBuf,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<Mutex<usize>>,
    handshakes: Handshakes,
}

/// How each connection on which something came was secured, by its number.
type Handshakes = Arc<Mutex<BTreeMap<usize, HandshakeKind>>>;

impl Panel {
    /// Starts one that does with each request what `rule` says.
    pub fn start(name: &str, rule: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::showing(name, Shows::Right, rule)
    }

    /// The same with another certificate.
    pub fn showing(name: &str, shows: Shows, rule: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let dir = scratch(name);
        let config = Arc::new(certify(&dir, shows, name));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (seen, connections) = (Arc::default(), Arc::new(Mutex::new(0)));
        let handshakes = Handshakes::default();
        let panel = Self {
            port,
            dir,
            seen: Arc::clone(&seen),
            connections: Arc::clone(&connections),
            handshakes: Arc::clone(&handshakes),
        };
        private(&panel.dir.join("token"), TOKEN);
        let rule: Arc<Rule> = Arc::new(rule);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let number = {
                    let mut connections = connections.lock().unwrap();
                    *connections += 1;
                    *connections
                };
                let (config, seen, rule) = (Arc::clone(&config), Arc::clone(&seen), Arc::clone(&rule));
                let handshakes = Arc::clone(&handshakes);
                std::thread::spawn(move || serve(stream, number, &config, (&seen, &handshakes), &*rule));
            }
        });
        panel
    }

    /// Its URL for root's or an account's calls.
    pub fn url(&self, scheme: &str) -> String {
        let login = if scheme == "whm" { "root" } else { "bob" };
        format!("{scheme}://{login}@localhost:{}", self.port)
    }

    /// A command with this server and account bob, and no configuration from outside.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LIVEAPI_")) {
            command.env_remove(name);
        }
        command
            .env("LIVEAPI_URL", self.url("whm"))
            .env("LIVEAPI_USER", "bob")
            .env("LIVEAPI_TOKEN_FILE", self.dir.join("token"))
            .env("LIVEAPI_CA_FILE", self.dir.join("ca.pem"))
            .env("LIVEAPI_LIBRARY", super::common::library())
            .env("HOME", &self.dir);
        command
    }

    /// Runs cpapi2 for a change of a password, and reads its JSON.
    pub fn passwdpop(&self, prepare: impl FnOnce(&mut Command) -> &mut Command) -> Value {
        self.call(
            prepare,
            &["Email", "passwdpop", "domain=example.com", "email=user", "password=12345luggage"],
        )
    }

    /// Runs cpapi2, and reads its JSON.
    pub fn call(&self, prepare: impl FnOnce(&mut Command) -> &mut Command, words: &[&str]) -> Value {
        let mut command = self.command(program("cpapi2"));
        prepare(&mut command);
        common::json(&command.arg("--output=json").args(words).output().unwrap())
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How many connections were secured from the beginning, and how many with a ticket of an earlier one.
    pub fn handshakes(&self) -> (usize, usize) {
        let kinds = self.handshakes.lock().unwrap();
        let resumed = kinds.values().filter(|kind| **kind == HandshakeKind::Resumed).count();
        (kinds.len() - resumed, resumed)
    }

    /// The connections so far.
    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

impl Drop for Panel {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}

/// How many requests a server works on at the same time: now, and at most so far.
#[derive(Clone, Default)]
pub struct Gauge(Arc<Mutex<(usize, usize)>>);

impl Gauge {
    /// Works on a request for so long.
    pub fn work(&self, time: Duration) {
        {
            let mut counts = self.0.lock().unwrap();
            counts.0 += 1;
            counts.1 = counts.1.max(counts.0);
        }
        std::thread::sleep(time);
        self.0.lock().unwrap().0 -= 1;
    }

    /// The most so far.
    pub fn most(&self) -> usize {
        self.0.lock().unwrap().1
    }
}

/// An answer to passwdpop that says who asked for what.
pub fn echo(seen: &Seen) -> Reply {
    let field = |name: &str| seen.field(name).unwrap_or_default();
    let func = field("cpanel_jsonapi_func");
    let echo = format!("{}/{}", field("cpanel_jsonapi_user"), field("email"));
    Reply::Text(format!(
        r#"{{"cpanelresult":{{"apiversion":2,"func":"{func}","data":[{{"result":1,"reason":"","echo":"{echo}"}}],"event":{{"result":1}},"module":"Email"}}}}"#
    ))
}

/// A file that only its owner may read.
pub fn private(path: &std::path::Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn certify(dir: &std::path::Path, shows: Shows, name: &str) -> ServerConfig {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.distinguished_name.push(DnType::CommonName, format!("authority of {name}"));
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let names = match shows {
        Shows::OtherName => vec!["other.example".to_owned()],
        Shows::Right | Shows::Expired => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
    };
    let mut params = CertificateParams::new(names).unwrap();
    if shows == Shows::Expired {
        (params.not_before, params.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
    }
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    std::fs::write(dir.join("ca.pem"), authority.pem()).unwrap();
    std::fs::write(dir.join("cert.pem"), certificate.pem()).unwrap();
    // For another server that shows the same certificate.
    private(&dir.join("key.pem"), &key.serialize_pem());
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    builder.with_no_client_auth().with_single_cert(chain, key).unwrap()
}

type Secured = StreamOwned<ServerConnection, TcpStream>;

/// Requests of one connection, until somebody ends it.
fn serve(
    stream: TcpStream,
    connection: usize,
    config: &Arc<ServerConfig>,
    (seen, handshakes): (&Mutex<Vec<Seen>>, &Mutex<BTreeMap<usize, HandshakeKind>>),
    rule: &Rule,
) {
    stream.set_nodelay(true).unwrap();
    let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), stream);
    while let Some(request) = read(&mut stream, connection) {
        handshakes.lock().unwrap().insert(connection, stream.conn.handshake_kind().unwrap());
        seen.lock().unwrap().push(request.clone());
        if !answer(&mut stream, rule(&request)) {
            stream.conn.send_close_notify();
            let _ = stream.flush();
            let _ = stream.sock.shutdown(std::net::Shutdown::Both);
            return;
        }
    }
}

/// Whether the connection goes on.
fn answer(stream: &mut Secured, reply: Reply) -> bool {
    let head = "Server: cpsrvd/11.42.1.22\r\nConnection: Keep-Alive\r\nKeep-Alive: timeout=70, max=200\r\nContent-Type: text/plain; charset=\"utf-8\"\r\n";
    match reply {
        Reply::Text(body) => answer(stream, Reply::Http("200 OK", head, body)),
        Reply::Http(status, head, body) => {
            let text = format!("HTTP/1.1 {status}\r\n{head}Content-Length: {}\r\n\r\n{body}", body.len());
            stream.write_all(text.as_bytes()).is_ok() && stream.flush().is_ok()
        }
        Reply::Raw(bytes) => {
            let _ = stream.write_all(&bytes).and_then(|()| stream.flush());
            false
        }
        Reply::Close => false,
        Reply::Late(time, reply) => {
            std::thread::sleep(time);
            answer(stream, *reply)
        }
        Reply::Last(reply) => {
            answer(stream, *reply);
            // The answer shall be read before the end is seen.
            std::thread::sleep(Duration::from_millis(50));
            false
        }
    }
}

fn read(stream: &mut Secured, connection: usize) -> Option<Seen> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let line = lines.next()?.to_owned();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    let form = url::form_urlencoded::parse(&body).into_owned().collect();
    Some(Seen { connection, line, headers, form })
}
