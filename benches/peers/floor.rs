//! The floor: the bytes of the call written to a rustls connection that is kept open, and those of the answer read,
//! by nothing else. `floor`, or `floor threads NUMBER`, each with a connection of its own.

use std::io::{BufRead, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::common::nanoseconds;
use crate::setting;

/// Reads numbers of calls and answers the nanoseconds of one.
pub(crate) fn run() {
    let threads = std::env::args().nth(3).map_or(1, |number| number.parse().expect("a number"));
    // Connected by the first number, as the others are.
    let mut connections: Vec<Floor> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let calls: usize = line.expect("text").parse().expect("a number");
        let (took, ()) = nanoseconds(|| {
            connections.resize_with(threads, Floor::connect);
            let all = |floor: &mut Floor| (0..calls).for_each(|_| floor.call());
            match &mut connections[..] {
                [alone] => all(alone),
                many => std::thread::scope(|scope| {
                    many.iter_mut().for_each(|floor| drop(scope.spawn(move || all(floor))));
                }),
            }
        });
        println!("{}", took / (calls * threads) as f64);
    }
}

struct Floor {
    stream: StreamOwned<ClientConnection, TcpStream>,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Floor {
    fn connect() -> Self {
        let port: u16 = setting("BENCH_REMOTE_PORT").parse().expect("a port");
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_file(setting("LIVEAPI_CA_FILE")).expect("a certificate");
        roots.add(authority).expect("an authority");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = builder.expect("TLS").with_root_certificates(roots).with_no_client_auth();
        let name = ServerName::try_from("localhost").expect("a name");
        let socket = TcpStream::connect(("127.0.0.1", port)).expect("the server");
        socket.set_nodelay(true).expect("a socket");
        let tls = ClientConnection::new(Arc::new(config), name).expect("TLS");
        let form = "cpanel_jsonapi_user=bob&cpanel_jsonapi_module=Email&cpanel_jsonapi_func=passwdpop&cpanel_jsonapi_apiversion=2&domain=example.com&email=user&password=12345luggage";
        let request = format!(
            "POST /json-api/cpanel HTTP/1.1\r\nhost: localhost:{port}\r\nauthorization: whm root:{}\r\ncontent-type: application/x-www-form-urlencoded\r\nuser-agent: floor\r\naccept: */*\r\ncontent-length: {}\r\n\r\n{form}",
            setting("LIVEAPI_TOKEN"),
            form.len()
        );
        Self {
            stream: StreamOwned::new(tls, socket),
            request: request.into_bytes(),
            answer: vec![0; 16 * 1024],
        }
    }

    fn call(&mut self) {
        self.stream.write_all(&self.request).expect("a connection");
        let mut read = 0;
        while !whole(&self.answer[..read]) {
            match self.stream.read(&mut self.answer[read..]).expect("an answer") {
                0 => panic!("the server closed"),
                bytes => read += bytes,
            }
        }
        assert!(memchr::memmem::find(&self.answer[..read], b"\"result\":1").is_some());
    }
}

fn whole(answer: &[u8]) -> bool {
    let Some(end) = memchr::memmem::find(answer, b"\r\n\r\n") else { return false };
    let field = memchr::memmem::find(&answer[..end], b"Content-Length: ").expect("a length");
    let digits = answer[field + 16..].iter().take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
    answer.len() >= end + 4 + length
}
