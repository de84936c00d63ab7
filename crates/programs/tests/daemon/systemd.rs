//! The daemon as systemd runs it: it says when it is ready, takes ports that are open already, and needs no more
//! rights than its unit leaves it.

use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::Duration;

use crate::common::server::{Server, connect, free_port};
use crate::common::{Store, is_root, must, program, repository};
use crate::liveapid::{ACCOUNT_PASSWORD, FIRST_PASSWORD, Liveapid, Reply};
use rustix::process::Signal;

/// How much systemd-analyze may find open, in tenths of 10: "OK" ends at 5. Root without the change of ids
/// and owners would be less, and useless here.
const EXPOSURE: &str = "30";

fn unit() -> String {
    std::fs::read_to_string(repository().join("share/systemd/liveapid.service")).unwrap()
}

/// The words of a line of the unit.
fn words(key: &str) -> Vec<String> {
    let unit = unit();
    let line = unit.lines().find_map(|line| line.strip_prefix(&format!("{key}="))).expect("the line");
    line.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn it_says_when_it_is_ready_reads_again_and_ends() {
    let store = Store::with_account("ls-notify");
    let path = store.dir.join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let said = || {
        let mut bytes = [0; 4096];
        let length = socket.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..length].to_vec()).unwrap()
    };
    let port = free_port();
    let mut command = store.command(program("liveapid"));
    command.arg("--state").arg(store.dir.join("daemon")).env("NOTIFY_SOCKET", &path);
    command.args(["--whm=off", "--webmail=off", "--monitor=off", &format!("--cpanel=127.0.0.1:{port}")]);
    let log = store.dir.join("liveapid.log");
    let server = Server::start_until(&mut command, || log.with_extension("out").exists(), &log).unwrap();
    assert_eq!(said().trim_end(), "READY=1");
    // Ready means: whoever connects now is heard.
    drop(connect(port));
    server.signal(Signal::HUP);
    let reloading = said();
    assert!(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{reloading}");
    assert_eq!(said().trim_end(), "READY=1");
    server.signal(Signal::TERM);
    assert_eq!(said().trim_end(), "STOPPING=1");
}

#[test]
fn ports_that_systemd_opened_are_known_by_their_names() {
    let daemon = Liveapid::start("ls-socket");
    let (cpanel, webmail) = (free_port(), free_port());
    let activate = |names: &str| {
        let mut command = Command::new("systemd-socket-activate");
        for port in [cpanel, webmail] {
            command.arg(format!("--listen=127.0.0.1:{port}"));
        }
        command.arg(format!("--fdname={names}"));
        let daemons = daemon.store.command(program("liveapid"));
        for (name, value) in daemons.get_envs() {
            if let Some(value) = value {
                command.arg(format!("--setenv={}={}", name.display(), value.display()));
            }
        }
        // Whoever connects first makes the daemon start; asking whether the port is open would.
        let log = daemon.store.dir.join("activated.log");
        command.arg("--").arg(program("liveapid")).arg("--monitor=off");
        command.arg("--state").arg(daemon.store.dir.join("daemon"));
        let listens = || {
            std::fs::read_to_string(log.with_extension("out"))
                .is_ok_and(|said| said.contains(&format!(":{webmail}")))
        };
        let server = Server::start_until(&mut command, listens, &log).unwrap();
        (server, log.with_extension("out"))
    };
    let (server, _) = activate("cpanel:webmail");
    let call = |port, user: &str| daemon.curl(port, "/execute/Email/list_pops", &["--user", user]);
    let bob = format!("bob:{ACCOUNT_PASSWORD}");
    let user = format!("user@example.com:{FIRST_PASSWORD}");
    assert_eq!(call(cpanel, &bob).json()["status"], 1);
    // Webmail's port is for mailboxes, which may not list others; cPanel's is for accounts.
    assert_eq!(call(webmail, &user).status, 403);
    assert_eq!(call(webmail, &bob).status, 401);
    drop(server);
    let (_server, log) = activate("cpanel:postoffice");
    drop(connect(cpanel));
    let mut said = String::new();
    for _ in 0..100 {
        said = std::fs::read_to_string(&log).unwrap();
        if said.contains("postoffice") && said.contains("must be one of") {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(said.contains("FileDescriptorName= must be one of whm, cpanel, webmail"), "{said}");
}

#[test]
fn the_socket_units_open_the_usual_ports_under_names_that_the_daemon_knows() {
    for (name, port) in [("whm", 2087), ("cpanel", 2083), ("webmail", 2096)] {
        let path = repository().join(format!("share/systemd/liveapid-{name}.socket"));
        let text = std::fs::read_to_string(path).unwrap();
        for line in [
            format!("ListenStream={port}"),
            format!("FileDescriptorName={name}"),
            "Service=liveapid.service".into(),
        ] {
            assert!(text.lines().any(|known| known == line), "{name} lacks {line}");
        }
    }
}

#[test]
fn systemd_finds_little_open() {
    let dir = crate::common::scratch("ls-unit");
    let path = dir.join("liveapid.service");
    let unit = unit().replace("@PREFIX@/bin/liveapid", program("liveapid").to_str().unwrap());
    std::fs::write(&path, unit).unwrap();
    let analyze = |words: &[&str]| must(Command::new("systemd-analyze").args(words).arg(&path));
    let verified = analyze(&["verify"]);
    assert!(verified.stderr.is_empty(), "{}", String::from_utf8_lossy(&verified.stderr));
    analyze(&["security", "--offline=yes", &format!("--threshold={EXPOSURE}")]);
    std::fs::remove_dir_all(dir).unwrap();
}

/// What an administrator's day holds, over the daemon; the name of the first call that is not done.
fn day(daemon: &Liveapid, token: &str) -> Result<(), String> {
    let authorization = format!("Authorization: whm root:{token}");
    let call = |path: &str| {
        let Reply { body, .. } =
            daemon.curl(daemon.ports.whm, &format!("/json-api/{path}"), &["--header", &authorization]);
        if body.contains("\"result\":1") && !body.contains("\"error\"") {
            Ok(())
        } else {
            Err(format!("{path}: {body}"))
        }
    };
    let email = |func: &str, rest: &str| {
        call(&format!(
            "cpanel?cpanel_jsonapi_user=eve&cpanel_jsonapi_apiversion=2&cpanel_jsonapi_module=Email&cpanel_jsonapi_func={func}&domain=example.org&{rest}"
        ))
    };
    call("createacct?api.version=1&username=eve&domain=example.org&password=Eve-Secret-77")?;
    // A page of the account's user that never ends: it must be possible to end it.
    let page =
        daemon.curl(daemon.ports.cpanel, "/frontend/theme/forever.cgi", &["--user", "eve:Eve-Secret-77"]);
    if page.status != 504 {
        return Err(format!("the page: {page:?}"));
    }
    email("addpop", "email=user&password=Some-Password-1")?;
    email("passwdpop", "email=user&password=Other-Password-2")?;
    email("addforward", "email=user&fwdopt=fwd&fwdemail=x@example.net")?;
    email("editquota", "email=user&quota=10")?;
    email("delpop", "email=user")?;
    call("suspendacct?api.version=1&user=eve")?;
    call("unsuspendacct?api.version=1&user=eve")?;
    call("removeacct?api.version=1&username=eve")
}

/// The capabilities of the unit for setpriv, without one of them.
fn capabilities(without: &str) -> String {
    let kept = words("CapabilityBoundingSet").into_iter().filter(|name| name != without);
    kept.fold("-all".to_owned(), |list, name| list + ",+" + &name.to_lowercase()["cap_".len()..])
}

/// A daemon that is started by those words, with a token of root's.
fn started(name: &str, words: &[&str]) -> (Liveapid, String) {
    let store = Store::empty(name);
    let page = store.dir.join("pages/theme/forever.cgi");
    std::fs::create_dir_all(page.parent().unwrap()).unwrap();
    std::fs::write(&page, "#!/bin/sh\nexec sleep 20\n").unwrap();
    must(Command::new("chmod").arg("-R").arg("go-w,a+rX").arg(store.dir.join("pages")));
    must(Command::new("chmod").arg("755").arg(page));
    let pages = format!("--pages={}", store.dir.join("pages").display());
    let daemon = Liveapid::under(store, words, &[&pages, "--page-seconds=1"]);
    let token = daemon.token("root");
    (daemon, token)
}

/// Without systemd as the first process nobody applies the unit; setpriv takes the same rights away.
#[test]
fn the_units_capabilities_are_enough_and_none_is_too_many() {
    let run = |name: &str, without: &str| {
        let bounding = format!("--bounding-set={}", capabilities(without));
        let as_root = ["setpriv", &bounding, "--inh-caps=-all", "--no-new-privs", "--"];
        let words = if is_root() { &as_root[..] } else { &["setpriv", "--no-new-privs", "--"] };
        let (daemon, token) = started(name, words);
        day(&daemon, &token)
    };
    run("ls-caps", "").unwrap();
    // Of an ordinary user's rights there is none to take away.
    for (number, without) in words("CapabilityBoundingSet").iter().enumerate().filter(|_| is_root()) {
        run(&format!("ls-caps{number}"), without).expect_err(without);
    }
}

/// The system calls that the daemon makes, by strace, are in the sets that the unit names.
#[test]
fn the_units_filter_lets_through_what_it_calls() {
    let dir = crate::common::scratch("ls-calls");
    let log = dir.join("log");
    let tracer = ["strace", "-D", "-f", "-qq", "-o", log.to_str().unwrap()];
    let (daemon, token) = started("ls-trace", &tracer);
    day(&daemon, &token).unwrap();
    drop(daemon);
    let sets = String::from_utf8(must(Command::new("systemd-analyze").arg("syscall-filter")).stdout).unwrap();
    let mut allowed = Vec::new();
    for name in words("SystemCallFilter") {
        let start = allowed.len();
        allow(&sets, &name, &mut allowed);
        assert!(allowed.len() > start, "systemd knows no {name}");
    }
    let text = std::fs::read_to_string(&log).unwrap();
    let mut seen = 0;
    for line in text.lines() {
        // "1234  openat(AT_FDCWD, ...", "1234  <... openat resumed>", "1234  +++ exited", "1234  --- SIGTERM"
        let Some((_, call)) = line.split_once(' ') else { continue };
        let Some((name, _)) = call.trim_start().split_once('(') else { continue };
        if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            assert!(allowed.iter().any(|known| known == name), "{line}");
            seen += 1;
        }
    }
    assert!(seen > 500 && text.contains(" accept4("), "{seen}");
    std::fs::remove_dir_all(dir).unwrap();
}

/// Adds a system call, or those of a set and of the sets in it.
fn allow(sets: &str, name: &str, allowed: &mut Vec<String>) {
    if !name.starts_with('@') {
        return allowed.push(name.to_owned());
    }
    let mut lines = sets.lines().skip_while(|line| *line != name).skip(1);
    while let Some(line) = lines.next().and_then(|line| line.strip_prefix("    ")) {
        if !line.starts_with('#') {
            allow(sets, line, allowed);
        }
    }
}

/// The example of a configuration names every setting once, with a value that is accepted.
#[test]
fn the_example_of_a_configuration_is_whole_and_good() {
    let store = Store::empty("ls-toml");
    let example = std::fs::read_to_string(repository().join("share/liveapid.toml")).unwrap();
    let is_setting = |line: &&str| !line.starts_with(' ');
    let lines: Vec<&str> =
        example.lines().filter_map(|line| line.strip_prefix('#').filter(is_setting)).collect();
    let help = String::from_utf8(must(store.command(program("liveapid")).arg("--help")).stdout).unwrap();
    let options = help.lines().filter_map(|line| line.trim_start().strip_prefix("--"));
    let mut options: Vec<String> =
        options.map(|rest| rest.split(' ').next().unwrap().replace('-', "_")).collect();
    let others = ["config", "url", "check", "trust", "version", "help"];
    options.retain(|option| !others.contains(&option.as_str()));
    let mut keys: Vec<&str> = lines.iter().map(|line| line.split(" = ").next().unwrap()).collect();
    options.sort();
    keys.sort_unstable();
    assert_eq!(keys, options);
    let path = store.dir.join("liveapid.toml");
    for text in [lines.join("\n"), example] {
        std::fs::write(&path, text).unwrap();
        must(store.command(program("liveapid")).arg("--check").arg("--config").arg(&path));
    }
}
