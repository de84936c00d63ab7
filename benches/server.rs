//! What the daemon's measurements need beside `wrk`; started by benches/server.sh.
//!
//! - `server hash`: prints the nanoseconds that a password hash takes while every processor hashes.
//! - `server body PORT AUTHORITY PATH AUTHORIZATION`: prints the body of one answer.
//! - `server idle COUNT AUTHORITY PORT PID...`: opens so many TLS connections, has one request answered on each, and
//!   prints how many bytes of memory the processes have then.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark reports to its terminal and stops at the first surprise"
)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use liveapi::store::Password;
use liveapi::store::hash::new_hash;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// How long the processors hash.
const HASHING: Duration = Duration::from_secs(2);

type Stream = StreamOwned<ClientConnection, TcpStream>;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["hash"] => println!("{:.0}", hash()),
        ["body", port, authority, path, authorization] => {
            let request = format!("GET {path} HTTP/1.1\r\nAuthorization: {authorization}\r\n\r\n");
            print!("{}", ask(&mut connect(port, &client(authority)), &request));
        }
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

/// The body of the answer.
fn ask(stream: &mut Stream, request: &str) -> String {
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
            return body.to_owned();
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
