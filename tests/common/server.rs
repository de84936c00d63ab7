//! A server that a test runs.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{UNPRIVILEGED, is_root, must, repository};

/// A running server; stopped when dropped, also by a failing test, and when the test itself dies.
pub struct Server(Child);

impl Server {
    /// Starts it and waits until it answers. If it ends instead: what it printed and logged.
    pub fn start_until(
        command: &mut Command,
        answers: impl Fn() -> bool,
        log: &Path,
    ) -> Result<Self, String> {
        let printed = std::fs::File::create(log.with_extension("out")).unwrap();
        command.stdin(Stdio::null()).stdout(printed.try_clone().unwrap()).stderr(printed);
        let mut server = Self(command.spawn().unwrap_or_else(|cause| panic!("{command:?}: {cause}")));
        let text = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
        let said = || text(&log.with_extension("out")) + &text(log);
        let start = Instant::now();
        while !answers() {
            if server.0.try_wait().unwrap().is_some() {
                return Err(said());
            }
            assert!(start.elapsed() < Duration::from_secs(20), "{command:?} does not answer: {}", said());
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// The master process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// The processes that the master made and that are there now.
    pub fn workers(&self) -> Vec<u32> {
        let id = self.id();
        let text = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        text.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
    }

    /// Its one worker, as soon as it is there: a master may answer before.
    pub fn worker(&self) -> u32 {
        let start = Instant::now();
        loop {
            match self.workers()[..] {
                [worker] => return worker,
                [] if start.elapsed() < Duration::from_secs(20) => {
                    std::thread::sleep(Duration::from_millis(20))
                }
                ref workers => panic!("workers: {workers:?}"),
            }
        }
    }

    /// Sends a signal to the master process.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
        let _ = self.0.wait();
    }
}

/// A server as the test's own user; it becomes another by its own configuration.
pub fn master(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "--"]).arg(program).env_clear();
    command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command
}

/// The user and group that own the mail in a test's store: the test's own, or an ordinary one if that is root.
pub fn owner_names() -> (String, String) {
    let id = |flag| String::from_utf8(must(Command::new("id").arg(flag)).stdout).unwrap().trim().to_owned();
    if is_root() { (UNPRIVILEGED.to_owned(), "nogroup".to_owned()) } else { (id("-un"), id("-gn")) }
}

/// A template of the repository with its `@NAME@` filled in; all of them, or the test fails. Lines for a
/// server of one ordinary user count if the test runs as one.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = std::fs::read_to_string(repository().join(template)).unwrap();
    for (name, value) in values {
        text = text.replace(&format!("@{name}@"), value);
    }
    if !is_root() {
        text = text.replace("\n#1# ", "\n");
    }
    let is_name = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase());
    assert_eq!(text.split('@').find(is_name), None, "{template} has a name that the test does not fill in");
    text
}

/// Where a server of this test may listen on loopback.
pub fn free_port() -> u16 {
    // The kernel gives a port again once its listener is gone, and two servers of one test would have the same.
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        if GIVEN.lock().unwrap().insert(port) {
            return port;
        }
    }
}

/// Connects to a server on loopback; one that does not answer fails the test.
pub fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}
