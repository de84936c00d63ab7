//! Panels that do not answer: each state in which one can go, what the failure says, and what is sent twice.

use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::common::{UNPRIVILEGED, is_root, program, scratch};
use crate::page::{DONE, HANDSHAKE, JSON_MODE, Page, Reply, SHUTDOWN, framed, text, whole};
use liveapi_core::api::{Answered, Error, ErrorKind, Family, Outcome};
use liveapi_core::engine::remote::RemoteOptions;
use liveapi_core::engine::{Client, Options};
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, connect, listen, socket_with,
};

/// One that may be repeated, and one that may not.
const TWICE: &str = "passwdpop";
const ONCE: &str = "addpop";
const PASSWORD: &str = "12345luggage";

fn client(url: String) -> Client {
    let remote = RemoteOptions { timeout: Some(1), connect_timeout: Some(1), ..RemoteOptions::default() };
    Client::new(Options { url: Some(url), remote, ..Options::default() }).unwrap()
}

fn call(client: &Client, func: &str) -> Result<Answered, Error> {
    let params = format!(r#"{{"email":"user@example.com","password":"{PASSWORD}"}}"#);
    match client.call_json(Family::Api2, "Email", func, &params)? {
        Outcome::Answered(answered) => Ok(answered),
        other => panic!("{other:?}"),
    }
}

/// The kind and the words of a failure, after the checks that hold for each.
fn failure(url: String, func: &str) -> (ErrorKind, String) {
    let since = Instant::now();
    let error = call(&client(url), func).unwrap_err();
    let why = error.to_string();
    assert!(why.contains("Email::") && why.contains("unix:///") && !why.contains(PASSWORD), "{why}");
    assert!(since.elapsed() < Duration::from_secs(8), "{why}: {:?}", since.elapsed());
    (error.kind(), why)
}

/// A panel that shakes hands and then does this.
fn then(name: &str, reply: Reply) -> Page {
    Page::start(name, move |_| reply.clone())
}

#[test]
fn no_panel_is_there() {
    let dir = scratch("sfnone");
    let url = |name: &str| format!("unix://{}", dir.join(name).display());
    std::fs::write(dir.join("plain"), "").unwrap();
    drop(UnixListener::bind(dir.join("ended")).unwrap());
    symlink(dir.join("nowhere"), dir.join("link")).unwrap();
    std::fs::create_dir(dir.join("folder")).unwrap();
    for (name, words) in [
        ("missing", ["No connection to the cPanel engine exists", "nothing at that path"]),
        ("link", ["No connection to the cPanel engine exists", "nothing at that path"]),
        ("plain/below", ["No connection to the cPanel engine exists", "nothing at that path"]),
        ("plain", ["No connection to the cPanel engine exists", "no socket"]),
        ("folder", ["No connection to the cPanel engine exists", "no socket"]),
        ("ended", ["problem connecting back to the cPanel engine", "the page that it was for has ended"]),
        (&"x".repeat(108), ["No connection to the cPanel engine exists", "more than 107 bytes"]),
    ] {
        let (kind, why) = failure(url(name), ONCE);
        assert_eq!(kind, ErrorKind::Unreachable, "{why}");
        assert!(words.iter().all(|word| why.contains(word)), "{why}");
        assert!(why.contains("was not made") && why.contains("correct the setting url"), "{why}");
    }
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_socket_of_somebody_else() {
    let page = then("sfperm", text(DONE));
    let mut command = page.command(program("cpapi2"));
    command.args(["--output=json", "Email", "listpops"]);
    // Root may connect to any socket, so there an ordinary user does it.
    std::fs::set_permissions(page.path(), std::fs::Permissions::from_mode(if is_root() { 0o600 } else { 0 }))
        .unwrap();
    if is_root() {
        let program = copied(&page.dir);
        let mut as_nobody = page.command("setpriv");
        as_nobody.args([&format!("--reuid={UNPRIVILEGED}"), "--regid=65534", "--clear-groups"]);
        as_nobody.arg(program).args(["--output=json", "Email", "listpops"]);
        command = as_nobody;
    }
    let why = crate::common::json(&command.output().unwrap())["cpanelresult"]["error"].to_string();
    assert!(why.contains("permission denied") && why.contains("this process runs as user"), "{why}");
    assert!(why.contains("unset CPANEL_CONNECT_SOCKET") && why.contains(".live.php"), "{why}");
}

/// The program where everybody can run it.
fn copied(dir: &Path) -> std::path::PathBuf {
    let copy = dir.join("cpapi2");
    std::fs::copy(program("cpapi2"), &copy).unwrap();
    copy
}

#[test]
fn nobody_accepts_the_connection() {
    let dir = scratch("sffull");
    let path = dir.join("full");
    let listener = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None).unwrap();
    bind(&listener, &SocketAddrUnix::new(&path).unwrap()).unwrap();
    listen(&listener, 1).unwrap();
    // Until its short queue is full.
    let waiting: Vec<_> = std::iter::from_fn(|| queued(&path)).collect();
    assert!((1..100).contains(&waiting.len()), "{}", waiting.len());
    let (kind, why) = failure(format!("unix://{}", path.display()), ONCE);
    assert_eq!(kind, ErrorKind::Timeout, "{why}");
    assert!(why.contains("takes no further connection (setting connect_timeout)"), "{why}");
    std::fs::remove_dir_all(dir).unwrap();
}

/// One more connection that nobody accepts, if it fits.
fn queued(path: &Path) -> Option<OwnedFd> {
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::NONBLOCK, None).unwrap();
    connect(&socket, &SocketAddrUnix::new(path).unwrap()).ok().map(|()| socket)
}

#[test]
fn panels_that_do_not_begin_to_talk() {
    for (number, reply, kind, words) in [
        (1, Reply::Close, ErrorKind::Unreachable, "closed it without a word"),
        (2, Reply::Silence, ErrorKind::Timeout, "did not begin to talk (setting connect_timeout)"),
        (3, Reply::Last(b"<cpanelres".to_vec()), ErrorKind::BadAnswer, "broke off before its end"),
        (4, whole([JSON_MODE, JSON_MODE].concat()), ErrorKind::BadAnswer, "more than was asked"),
        (5, Reply::Endless, ErrorKind::BadAnswer, "more than 20 MiB"),
    ] {
        let page = Page::strict(&format!("sftalk{number}"), 9, move |_| reply.clone());
        let (seen, why) = failure(page.url(), ONCE);
        assert!(why.contains(words) && why.contains("was not made"), "{why}");
        assert_eq!((seen, page.asked().len()), (kind, 0), "{why}: no call was sent");
    }
}

#[test]
fn panels_that_go_before_their_answer_is_whole() {
    let half = framed(DONE).as_bytes()[..60].to_vec();
    for (number, reply, kind, words, twice) in [
        (1, Reply::Close, ErrorKind::Unreachable, "closed the connection without an answer", true),
        (2, Reply::Last(half.clone()), ErrorKind::BadAnswer, "broke off before its end", false),
        (3, Reply::Silence, ErrorKind::Timeout, "no answer came in time (setting timeout)", false),
        (4, whole(half), ErrorKind::Timeout, "the rest of the answer did not come in time", false),
        (5, Reply::Endless, ErrorKind::BadAnswer, "longer than 20 MiB", false),
        (6, text(""), ErrorKind::BadAnswer, "the answer is empty", false),
        (7, text("{\"cpanelresult\":{\"data\":[}"), ErrorKind::BadAnswer, "not whole JSON", false),
        (8, text("hello"), ErrorKind::BadAnswer, "neither JSON nor XML", false),
        (9, text("<data><a></data>"), ErrorKind::BadAnswer, "neither JSON nor XML", false),
        (10, text("{\"other\":1}"), ErrorKind::BadAnswer, "not the shape", false),
        (11, whole("</cpanelresult>\n"), ErrorKind::BadAnswer, "no <cpanelresult>", false),
        (
            12,
            whole(b"<cpanelresult>{\"\xff\":1}</cpanelresult>\n".to_vec()),
            ErrorKind::BadAnswer,
            "not UTF-8",
            false,
        ),
    ] {
        for func in [TWICE, ONCE] {
            let page = then(&format!("sfhalf{number}{func}"), reply.clone());
            let (seen, why) = failure(page.url(), func);
            assert!(why.contains("was sent, but") && why.contains(words), "{number}: {why}");
            // What may have been done never looks like what was not.
            if func == ONCE {
                assert_eq!(seen, ErrorKind::OutcomeUnknown, "{number}: {why}");
                assert!(why.contains("look at what it should have changed"), "{why}");
            } else {
                assert_eq!(seen, kind, "{number}: {why}");
                assert!(why.contains("may be repeated without harm"), "{why}");
            }
            let sent = if func == TWICE && twice { 2 } else { 1 };
            assert_eq!(page.asked().len(), sent, "{number} {func}");
        }
    }
}

#[test]
fn a_harmless_call_that_got_lost_is_sent_once_more() {
    let first = AtomicUsize::new(0);
    let page = Page::start("sfonce", move |_| {
        if first.fetch_add(1, Ordering::Relaxed) == 0 { Reply::Close } else { text(DONE) }
    });
    assert_eq!(call(&client(page.url()), TWICE).unwrap().json(), DONE);
    assert_eq!((page.asked().len(), page.connections()), (2, 2));
    // A panel that takes no second connection: what the first one may have done is not forgotten.
    let page = Page::strict("sfonly", 1, |seen| match seen.frame.as_str() {
        HANDSHAKE => whole(JSON_MODE),
        _ => Reply::Close,
    });
    let (_, why) = failure(page.url(), TWICE);
    assert!(why.contains("without an answer, and it was not sent again"), "{why}");
}

#[test]
fn a_panel_that_closed_between_two_calls_fails_none() {
    let page = Page::start("sfidle", |_| Reply::Last(framed(DONE).into_bytes()));
    let client = client(page.url());
    for _ in 0..5 {
        assert_eq!(call(&client, ONCE).unwrap().json(), DONE);
        std::thread::sleep(Duration::from_millis(30));
    }
    assert_eq!((page.asked().len(), page.connections()), (5, 5));
}

#[test]
fn a_request_that_the_panel_does_not_read() {
    // It answers at once and goes, while the rest of 8 MiB is still on its way.
    let dir = scratch("sfbig");
    let path = dir.join("big");
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 26];
            stream.read_exact(&mut head).unwrap();
            stream.write_all(JSON_MODE.as_bytes()).unwrap();
            stream.read_exact(&mut head).unwrap();
            stream.write_all(framed(crate::page::UNKNOWN).as_bytes()).unwrap();
        }
    });
    let client = client(format!("unix://{}", path.display()));
    let params = format!(r#"{{"email":"{}"}}"#, "x".repeat(8 << 20));
    let error = client.call_json(Family::Api2, "Email", ONCE, &params).unwrap_err();
    assert!(error.to_string().contains("the panel says: “Unknown API request”"), "{error}");
    let params = format!(r#"{{"email":"{}"}}"#, "é".repeat(3 << 20));
    let error = client.call_json(Family::Api2, "Email", ONCE, &params).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadParams);
    assert!(error.to_string().contains("nothing was sent"), "{error}");
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn the_end_is_said_once_and_waits_for_nobody() {
    let page = Page::strict("sfend", 9, |seen| match seen.frame.as_str() {
        HANDSHAKE => whole(JSON_MODE),
        // It does not close.
        SHUTDOWN => Reply::Silence,
        _ => text(DONE),
    });
    let (first, second) = (client(page.url()), client(page.url()));
    for client in [&first, &second] {
        call(client, TWICE).unwrap();
    }
    drop(first);
    call(&second, TWICE).unwrap();
    assert_eq!(page.connections(), 1, "clients of a process share a connection");
    assert!(page.seen().iter().all(|seen| seen.frame != SHUTDOWN));
    let since = Instant::now();
    drop(second);
    assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
    assert_eq!(page.seen().iter().filter(|seen| seen.frame == SHUTDOWN).count(), 1);
    // After the last one's end the next client begins anew.
    call(&client(page.url()), TWICE).unwrap();
    assert_eq!(page.connections(), 2);
}

#[test]
fn threads_get_their_own_answers() {
    let page = Page::start("sfthr", |seen| {
        text(DONE.replace("\"reason\":\"\"", &format!("\"reason\":{}", seen.json()["args"]["email"])))
    });
    let client = client(page.url());
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let client = &client;
            scope.spawn(move || {
                for number in 0..100 {
                    let email = format!("t{thread}n{number}");
                    let params = format!(r#"{{"email":"{email}"}}"#);
                    let outcome = client.call_json(Family::Api2, "Email", ONCE, &params).unwrap();
                    let Outcome::Answered(answered) = outcome else { panic!("{outcome:?}") };
                    assert!(
                        answered.json().contains(&format!("\"reason\":\"{email}\"")),
                        "{}",
                        answered.json()
                    );
                }
            });
        }
    });
    assert_eq!((page.connections(), page.asked().len()), (1, 800));
}
