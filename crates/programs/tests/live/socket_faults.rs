//! What goes wrong at the LiveAPI socket: each time words for who did it, and nothing for anybody else.

use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::common::{exists, is_root, program};
use crate::live_page::{END, HEAD, Page, assert_password, assert_serves, payload, socket, start, wait_for};
use crate::liveapid::{FIRST_PASSWORD, Liveapid};
use serde_json::json;

/// The last words of a connection, which then ends.
fn last_words(page: &mut Page) -> String {
    let said = page.rest();
    assert!(said.starts_with(HEAD) && said.ends_with(END) && said.matches(HEAD).count() == 1, "{said:?}");
    said
}

#[test]
fn nonsense_lengths_are_refused_in_words() {
    let daemon = start("so-len", &[]);
    for sent in [
        "x",
        "-1\nabc",
        "12345678901",
        "1e3\n",
        "<cpanel print=\"x\">",
        "GET / HTTP/1.1\r\nHost: s3cret\r\n\r\n",
    ] {
        let mut page = Page::open(&daemon);
        page.0.write_all(sent.as_bytes()).unwrap();
        let said = last_words(&mut page);
        assert!(
            said.contains("does not begin with its length") && !said.contains("s3cret"),
            "{sent:?}: {said}"
        );
    }
    let mut page = Page::with_json(&daemon);
    // The whole of it is sent before the answer is read, as a client does that believes in it.
    page.0.write_all(format!("16777217\n{}", "x".repeat(1 << 20)).as_bytes()).unwrap();
    let said = page.rest();
    assert!(payload(&said)["error"].as_str().unwrap().contains("at most 16777216"), "{said}");
    let mut page = Page::with_json(&daemon);
    let longest = format!("<cpanelaction>{{\"x\":\"{}\"}}</cpanelaction>", "y".repeat(16_000_000));
    let answer = payload(&page.ask(&longest));
    assert!(answer["error"].as_str().is_some_and(|why| !why.is_empty()), "{answer}");
    assert_serves(&daemon);
}

#[test]
fn requests_that_never_end_take_an_accounts_share_of_memory() {
    // An account has a quarter.
    let daemon = start("so-share", &["--socket-memory=64"]);
    let mebibytes = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.server.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    };
    let before = mebibytes();
    let begun = format!("<cpanelaction>{{\"x\":\"{}", "y".repeat(3_000_000));
    let mut pages: Vec<_> = (0..40)
        .map(|_| {
            let mut page = Page::with_json(&daemon);
            // Whoever is refused may see its connection closed.
            let _ = page.0.write_all(format!("16000000\n{begun}").as_bytes());
            page
        })
        .collect();
    let taken = mebibytes().saturating_sub(before);
    assert!(taken < 16 + 30, "{taken} MiB are taken");
    assert_serves(&daemon);
    let said = last_words(pages.last_mut().unwrap());
    assert!(said.contains("Too many long requests of this account"), "{said}");
    drop(pages);
    let longest = format!("<cpanelaction>{{\"x\":\"{}\"}}</cpanelaction>", "y".repeat(3_000_000));
    let begun = Instant::now();
    while !payload(&Page::with_json(&daemon).ask(&longest))["error"].to_string().contains("Unknown") {
        assert!(begun.elapsed() < Duration::from_secs(20), "the memory is not given back");
    }
}

#[test]
fn what_is_announced_takes_no_memory() {
    let daemon = start("so-mem", &[]);
    let kilobytes = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.server.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    let before = kilobytes();
    let pages: Vec<_> = (0..60)
        .map(|_| {
            let mut page = Page::open(&daemon);
            page.0.write_all(b"16777216\n<cpanelaction>{").unwrap();
            page
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    assert!(kilobytes() < before + 20_000, "{} kB, then {} kB", before, kilobytes());
    drop(pages);
}

#[test]
fn half_a_request_is_given_up_and_waiting_between_two_is_not() {
    let daemon = start("so-half", &["--request-seconds=1"]);
    let mut idle = Page::with_json(&daemon);
    for sent in ["2", "23\n<cpaneljson", "20\n<cpanelaction>{\"é", "<cpanelxml"] {
        let mut page = Page::open(&daemon);
        page.0.write_all(sent.as_bytes()).unwrap();
        assert_serves(&daemon);
        let said = last_words(&mut page);
        assert!(said.contains("did not arrive within 1 seconds"), "{sent:?}: {said}");
    }
    assert!(idle.ask("<cpanel print=\"$user\">").contains("bob"));
}

#[test]
fn hostile_neighbours_hold_up_nobody() {
    let daemon = start("so-bad", &[]);
    let made = daemon.store.whm("createacct", &["username=eve", "domain=example.org"]);
    assert_eq!(made["metadata"]["result"], 1, "{made}");
    wait_for(&socket(&daemon, "eve"));
    let eve = || {
        let stream = UnixStream::connect(socket(&daemon, "eve")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    };
    // All places of her socket: half a request each; or many, whose answers are never read.
    let mut held: Vec<_> = (0..64).map(|_| eve()).collect();
    let print = "<cpanel print=\"$user\">";
    let flood = format!("{}\n{print}", print.len()).repeat(4000);
    for (number, stream) in held.iter_mut().enumerate() {
        let sent = if number % 2 == 0 { b"999\n<".as_slice() } else { flood.as_bytes() };
        stream.set_nonblocking(true).unwrap();
        let _ = stream.write(sent);
    }
    std::thread::sleep(Duration::from_millis(200));
    let mut turned_away = String::new();
    eve().read_to_string(&mut turned_away).unwrap();
    assert!(turned_away.contains("too many LiveAPI connections"), "{turned_away}");
    for _ in 0..20 {
        assert_serves(&daemon);
    }
    let changed = Page::with_json(&daemon).action(&json!({"module":"Email","func":"passwdpop","apiversion":"2","args":{"email":"user@example.com","password":"Beside-Eve-33"}}));
    assert_eq!(changed["cpanelresult"]["data"][0]["result"], 1, "{changed}");
    // Her socket acts for her alone.
    drop(held);
    let mut page = Page(eve());
    let foreign = page.ask("<cpanelaction>{\"module\":\"Email\",\"func\":\"passwdpop\",\"apiversion\":\"2\",\"user\":\"bob\",\"args\":{\"email\":\"user@example.com\",\"password\":\"Eve-Was-Here-1\"}}</cpanelaction>");
    assert!(foreign.contains("<result>0</result>"), "{foreign}");
    assert_password(&daemon, "Beside-Eve-33");
}

#[test]
fn only_the_account_can_open_its_socket() {
    let daemon = start("so-own", &[]);
    let path = socket(&daemon, "bob");
    let owner = daemon.store.owner();
    for (path, mode) in [(path.parent().unwrap(), 0o700), (&path, 0o600)] {
        let found = std::fs::symlink_metadata(path).unwrap();
        assert_eq!((found.mode() & 0o7777, found.uid()), (mode, owner), "{}", path.display());
    }
    if !is_root() {
        // Nobody else's ids can be had; the modes keep all others out.
        return;
    }
    let connects = |uid: u32| {
        let script = "use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die \"no: $!\"; print $s \"23\\n<cpaneljson enable=\\\"1\\\">\"; shutdown($s, 1); print <$s>;";
        let mut command = Command::new("setpriv");
        command.args([
            &format!("--reuid={uid}"),
            &format!("--regid={uid}"),
            "--clear-groups",
            "perl",
            "-e",
            script,
        ]);
        let output = command.arg(&path).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    let other = if owner == 65533 { 65532 } else { 65533 };
    assert!(connects(other).contains("Permission denied"), "{}", connects(other));
    assert!(connects(owner).contains("{\"data\":{\"result\":\"json\"}}"), "{}", connects(owner));
    // Were the modes wrong, the system still tells who it is.
    for path in [path.parent().unwrap(), &path] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
    }
    let said = connects(other);
    assert!(said.contains("belongs to another account") && !said.contains("\"json\""), "{said}");
}

#[test]
fn sockets_come_and_go_with_their_accounts() {
    let daemon = start("so-come", &[]);
    let made = daemon.store.whm("createacct", &["username=carol", "domain=example.net"]);
    assert_eq!(made["metadata"]["result"], 1, "{made}");
    let path = socket(&daemon, "carol");
    wait_for(&path);
    let mut page = Page(UnixStream::connect(&path).unwrap());
    assert!(page.ask("<cpanel print=\"$user\">").contains("carol"));
    assert_eq!(daemon.store.whm("suspendacct", &["user=carol"])["metadata"]["result"], 1);
    // The daemon's own functions too, which ask no store.
    for (module, func) in [("Email", "list_pops"), ("Tokens", "list")] {
        let refused = page.ask(&format!(
            "<cpanelaction>{{\"module\":\"{module}\",\"func\":\"{func}\",\"apiversion\":\"uapi\"}}</cpanelaction>"
        ));
        assert!(refused.contains("suspended") && refused.contains("<status>0</status>"), "{refused}");
    }
    assert_eq!(daemon.store.whm("removeacct", &["username=carol"])["metadata"]["result"], 1);
    let start = Instant::now();
    while exists(path.parent().unwrap()) {
        assert!(start.elapsed() < Duration::from_secs(20), "{} is still there", path.display());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_serves(&daemon);
}

#[test]
fn a_connection_of_a_removed_account_does_nothing_for_the_next_one() {
    let daemon = start("so-again", &[]);
    let mut page = Page::with_json(&daemon);
    let list =
        "<cpanelaction>{\"module\":\"Email\",\"func\":\"list_pops\",\"apiversion\":\"uapi\"}</cpanelaction>";
    assert_eq!(payload(&page.ask(list))["result"]["status"], 1);
    assert_eq!(daemon.store.whm("removeacct", &["username=bob"])["metadata"]["result"], 1);
    let made = daemon.store.whm("createacct", &["username=bob", "domain=example.com"]);
    assert_eq!(made["metadata"]["result"], 1, "{made}");
    daemon.store.add_mailbox("boss", "Boss-Secret-55");
    // Until it is closed, it is told so.
    let begun = Instant::now();
    while page.0.write_all(format!("{}\n{list}", list.len()).as_bytes()).is_ok() {
        let mut bytes = [0; 4096];
        let Ok(length @ 1..) = page.0.read(&mut bytes) else { break };
        let said = String::from_utf8_lossy(&bytes[..length]).into_owned();
        assert!(said.contains("was removed") && !said.contains("boss"), "{said}");
        assert!(begun.elapsed() < Duration::from_secs(20), "it stays open");
        std::thread::sleep(Duration::from_millis(100));
    }
    // The new account has a socket of its own.
    wait_for(&socket(&daemon, "bob"));
    let mut page = Page::with_json(&daemon);
    assert!(page.ask(list).contains("boss@example.com"));
}

#[test]
fn a_folder_is_one_daemons_and_what_a_killed_one_left_is_cleared() {
    let daemon = start("so-two", &[]);
    let folder = daemon.store.dir.join("live");
    let mut second = daemon.store.command("timeout");
    second.arg("20").arg(program("liveapid"));
    second
        .args(["--whm=off", "--webmail=off", "--monitor=off", "--cpanel=off"])
        .arg("--live-sockets")
        .arg(&folder);
    second.arg(format!("--cpanel-plain=127.0.0.1:{}", crate::common::server::free_port()));
    second.arg("--state").arg(daemon.store.dir.join("second"));
    let output = second.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("another daemon"), "{said}");
    assert_serves(&daemon);
    let pid = rustix::process::Pid::from_raw(daemon.server.id() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let Liveapid { store, server, .. } = daemon;
    drop(server);
    assert!(exists(&folder.join("bob/liveapi.sock")));
    let again = Liveapid::on(store, &[&format!("--live-sockets={}", folder.display())]);
    wait_for(&socket(&again, "bob"));
    assert_serves(&again);
}

#[test]
fn what_has_begun_is_answered_when_the_daemon_ends() {
    let daemon = start("so-stop", &[]);
    let mut idle = Page::with_json(&daemon);
    let mut page = Page::with_json(&daemon);
    let request = "<cpanelaction>{\"module\":\"Email\",\"func\":\"passwdpop\",\"apiversion\":\"2\",\"args\":{\"email\":\"user@example.com\",\"password\":\"At-The-End-44\"}}</cpanelaction>";
    // The daemon is told to end in the middle of it.
    page.0.write_all(&format!("{}\n{request}", request.len()).as_bytes()[..40]).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let pid = rustix::process::Pid::from_raw(daemon.server.id() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(idle.rest(), "");
    page.0.write_all(&format!("{}\n{request}", request.len()).as_bytes()[40..]).unwrap();
    assert_eq!(payload(&page.answer())["cpanelresult"]["data"][0]["result"], 1);
    assert_password(&daemon, "At-The-End-44");
    assert_eq!(page.rest(), "");
    assert_ne!(FIRST_PASSWORD, "At-The-End-44");
}
