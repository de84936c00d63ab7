//! Calls to a server behind a real nginx that ends TLS: good ones arrive, and what nginx makes of an upstream that
//! is away, slow, cut off or wrong about its length is told by number and sentence.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::common::entrance::build_c;
use crate::common::server::{Server, free_port, master, owner_names};
use crate::common::{Store, is_root};
use crate::panel::{DONE, PASSWORD, Panel, Reply, Seen, TOKEN};

/// A server of nginx: what stands in its `server` block, and its port.
struct Front {
    _nginx: Server,
    ports: Vec<u16>,
}

impl Front {
    /// Starts one nginx with a server for each block, with the panel's certificate.
    fn start(panel: &Panel, blocks: &[String]) -> Self {
        let dir = panel.dir.display();
        let ports: Vec<u16> = blocks.iter().map(|_| free_port()).collect();
        let servers: String = blocks
            .iter()
            .zip(&ports)
            .map(|(block, port)| {
                let listen =
                    if block.contains("listen") { "" } else { &format!("listen 127.0.0.1:{port} ssl;") };
                let block = block.replace("@PORT@", &port.to_string()).replace("@DIR@", &dir.to_string());
                format!("server {{ {listen} server_name localhost; {block} }}\n")
            })
            .collect();
        let (user, group) = owner_names();
        let user = if is_root() { format!("user {user} {group};") } else { String::new() };
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|name| format!("{name}_temp_path {dir}/{name};\n"))
            .collect();
        let text = format!(
            "{user} daemon off; pid {dir}/nginx.pid; worker_processes 1; events {{}}\n\
             http {{ access_log off; {temporary}\n\
             ssl_certificate {dir}/cert.pem; ssl_certificate_key {dir}/key.pem;\n\
             limit_req_zone $server_port zone=one:1m rate=1r/m;\n\
             proxy_read_timeout 1s;\n{servers} }}\n"
        );
        std::fs::write(panel.dir.join("nginx.conf"), text).unwrap();
        let mut command = master("nginx");
        command.arg("-p").arg(&panel.dir).arg("-e").arg(panel.dir.join("nginx.log"));
        command.arg("-c").arg(panel.dir.join("nginx.conf"));
        let answers = || ports.iter().all(|&port| TcpStream::connect(("127.0.0.1", port)).is_ok());
        let nginx = Server::start_until(&mut command, answers, &panel.dir.join("nginx.log")).unwrap();
        Self { _nginx: nginx, ports }
    }

    fn url(&self, number: usize) -> String {
        format!("whm://root@localhost:{}", self.ports[number])
    }
}

/// A server without TLS that reads each request and then does that.
fn upstream(answer: impl Fn(&mut TcpStream) -> std::io::Result<()> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = Vec::new();
            while !whole(&request) {
                let mut bytes = [0; 4096];
                match stream.read(&mut bytes) {
                    Ok(0) | Err(_) => break,
                    Ok(read) => request.extend_from_slice(&bytes[..read]),
                }
            }
            // nginx may have had enough before the end.
            let _ = answer(&mut stream);
        }
    });
    format!("location / {{ proxy_pass http://127.0.0.1:{port}; }}")
}

fn whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

/// An upstream that sends these bytes and closes.
fn sends(bytes: String) -> String {
    upstream(move |stream| stream.write_all(bytes.as_bytes()))
}

fn head(length: usize) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n")
}

/// Runs the C host: the number of the failure and its sentence.
fn code(panel: &Panel, program: &Path, url: &str, func: &str) -> (i32, String) {
    let output = panel
        .command(program)
        .args(["code", func])
        .env("LIVEAPI_URL", url)
        .env("LIVEAPI_TIMEOUT", "3")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (number, sentence) = text.split_once(' ').unwrap_or_else(|| panic!("{}: {text}", output.status));
    assert!(!text.contains(TOKEN), "{text}");
    (number.parse().unwrap(), sentence.trim().to_owned())
}

#[test]
fn what_goes_wrong_behind_a_proxy_is_told() {
    let panel = Panel::start("rngbad", |_| Reply::Text(DONE.to_owned()));
    let store = Store::empty("rngbadc");
    let program = build_c(&store, "tests/c/remote.c");
    let huge = "21 MiB and a bit";
    std::fs::write(panel.dir.join("huge"), vec![b' '; 22 * 1024 * 1024]).unwrap();
    let serve_huge = "root @DIR@; location / { error_page 405 =200 /huge; try_files /huge =404; }".to_owned();
    let drip = upstream(|stream| {
        stream.write_all(head(DONE.len()).as_bytes())?;
        DONE.bytes().try_for_each(|byte| {
            std::thread::sleep(Duration::from_millis(200));
            stream.write_all(&[byte])
        })
    });
    let chunk =
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{DONE}", DONE.len() + 9);
    let silent = || {
        upstream(|stream| {
            // Until nginx gives up.
            stream.read(&mut [0; 1]).map(drop)
        })
    };
    let away = || format!("location / {{ proxy_pass http://127.0.0.1:{}; }}", free_port());
    let unbuffered = |block: String| format!("proxy_buffering off; {block}");
    let login = "<html><form id=\"login_form\" action=\"/login/\"></form></html>".to_owned();
    let cases: Vec<(&str, String, &str, i32, &[&str])> = vec![
        ("nobody there", away(), "listpops", 64, &["HTTP 502", "“502 Bad Gateway”"]),
        ("nobody there", away(), "addpop", 64, &["HTTP 502", "Whether it was done is not known"]),
        ("silent", silent(), "listpops", 64, &["HTTP 504", "“504 Gateway Time-out”"]),
        ("silent", silent(), "addpop", 64, &["HTTP 504", "Whether it was done is not known"]),
        ("closes", upstream(|_| Ok(())), "addpop", 64, &["HTTP 502", "Whether it was done is not known"]),
        ("no HTTP", sends("SSH-2.0-OpenSSH_9.2\r\n".into()), "listpops", 64, &["not HTTP"]),
        ("cut", sends(head(500) + DONE), "listpops", 64, &["broke off", "repeated without harm"]),
        ("cut", sends(head(500) + DONE), "addpop", 65, &["broke off", "Whether it was done is not known"]),
        ("cut chunk", sends(chunk.clone()), "listpops", 64, &["broke off"]),
        ("cut chunk", unbuffered(sends(chunk)), "addpop", 65, &["broke off"]),
        ("too short a length", sends(head(40) + DONE), "listpops", 64, &["not whole JSON"]),
        ("no length", sends(format!("HTTP/1.0 200 OK\r\n\r\n{}", &DONE[..90])), "listpops", 64, &["not whole JSON"]),
        ("empty", sends(head(0)), "listpops", 64, &["empty"]),
        ("slow", unbuffered(drip), "listpops", 62, &["the rest of the answer did not come in time"]),
        (huge, serve_huge, "listpops", 64, &["20 MiB", "repeated without harm"]),
        ("no answer", "return 444;".into(), "listpops", 60, &["cut before an answer came"]),
        ("no answer", "return 444;".into(), "addpop", 65, &["Whether it was done is not known"]),
        ("too long a request", "client_max_body_size 5;".to_owned() + &silent(), "addpop", 64, &["HTTP 413"]),
        ("its own password", "auth_basic x; auth_basic_user_file @DIR@/none;".to_owned() + &silent(), "addpop", 63, &["HTTP 401", "not tried again"]),
        ("a certificate of ours", "ssl_verify_client on; ssl_client_certificate @DIR@/ca.pem;".into(), "listpops", 64, &["HTTP 400", "certificate was sent"]),
        ("too many", "location / { limit_req zone=one; add_header Retry-After 7 always; proxy_pass http://127.0.0.1:1; }".into(), "listpops", 64, &["HTTP 50"]),
        ("elsewhere", "return 301 https://other.example:2087/cpsess123/;".into(), "addpop", 64, &["redirects to https://other.example:2087 "]),
        ("a site", "location / { return 200 '<html><title>Welcome to nginx!</title></html>'; }".into(), "listpops", 64, &["“Welcome to nginx!”", "proxy"]),
        ("login page", sends(head(login.len()) + &login), "listpops", 63, &["login page"]),
        ("no TLS", "listen 127.0.0.1:@PORT@;".into(), "addpop", 61, &["does not speak TLS", "was not made"]),
    ];
    let blocks: Vec<String> = cases.iter().map(|case| case.1.clone()).collect();
    let front = Front::start(&panel, &blocks);
    for (number, (name, _, func, expected, words)) in cases.iter().enumerate() {
        let (got, why) = code(&panel, &program, &front.url(number), func);
        assert_eq!(got, *expected, "{name}, {func}: {why}");
        assert!(words.iter().all(|word| why.contains(word)), "{name}, {func}: {why}");
        assert!(!why.contains("cpsess"), "{name}: {why}");
        if *name == "too many" {
            let (_, why) = code(&panel, &program, &front.url(number), func);
            assert!(why.contains("too busy (HTTP 503), and wants to be asked again after 7"), "{why}");
        }
    }
    assert!(panel.seen().is_empty(), "none of them led to the good server");
}

/// Sends the address back that it was called with.
fn echo(seen: &Seen) -> Reply {
    let email = seen.field("email").unwrap_or_default();
    Reply::Text(
        DONE.replace("\"result\":1,\"reason\"", &format!("\"echo\":\"{email}\",\"result\":1,\"reason\"")),
    )
}

#[test]
fn good_calls_arrive_through_a_proxy() {
    let panel = Panel::start("rnggood", echo);
    let store = Store::empty("rnggoodc");
    let pass = format!("location / {{ proxy_pass https://127.0.0.1:{}; }}", panel.port);
    let with = |lines: &str| format!("{lines} {pass}");
    let front = Front::start(
        &panel,
        &[
            with(""),
            // Few calls a connection, none kept, an old protocol, a new one, slow lines, short pieces.
            with("keepalive_requests 3;"),
            with("keepalive_timeout 0;"),
            with("ssl_protocols TLSv1.2;"),
            with("listen 127.0.0.1:@PORT@ ssl http2;"),
            with("limit_rate 2000;"),
            with("proxy_buffering off; ssl_buffer_size 64;"),
            with("gzip on; gzip_types text/plain; gzip_min_length 1;"),
        ],
    );
    let program = build_c(&store, "tests/c/remote.c");
    let hosts: [Vec<PathBuf>; 3] = [
        vec![program],
        vec!["php".into(), crate::common::repository().join("tests/php/remote.php")],
        vec!["perl".into(), crate::common::repository().join("tests/perl/remote.pl")],
    ];
    for number in 0..front.ports.len() {
        for words in &hosts {
            let mut command: Command = panel.command(&words[0]);
            command.args(&words[1..]).args(["reuse", "10"]).env("LIVEAPI_URL", front.url(number));
            let output = command.output().unwrap();
            let printed = String::from_utf8_lossy(&output.stdout);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!(printed, "0 wrong, 1 threads\n", "{number}, {words:?}: {errors}");
        }
    }
    let seen = panel.seen();
    // The script of PHP calls twice as often as it is told.
    assert_eq!(seen.len(), front.ports.len() * (10 + 20 + 10), "nothing lost and nothing repeated");
    for seen in seen {
        assert_eq!(seen.headers["authorization"], format!("whm root:{TOKEN}"));
        assert_eq!((seen.field("password"), &*seen.line), (Some(PASSWORD), "POST /json-api/cpanel HTTP/1.0"));
    }
}
