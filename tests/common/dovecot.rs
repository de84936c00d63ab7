//! A private Dovecot on loopback, and its word on a password.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding};

use super::exim::{HOST, eximuser};
use super::imap::Imap;
use super::server::{Server, free_port, master, owner_names};
use super::{Store, is_root, must, repository};

/// Failed logins are answered at once: a test makes many of them, from one address.
const WITHOUT_DELAY: &str = "
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
";

/// A running Dovecot that reads a store's files; stopped when dropped.
pub struct Dovecot {
    _server: Server,
    run: PathBuf,
    port: u16,
}

impl Dovecot {
    /// Starts the one of share/dovecot/single-user.conf.in: all as the user that owns the store.
    pub fn start(store: &Store) -> Self {
        let (run, port, (user, group)) = (run_folder(store), free_port(), owner_names());
        let config = configured(
            "single-user.conf",
            &[
                ("RUN", run.to_str().unwrap()),
                ("STORE", store.root.to_str().unwrap()),
                ("USER", &user),
                ("GROUP", &group),
                ("IMAPPORT", &port.to_string()),
            ],
        );
        let mut command = master("dovecot");
        if is_root() {
            must(Command::new("chown").args(["-R", &format!("{user}:{group}")]).arg(&run));
            command = master("setpriv");
            command.args(["--reuid", &user, "--regid", &group, "--clear-groups", "dovecot"]);
        }
        Self::launch(store, command, &config, run, port)
    }

    /// Starts the one of share/dovecot/hosting.conf.in: with LMTP and limits, as root for many accounts.
    pub fn hosting(store: &Store) -> Self {
        let (run, port, (user, group)) = (run_folder(store), free_port(), owner_names());
        let script = store.dir.join("auth.lua");
        let lua = [("STORE", store.root.to_str().unwrap()), ("HOST", HOST)];
        std::fs::write(&script, configured("auth.lua", &lua)).unwrap();
        let config = configured(
            "hosting.conf",
            &[
                ("RUN", run.to_str().unwrap()),
                ("STATE", run.join("state").to_str().unwrap()),
                ("LOG", run.join("dovecot.log").to_str().unwrap()),
                ("AUTHLUA", script.to_str().unwrap()),
                ("LISTEN", "127.0.0.1"),
                ("IMAPPORT", &port.to_string()),
                ("EXIMUSER", &eximuser().0),
                ("USER", &user),
                ("GROUP", &group),
            ],
        );
        Self::launch(store, master("dovecot"), &(config + WITHOUT_DELAY), run, port)
    }

    /// Starts it and waits until it answers.
    fn launch(store: &Store, mut command: Command, config: &str, run: PathBuf, port: u16) -> Self {
        let path = store.dir.join("dovecot.conf");
        std::fs::write(&path, config).unwrap();
        command.arg("-F").arg("-c").arg(path);
        let answers = || TcpStream::connect(("127.0.0.1", port)).is_ok() && run.join("auth-client").exists();
        let server = Server::start_until(&mut command, answers, &run.join("dovecot.log")).unwrap();
        Self { _server: server, run, port }
    }

    /// Where it speaks IMAP on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of its sockets.
    pub fn run(&self) -> &Path {
        &self.run
    }

    /// A session over IMAP; none if the login is refused.
    pub fn open(&self, user: &str, password: &str) -> Option<Imap> {
        Imap::login(self.port, user, password)
    }

    /// Whether IMAP LOGIN succeeds.
    pub fn imap(&self, user: &str, password: &str) -> bool {
        self.open(user, password).is_some()
    }

    /// Whether the authentication service, which Postfix and Exim ask, accepts the password.
    pub fn auth(&self, address: &str, password: &str) -> bool {
        let mut stream = UnixStream::connect(self.run.join("auth-client")).unwrap();
        // Dovecot 2.4 says nothing before the client has introduced itself.
        let pid = std::process::id();
        stream.write_all(format!("VERSION\t1\t2\nCPID\t{pid}\n").as_bytes()).unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        while line != "DONE\n" {
            line.clear();
            assert_ne!(lines.read_line(&mut line).unwrap(), 0, "Dovecot closed the connection");
        }
        let answer = Base64::encode_string(format!("\0{address}\0{password}").as_bytes());
        let request = format!("AUTH\t1\tPLAIN\tservice=smtp\tsecured\tresp={answer}\n");
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

/// A shipped file as it is for the Dovecot that is installed, with its names filled in. Lines for a server of one
/// ordinary user count if the test runs as one.
pub fn configured(file: &str, values: &[(&str, &str)]) -> String {
    let mut command = Command::new(repository().join("share/dovecot/configure.sh"));
    if !is_root() {
        command.arg("--one-tenant");
    }
    command.arg(file).args(values.iter().map(|(name, value)| format!("{name}={value}")));
    String::from_utf8(must(&mut command).stdout).unwrap()
}

/// Whether the Dovecot that is installed is of 2.4, which has other names for the settings of 2.3.
pub fn is_2_4() -> bool {
    let output = must(master("dovecot").arg("--version"));
    String::from_utf8(output.stdout).unwrap().starts_with("2.4.")
}

/// The folder of sockets and logs in the store's scratch folder.
fn run_folder(store: &Store) -> PathBuf {
    let run = store.dir.join("run");
    std::fs::create_dir_all(run.join("state")).unwrap();
    run
}
