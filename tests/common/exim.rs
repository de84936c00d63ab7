//! A private Exim on loopback, as share/exim/exim.conf.in has it.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;

use super::dovecot::Dovecot;
use super::server::{Server, fill, free_port, master, owner_names};
use super::smtp::{Reply, Smtp};
use super::{Store, is_root, must};

/// The mail host's own name.
pub const HOST: &str = "mail.example.net";

/// A running Exim; stopped when dropped.
pub struct Exim {
    _server: Server,
    config: PathBuf,
    port: u16,
}

impl Exim {
    /// Starts it and waits until it answers. It takes mail and delivers when it is told to: a test that waits for
    /// nothing knows when mail has arrived. (Started with -C it could not deliver at once anyway: its
    /// receiving processes have given up root, and only root's own call with -C has its rights.)
    pub fn start(store: &Store, dovecot: &Dovecot) -> Self {
        let dir = store.dir.join("exim");
        std::fs::create_dir_all(dir.join("log")).unwrap();
        let (user, group) = eximuser();
        if is_root() {
            must(Command::new("chown").args(["-R", &format!("{user}:{group}")]).arg(&dir));
        }
        let port = free_port();
        let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
        let config = fill(
            "share/exim/exim.conf.in",
            &[
                ("STORE", store.root.to_str().unwrap()),
                ("HOST", HOST),
                ("DOVECOT", dovecot.run().to_str().unwrap()),
                ("SPOOL", &path("spool")),
                ("LOG", &path("log")),
                ("PIDFILE", &path("log/exim.pid")),
                ("LISTEN", "127.0.0.1"),
                ("SMTPPORT", &port.to_string()),
                ("EXIMUSER", &user),
                ("EXIMGROUP", &group),
            ],
        );
        let file = store.dir.join("exim.conf");
        std::fs::write(&file, config).unwrap();
        let mut command = master("exim4");
        command.arg("-C").arg(&file).args(["-bdf", "-odq"]);
        let answers = || TcpStream::connect(("127.0.0.1", port)).is_ok();
        let server = Server::start_until(&mut command, answers, &dir.join("log/mainlog"));
        Self { _server: server.unwrap(), config: file, port }
    }

    /// A new connection.
    pub fn connect(&self) -> Smtp {
        Smtp::connect(self.port)
    }

    /// A short message from a stranger to one recipient.
    pub fn send(&self, to: &str, subject: &str) -> Reply {
        self.connect().send(
            "stranger@example.net",
            to,
            &format!("Subject: {subject}\r\n\r\nA message."),
            true,
        )
    }

    /// A queue run, as Exim does one every half hour; ends when every message has been tried.
    pub fn run_queue(&self) {
        self.run(&["-q"]);
    }

    /// What waits in the queue.
    pub fn queue(&self) -> String {
        self.run(&["-bp"])
    }

    fn run(&self, args: &[&str]) -> String {
        let mut command = master("exim4");
        let output = must(command.arg("-C").arg(&self.config).args(args));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Exim's user and the group by which it reads the store.
pub fn eximuser() -> (String, String) {
    if is_root() { ("Debian-exim".to_owned(), "mail".to_owned()) } else { owner_names() }
}
