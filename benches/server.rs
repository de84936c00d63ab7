//! What the daemon's measurements need beside `wrk`; started by benches/server.sh.
//!
//! - `server hash`: prints the nanoseconds that a password hash takes while every processor hashes.
//! - `server body PORT AUTHORITY PATH AUTHORIZATION`: prints the body of one answer.
//! - `server live SOCKET AUTHORITY PORT AUTHORIZATION`: rows of the LiveAPI socket: a call without I/O over the
//!   daemon's socket, in this process, and over HTTPS; and the same over one of 1,000 sockets that are open here.
//! - `server login PORT AUTHORITY USER PASSWORD`: prints the path and the cookie of a session.
//! - `server page PORT AUTHORITY PATH COOKIE`: prints the nanoseconds that a browser waits for a page if it was not
//!   here before, connection included; in the middle of twenty.
//! - `server idle COUNT AUTHORITY PORT PID...`: opens so many TLS connections, has one request answered on each, and
//!   prints how many bytes of memory the processes have then.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark reports to its terminal and stops at the first surprise"
)]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{nanoseconds, print_row, take_turns};
use liveapi_core::api::{Family, envelope};
use liveapi_core::engine::{Client, Options};
use liveapi_core::store::Password;
use liveapi_core::store::hash::new_hash;
use liveapi_programs::live::{ClientService, Limits, Socket, SocketOwner};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// How long the processors hash.
const HASHING: Duration = Duration::from_secs(2);

/// Open sockets, each with a connection.
const SOCKETS: usize = 1000;
/// How often each way of a call is timed, and how many calls each time.
const ROUNDS: usize = 41;
const CALLS: u32 = 200;
/// A call that reads nothing.
const MODULE: &str = "PasswdStrength";
const FUNCTION: &str = "get_required_strength";
/// How often a page is asked for.
const PAGES: usize = 20;

type Stream = StreamOwned<ClientConnection, TcpStream>;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["hash"] => println!("{:.0}", hash()),
        ["body", port, authority, path, authorization] => {
            let request = format!("GET {path} HTTP/1.1\r\nAuthorization: {authorization}\r\n\r\n");
            print!("{}", ask(&mut connect(port, &client(authority)), &request).1);
        }
        ["live", socket, authority, port, authorization] => live(socket, authority, port, authorization),
        ["login", port, authority, user, password] => {
            let form = format!("user={user}&pass={password}");
            let length = form.len();
            let request = format!("POST /login HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{form}");
            let (head, _) = ask(&mut connect(port, &client(authority)), &request);
            let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            println!("{}\t{}", field("Location: "), field("Set-Cookie: ").split(';').next().unwrap());
        }
        ["page", port, authority, path, cookie] => println!("{}", shown(port, authority, path, cookie)),
        ["idle", count, authority, port, ref processes @ ..] => {
            println!("{}", idle(count.parse().unwrap(), authority, port, processes));
        }
        _ => println!("nothing to measure; start it through benches/run.sh"),
    }
}

/// Nanoseconds for each hash, all processors together.
fn hash() -> f64 {
    let secret = Password::to_be_stored("Bench-Secret-15").unwrap();
    let begun = Instant::now();
    let threads = std::thread::available_parallelism().unwrap().get();
    let made: u32 = std::thread::scope(|scope| {
        let hashing = || {
            let mut made = 0;
            while begun.elapsed() < HASHING {
                new_hash(&secret).unwrap();
                made += 1;
            }
            made
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(hashing)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    begun.elapsed().as_secs_f64() * 1e9 / f64::from(made)
}

fn client(authority: &str) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}

fn connect(port: &str, client: &Arc<ClientConfig>) -> Stream {
    let connection = ClientConnection::new(Arc::clone(client), "localhost".try_into().unwrap()).unwrap();
    let stream = TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap();
    // Or the request would wait until the end of the handshake was acknowledged.
    stream.set_nodelay(true).unwrap();
    StreamOwned::new(connection, stream)
}

/// Nanoseconds from nothing to a whole page.
fn shown(port: &str, authority: &str, path: &str, cookie: &str) -> u128 {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nCookie: {cookie}\r\n\r\n");
    let client = client(authority);
    let mut took: Vec<u128> = (0..PAGES)
        .map(|_| {
            let begun = Instant::now();
            let (_, body) = ask(&mut connect(port, &client), &request);
            assert!(body.contains("<h1>API Shell</h1>"), "{body}");
            begun.elapsed().as_nanos()
        })
        .collect();
    took.sort_unstable();
    took[PAGES / 2]
}

/// Head and body of the answer.
fn ask(stream: &mut Stream, request: &str) -> (String, String) {
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).unwrap();
        assert!(length > 0, "the connection ended");
        answer.extend_from_slice(&piece[..length]);
        let text = std::str::from_utf8(&answer).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
        if body.len() == length.parse::<usize>().unwrap() {
            return (head.to_owned(), body.to_owned());
        }
    }
}

/// Bytes of memory while so many connections are open and wait.
fn idle(count: usize, authority: &str, port: &str, processes: &[&str]) -> u64 {
    let client = client(authority);
    let streams: Vec<Stream> = (0..count)
        .map(|_| {
            let mut stream = connect(port, &client);
            ask(&mut stream, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            stream
        })
        .collect();
    let memory = processes.iter().map(|process| resident(process)).sum();
    assert_eq!(streams.len(), count);
    memory
}

/// What a process holds of the machine's memory, in bytes.
fn resident(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// The LiveAPI socket against the other ways of the same call, and with many neighbours.
fn live(socket: &str, authority: &str, port: &str, authorization: &str) {
    let request = format!(
        "GET /execute/{MODULE}/{FUNCTION}?app=pop HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\n\r\n"
    );
    let mut page = page(Path::new(socket));
    let mut https = connect(port, &client(authority));
    let process = in_process();
    let to_socket = Options { url: Some(format!("unix://{socket}")), ..Options::default() };
    let over_socket = Client::new(to_socket).unwrap();
    let call = |client: &Client| {
        let result = client.call_json(Family::Uapi, MODULE, FUNCTION, r#"{"app":"pop"}"#);
        envelope::write(Family::Uapi, MODULE, FUNCTION, &result)
    };
    for client in [&process, &over_socket] {
        assert!(String::from_utf8(call(client)).unwrap().contains("\"status\":1"));
    }
    let [ours, inside, over_https, by_client] = take_turns(
        ROUNDS,
        [
            &mut || each(|| drop(trip(&mut page))),
            &mut || each(|| drop(std::hint::black_box(call(&process)))),
            &mut || each(|| drop(ask(&mut https, &request))),
            &mut || each(|| drop(std::hint::black_box(call(&over_socket)))),
        ],
    );
    print_row("live-process", ours, inside);
    print_row("live-https", ours, over_https);
    print_row("live-client", by_client, ours);
    many();
}

/// The store itself. The account is not in the environment, because a socket's client takes none.
fn in_process() -> Client {
    Client::new(Options { user: Some("bob".to_owned()), ..Options::default() }).unwrap()
}

/// Nanoseconds of one of many.
fn each(mut work: impl FnMut()) -> f64 {
    let (all, ()) = nanoseconds(|| (0..CALLS).for_each(|_| work()));
    all / f64::from(CALLS)
}

/// A page's connection after its handshake.
fn page(socket: &Path) -> UnixStream {
    let mut page = UnixStream::connect(socket).unwrap();
    page.write_all(b"23\n<cpaneljson enable=\"1\">").unwrap();
    assert!(end(&mut page).contains("json"));
    page
}

fn trip(page: &mut UnixStream) -> String {
    let request = format!(
        "<cpanelaction>{{\"reqtype\":\"exec\",\"module\":\"{MODULE}\",\"func\":\"{FUNCTION}\",\"apiversion\":\"uapi\",\"args\":{{\"app\":\"pop\"}}}}</cpanelaction>"
    );
    page.write_all(format!("{}\n{request}", request.len()).as_bytes()).unwrap();
    let answer = end(page);
    assert!(answer.contains("\"status\":1"), "{answer}");
    answer
}

/// One answer, to its end.
fn end(page: &mut UnixStream) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(b"</cpanelresult>\n") {
        let mut piece = [0; 4096];
        let length = page.read(&mut piece).unwrap();
        assert!(length > 0, "the connection ended");
        answer.extend_from_slice(&piece[..length]);
    }
    String::from_utf8(answer).unwrap()
}

/// Many sockets in one process, as a server of many pages has them.
fn many() {
    let place = std::env::temp_dir().join(format!("liveapi-sockets-{}", std::process::id()));
    fs::create_dir(&place).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let sockets: Vec<_> =
        (0..SOCKETS).map(|_| Arc::new(Socket::open(&place, SocketOwner::me()).unwrap())).collect();
    let own = std::process::id().to_string();
    let before = resident(&own);
    for socket in &sockets {
        let (socket, stopped) = (Arc::clone(socket), stopped.clone());
        let service = ClientService { client: in_process(), form: Default::default() };
        runtime.spawn(async move { socket.serve(Arc::new(service), Limits::default(), stopped).await });
    }
    let server = std::thread::spawn(move || {
        runtime.block_on(async { stopped.clone().wait_for(|stop| *stop).await.map(drop) }).unwrap();
        runtime.shutdown_timeout(Duration::from_secs(5));
    });
    let mut first = page(sockets[0].path());
    let [alone] = take_turns(ROUNDS, [&mut || each(|| drop(trip(&mut first)))]);
    let mut pages: Vec<_> = sockets[1..].iter().map(|socket| page(socket.path())).collect();
    for page in &mut pages {
        trip(page);
    }
    let memory = resident(&own) - before;
    let [crowded] = take_turns(ROUNDS, [&mut || each(|| drop(trip(&mut first)))]);
    print_row("live-1000", crowded, alone);
    // Beside what a bare connection costs the process that holds both ends: nothing.
    print_row("live-memory", memory as f64, SOCKETS as f64);
    drop((pages, first));
    stop.send(true).unwrap();
    server.join().unwrap();
    drop(sockets);
    fs::remove_dir(place).unwrap();
}
