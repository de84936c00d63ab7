//! One customer's load against another's wait: nobody is kept from a change of a password by what somebody else does.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::os::unix::fs::chown;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use crate::common::server::{Server, free_port};
use crate::common::{Store, must, program};
use crate::liveapid::{FIRST_PASSWORD, Liveapid, Ports, Reply};

/// What a list of mailboxes of this many takes in a build without optimisation: a second and more.
const LONG: usize = 60_000;

/// A daemon with two customers: bob, who is hostile, and alice.
struct Tenants {
    daemon: Arc<Liveapid>,
    bob: String,
    alice: String,
}

impl Tenants {
    fn start(name: &str, options: &[&str]) -> Self {
        let store = Store::with_account(name);
        store.add_mailbox("user", FIRST_PASSWORD);
        let made = store.whm("createacct", &["username=alice", "domain=alice.example"]);
        assert_eq!(made["metadata"]["result"], 1, "{made}");
        let mut command = store.command(program("cpapi2"));
        command.env("LIVEAPI_USER", "alice").args(["Email", "addpop", "domain=alice.example", "email=user"]);
        must(command.arg(format!("password={FIRST_PASSWORD}")));
        let daemon = Arc::new(Liveapid::on(store, options));
        let (bob, alice) = (daemon.token("cpanel:bob"), daemon.token("cpanel:alice"));
        Self { daemon, bob, alice }
    }

    /// Puts a file of that many mailboxes in the place of bob's, as only bob can.
    fn grow(&self, mailboxes: usize) {
        let passwd: PathBuf = self.daemon.store.file("passwd");
        let owner = self.daemon.store.owner();
        let new = passwd.with_extension("new");
        let lines: String = (0..mailboxes).map(|n| format!("u{n}:x:99:99::/h/u{n}:/x\n")).collect();
        std::fs::write(&new, lines).unwrap();
        chown(&new, Some(owner), None).unwrap();
        std::fs::rename(new, passwd).unwrap();
    }

    /// What an account gets, and how long it took.
    fn get(&self, user: &str, token: &str, path: &str) -> (Reply, Duration) {
        let begun = Instant::now();
        let port = self.daemon.ports.cpanel_plain;
        let reply = ask(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), user, token, path, 0);
        (reply.unwrap_or_else(|| panic!("no answer for {user}: {path}")), begun.elapsed())
    }

    /// Calls of bob, made at the same time until they are answered; each with a cookie of its own.
    fn flood(&self, calls: usize, path: &str) -> Vec<JoinHandle<Option<u16>>> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.daemon.ports.cpanel_plain));
        (0..calls)
            .map(|cookie| {
                let (token, path) = (self.bob.clone(), path.to_owned());
                std::thread::spawn(move || {
                    ask(address, "bob", &token, &path, cookie).map(|reply| reply.status)
                })
            })
            .collect()
    }

    /// How long alice waits for a change of a password.
    fn change(&self, number: usize) -> Duration {
        let path = format!(
            "/execute/Email/passwd_pop?email=user&domain=alice.example&password=New-Secret-{number}-Xy"
        );
        let (reply, took) = self.get("alice", &self.alice, &path);
        assert_eq!((reply.status, &reply.json()["status"]), (200, &1.into()), "{reply:?}");
        took
    }
}

/// The answer to a request on a connection of its own; nothing if the connection ended without one.
fn ask(address: SocketAddr, user: &str, token: &str, path: &str, cookie: usize) -> Option<Reply> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(180))).unwrap();
    let request =
        format!("GET {path} HTTP/1.0\r\nAuthorization: cpanel {user}:{token}\r\nCookie: x={cookie}\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    (!answer.is_empty()).then(|| Reply::of(&answer))
}

/// Memory of a process that is in use, in mebibytes.
fn resident(daemon: &Liveapid) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.server.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
}

#[test]
fn a_call_that_was_quick_holds_up_nobody_when_its_file_has_grown() {
    let tenants = Tenants::start("lv-grown", &[]);
    // What tells calls apart for whoever remembers how long they took.
    for _ in 0..3 {
        for call in tenants.flood(24, "/execute/Email/list_pops") {
            assert_eq!(call.join().unwrap(), Some(200));
        }
    }
    tenants.grow(LONG);
    let over = Arc::new(AtomicBool::new(false));
    let flood = tenants.flood(24, "/execute/Email/list_pops");
    let waiting = std::thread::spawn({
        let over = Arc::clone(&over);
        move || {
            let statuses: Vec<_> = flood.into_iter().map(|call| call.join().unwrap()).collect();
            over.store(true, Ordering::Release);
            statuses
        }
    });
    let (mut worst, mut asked) = (Duration::ZERO, 0);
    while !over.load(Ordering::Acquire) {
        worst = worst.max(tenants.get("alice", &tenants.alice, "/execute/Email/list_pops").1);
        worst = worst.max(tenants.change(asked));
        asked += 1;
    }
    assert!(waiting.join().unwrap().iter().all(|status| *status == Some(200)));
    assert!(asked > 5, "the load was over after {asked} calls");
    assert!(worst < Duration::from_secs(5), "alice waited {worst:?}");
}

#[test]
fn slow_calls_of_one_account_wait_for_each_other_and_not_others_for_them() {
    let tenants = Tenants::start("lv-turns", &[]);
    tenants.grow(LONG / 2);
    let begun = Instant::now();
    let flood = tenants.flood(100, "/execute/Email/list_pops?regex=zzzz");
    sleep(Duration::from_millis(500));
    let waits: Vec<_> = (0..5).map(|number| tenants.change(number)).collect();
    assert!(flood.iter().any(|call| !call.is_finished()), "the load was over too early");
    for call in flood {
        assert_eq!(call.join().unwrap(), Some(200));
    }
    let all = begun.elapsed();
    let worst = waits.iter().max().unwrap();
    assert!(*worst < Duration::from_secs(5), "alice waited {waits:?} of {all:?}");
}

#[test]
fn who_guesses_at_another_name_is_in_no_line_of_its() {
    let tenants = Tenants::start("lv-names", &["--calls-per-account=1"]);
    tenants.grow(LONG);
    // Its own calls, and none by a token that is not alice's.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, tenants.daemon.ports.cpanel_plain));
    let wrong: Vec<_> = (0..10)
        .map(|_| {
            let token = tenants.bob.clone();
            std::thread::spawn(move || ask(address, "alice", &token, "/execute/Email/list_pops?regex=a", 0))
        })
        .collect();
    let flood = tenants.flood(6, "/execute/Email/list_pops?regex=zzzz");
    assert!(tenants.change(1) < Duration::from_secs(5));
    for reply in wrong {
        assert!([401, 429].contains(&reply.join().unwrap().unwrap().status));
    }
    assert!(flood.into_iter().all(|call| call.join().unwrap() == Some(200)));
}

/// An unfinished request from an address of loopback.
fn unfinished(port: u16, from: Ipv4Addr, length: usize) -> TcpStream {
    let from = SocketAddr::new(IpAddr::V4(from), 0);
    let socket = rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::STREAM, None);
    let socket = socket.unwrap();
    rustix::net::bind(&socket, &from).unwrap();
    rustix::net::connect(&socket, &SocketAddr::from((Ipv4Addr::LOCALHOST, port))).unwrap();
    let mut stream = TcpStream::from(socket);
    stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!("POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", length + 1);
    // Whoever is refused may see its connection reset.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&vec![b'a'; length]));
    stream
}

#[test]
fn bodies_that_never_end_take_a_bounded_memory_and_keep_nobody_out() {
    let tenants = Tenants::start("lv-bodies", &["--request-memory=48", "--request-memory-per-address=16"]);
    let port = tenants.daemon.ports.cpanel_plain;
    let before = resident(&tenants.daemon);
    let mut held: Vec<_> =
        (0..40).map(|_| unfinished(port, Ipv4Addr::new(127, 1, 0, 1), 1_000_000)).collect();
    // Another address has room still.
    let mut other = unfinished(port, Ipv4Addr::new(127, 1, 0, 2), 1_000_000);
    other.write_all(b"a").unwrap();
    let mut answer = vec![0; 64];
    let read = other.read(&mut answer).unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 4"), "{:?}", String::from_utf8_lossy(&answer));
    held.extend((0..200).map(|n| unfinished(port, Ipv4Addr::new(127, 2, 0, 1 + n), 1_000_000)));
    sleep(Duration::from_millis(300));
    let taken = resident(&tenants.daemon).saturating_sub(before);
    assert!(taken < 48 + 40, "{taken} MiB are taken");
    assert!(tenants.change(1) < Duration::from_secs(10));
    // The one of them that is refused is told why.
    let told = held.iter_mut().rev().find_map(|stream| {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok().filter(|length| *length > 0).map(|_| Reply::of(&answer))
    });
    let told = told.expect("somebody was refused");
    assert_eq!((told.status, told.field("retry-after")), (503, Some("5")), "{told:?}");
    assert!(told.body.contains("Too many long requests"), "{told:?}");
    drop(held);
    let begun = Instant::now();
    loop {
        let mut stream = unfinished(port, Ipv4Addr::new(127, 1, 0, 3), 1_000_000);
        stream.write_all(b"a").unwrap();
        let mut answer = vec![0; 64];
        let read = stream.read(&mut answer).unwrap();
        if answer[..read].starts_with(b"HTTP/1.1 4") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "the memory is not given back");
    }
}

/// A daemon that listens on loopback's IPv6 address alone.
fn on_ipv6(store: Store) -> Liveapid {
    let port = free_port();
    let ports = Ports {
        whm: 0,
        cpanel: 0,
        webmail: 0,
        whm_plain: 0,
        cpanel_plain: port,
        webmail_plain: 0,
        monitor: 0,
    };
    let mut command = store.command(program("liveapid"));
    command.args(["--state".into(), store.dir.join("daemon")]);
    command.args(["--whm=off", "--cpanel=off", "--webmail=off", "--monitor=off"]);
    command.args([&format!("--cpanel-plain=[::1]:{port}"), "--connections-per-address=3"]);
    let answers = || TcpStream::connect((Ipv6Addr::LOCALHOST, port)).is_ok();
    let server = Server::start_until(&mut command, answers, &store.dir.join("liveapid.log")).unwrap();
    Liveapid { store, server, ports }
}

#[test]
fn ipv6_is_served_and_its_networks_have_limits() {
    let refused = TcpStream::connect((Ipv6Addr::LOCALHOST, 9)).unwrap_err();
    if refused.kind() != std::io::ErrorKind::ConnectionRefused {
        // The machine has no IPv6.
        return;
    }
    let daemon = on_ipv6(Store::with_account("lv-ipv6"));
    let token = daemon.token("cpanel:bob");
    let address = SocketAddr::from((Ipv6Addr::LOCALHOST, daemon.ports.cpanel_plain));
    let list = |token: &str| ask(address, "bob", token, "/execute/Email/list_pops", 0).unwrap();
    let reply = list(&token);
    assert_eq!((reply.status, &reply.json()["status"]), (200, &1.into()), "{reply:?}");
    let refused = list("WRONG");
    assert_eq!(refused.status, 401, "{refused:?}");
    assert!(daemon.log().contains("\"::1\""), "{}", daemon.log());
    let held: Vec<_> = (0..3).map(|_| TcpStream::connect(address).unwrap()).collect();
    sleep(Duration::from_millis(500));
    let full = list(&token);
    assert_eq!(full.status, 503, "{full:?}");
    drop(held);
}

#[test]
fn a_long_list_is_whole_and_takes_little_memory() {
    let tenants = Tenants::start("lv-long", &[]);
    tenants.grow(LONG);
    let before = resident(&tenants.daemon);
    let flood = tenants.flood(8, "/execute/Email/list_pops");
    let mut most = before;
    while flood.iter().any(|call| !call.is_finished()) {
        most = most.max(resident(&tenants.daemon));
        sleep(Duration::from_millis(20));
    }
    assert!(flood.into_iter().all(|call| call.join().unwrap() == Some(200)));
    // Four at a time, each with the addresses and one piece; as rows or text each takes more than that alone.
    assert!(most - before < 120, "{before} and then {most} MiB");
    let path = "/json-api/cpanel?cpanel_jsonapi_module=Email&cpanel_jsonapi_func=listpops";
    for path in ["/execute/Email/list_pops", path] {
        let (reply, _) = tenants.get("bob", &tenants.bob, path);
        assert_eq!(reply.field("content-length"), Some(reply.body.len().to_string().as_str()), "{path}");
        let answer = reply.json();
        let data = if path.starts_with("/exec") { &answer["data"] } else { &answer["cpanelresult"]["data"] };
        let rows = data.as_array().unwrap();
        // And the account's own.
        assert_eq!(rows.len(), LONG + 1);
        assert_eq!(rows[LONG - 1]["email"], format!("u{}@example.com", LONG - 1));
    }
    let (xml, _) = tenants.get("bob", &tenants.bob, &path.replace("json-api", "xml-api"));
    assert!(xml.body.contains("at most 20000"), "{}", &xml.body[..300.min(xml.body.len())]);
    let (page, _) = tenants.get(
        "bob",
        &tenants.bob,
        "/execute/Email/list_pops?api.sort=1&api.sort_column=email&api.sort_reverse=1&api.paginate=1&api.paginate_size=2&api.columns=1&api.columns_1=email",
    );
    assert_eq!(page.json()["data"][0], serde_json::json!({"email": "u9@example.com"}), "{page:?}");
}

#[test]
fn a_file_of_hostile_size_is_refused_by_its_name() {
    let tenants = Tenants::start("lv-lines", &[]);
    tenants.grow(100_001);
    for func in ["list_pops", "list_pops_with_disk", "count_pops"] {
        let (reply, _) = tenants.get("bob", &tenants.bob, &format!("/execute/Email/{func}"));
        let why = reply.json()["errors"][0].as_str().unwrap().to_owned();
        assert!(why.contains("/passwd is not used: it has more than 100000 lines"), "{func}: {why}");
    }
    assert!(tenants.change(1) < Duration::from_secs(10));
}

#[test]
fn who_does_not_take_its_answers_keeps_its_own_line_waiting() {
    let tenants = Tenants::start("lv-slowly", &[]);
    tenants.grow(LONG);
    let port = tenants.daemon.ports.cpanel_plain;
    let mut held: Vec<TcpStream> = (0..30)
        .map(|_| {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
            let token = &tenants.bob;
            let request =
                format!("GET /execute/Email/list_pops HTTP/1.1\r\nAuthorization: cpanel bob:{token}\r\n\r\n");
            stream.write_all(request.as_bytes()).unwrap();
            stream
        })
        .collect();
    let before = resident(&tenants.daemon);
    for number in 0..20 {
        assert!(tenants.change(number) < Duration::from_secs(10));
        sleep(Duration::from_millis(200));
    }
    let taken = resident(&tenants.daemon).saturating_sub(before);
    assert!(taken < 150, "{taken} MiB are taken");
    let mut first = [0; 900];
    held[0].set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let length = held[0].read(&mut first).unwrap();
    let first = String::from_utf8_lossy(&first[..length]);
    assert!(first.starts_with("HTTP/1.1 200"), "{first}");
}

/// Handshakes that are completed and never used, a thousand of them, from many connections at a time.
#[test]
fn completed_handshakes_by_the_thousand_keep_nobody_waiting() {
    let tenants = Tenants::start("lv-hands", &[]);
    let mut roots = rustls::RootCertStore::empty();
    for certificate in
        <rustls::pki_types::CertificateDer<'_> as rustls::pki_types::pem::PemObject>::pem_file_iter(
            tenants.daemon.authority(),
        )
        .unwrap()
    {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let config = Arc::new(config);
    let port = tenants.daemon.ports.cpanel;
    let before = resident(&tenants.daemon);
    let done = Arc::new(AtomicUsize::new(0));
    let flood: Vec<_> = (0..8)
        .map(|_| {
            let (config, done) = (Arc::clone(&config), Arc::clone(&done));
            std::thread::spawn(move || {
                let mut held = Vec::new();
                for _ in 0..130 {
                    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
                    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
                    let mut tls = rustls::ClientConnection::new(Arc::clone(&config), name).unwrap();
                    while tls.is_handshaking() {
                        tls.complete_io(&mut stream).unwrap();
                    }
                    done.fetch_add(1, Ordering::Relaxed);
                    held.push(stream);
                    // Most of what one address may have open.
                    if held.len() > 50 {
                        held.remove(0);
                    }
                }
                held
            })
        })
        .collect();
    let mut worst = Duration::ZERO;
    let mut number = 0;
    while flood.iter().any(|thread| !thread.is_finished()) {
        worst = worst.max(tenants.change(number));
        number += 1;
    }
    let held: Vec<_> = flood.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    assert!(done.load(Ordering::Relaxed) >= 1000 && held.len() >= 400);
    assert!(worst < Duration::from_secs(10), "alice waited {worst:?}");
    let taken = resident(&tenants.daemon).saturating_sub(before);
    assert!(taken < 120, "{taken} MiB are taken");
}
