//! A private Dovecot on loopback, and its word on a password.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding};

use super::{Store, UNPRIVILEGED, is_root, must, repository};

/// A running Dovecot that reads a store's files; stopped when dropped.
pub struct Dovecot {
    process: Child,
    run: PathBuf,
    port: u16,
}

impl Dovecot {
    /// Starts it and waits until it answers.
    pub fn start(store: &Store) -> Self {
        let run = store.dir.join("run");
        std::fs::create_dir_all(run.join("state")).unwrap();
        let user = if is_root() { UNPRIVILEGED.to_owned() } else { id("-un") };
        let group = if is_root() { "nogroup".to_owned() } else { id("-gn") };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let template =
            std::fs::read_to_string(repository().join("docs/dovecot/single-user.conf.in")).unwrap();
        let config = template
            .replace("@RUN@", run.to_str().unwrap())
            .replace("@STORE@", store.root.to_str().unwrap())
            .replace("@USER@", &user)
            .replace("@GROUP@", &group)
            .replace("@IMAPPORT@", &port.to_string());
        let path = store.dir.join("dovecot.conf");
        std::fs::write(&path, config).unwrap();
        let mut command = if is_root() {
            must(Command::new("chown").args(["-R", &format!("{user}:{group}")]).arg(&run));
            let mut command = Command::new("setpriv");
            command.args(["--reuid", &user, "--regid", &group, "--clear-groups", "dovecot"]);
            command
        } else {
            Command::new("dovecot")
        };
        command
            .arg("-F")
            .arg("-c")
            .arg(path)
            .stdout(Stdio::null())
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        let process = command.spawn().expect("dovecot");
        let mut dovecot = Self { process, run, port };
        dovecot.wait();
        dovecot
    }

    fn wait(&mut self) {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() || !self.run.join("auth-client").exists()
        {
            let log = std::fs::read_to_string(self.run.join("dovecot.log")).unwrap_or_default();
            assert!(self.process.try_wait().unwrap().is_none(), "Dovecot ended: {log}");
            assert!(start.elapsed() < Duration::from_secs(20), "Dovecot does not answer: {log}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Whether IMAP LOGIN succeeds.
    pub fn imap(&self, address: &str, password: &str) -> bool {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        let mut line = Vec::new();
        lines.read_until(b'\n', &mut line).unwrap();
        let login =
            format!("a LOGIN {{{}+}}\r\n{address} {{{}+}}\r\n{password}\r\n", address.len(), password.len());
        stream.write_all(login.as_bytes()).unwrap();
        loop {
            line.clear();
            assert_ne!(lines.read_until(b'\n', &mut line).unwrap(), 0, "Dovecot closed the connection");
            if line.starts_with(b"a ") {
                let _ = stream.write_all(b"b LOGOUT\r\n");
                return line.starts_with(b"a OK");
            }
        }
    }

    /// Whether the authentication service, which Postfix and Exim ask, accepts the password.
    pub fn auth(&self, address: &str, password: &str) -> bool {
        let mut stream = UnixStream::connect(self.run.join("auth-client")).unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        while line != "DONE\n" {
            line.clear();
            assert_ne!(lines.read_line(&mut line).unwrap(), 0, "Dovecot closed the connection");
        }
        let answer = Base64::encode_string(format!("\0{address}\0{password}").as_bytes());
        let pid = std::process::id();
        let request =
            format!("VERSION\t1\t2\nCPID\t{pid}\nAUTH\t1\tPLAIN\tservice=smtp\tsecured\tresp={answer}\n");
        stream.write_all(request.as_bytes()).unwrap();
        loop {
            line.clear();
            assert_ne!(lines.read_line(&mut line).unwrap(), 0, "Dovecot closed the connection");
            if line.starts_with("OK\t") || line.starts_with("FAIL\t") {
                return line.starts_with("OK\t");
            }
        }
    }

    /// Asserts that the new password opens the mailbox and the old one does not, over IMAP. Dovecot
    /// looks at a file's time at most once a second, so the new one gets two of them.
    pub fn assert_changed(&self, address: &str, old: &str, new: &str) {
        let start = Instant::now();
        while !self.imap(address, new) {
            assert!(start.elapsed() < Duration::from_secs(3), "{address}: the new password is refused");
            std::thread::sleep(Duration::from_millis(200));
        }
        assert!(!self.imap(address, old), "{address}: the old password is still accepted");
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let _ = rustix::process::kill_process(
            rustix::process::Pid::from_child(&self.process),
            rustix::process::Signal::TERM,
        );
        let _ = self.process.wait();
    }
}

fn id(flag: &str) -> String {
    let output = must(Command::new("id").arg(flag));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
