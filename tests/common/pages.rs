//! A daemon with a folder of live pages.
//!
//! Not part of `common`, which every test links.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::common::{Store, must, program};
use super::liveapid::{ACCOUNT_PASSWORD, Liveapid, Reply};

/// The password of the account `eve`.
pub const EVE_PASSWORD: &str = "Eve-Secret-88";

/// Speaks to the page's socket as clients in PHP do, without a class.
pub const PHP_CLIENT: &str = r#"<?php
$socket = stream_socket_client('unix://' . getenv('CPANEL_PHPCONNECT_SOCKET'));
function ask($request)
{
    global $socket;
    fwrite($socket, strlen($request) . "\n" . $request);
    for ($said = ''; !str_ends_with($said, "</cpanelresult>\n");) {
        $said .= fgets($socket) ?: exit("\nno answer: $said");
    }
    return $said;
}
ask('<cpaneljson enable="1">');
function user()
{
    preg_match('/"result":"(.*?)"/', ask('<cpanel print="$user">'), $found);
    return $found[1];
}
"#;

/// A daemon, and the folder that it serves below `/frontend/`.
pub struct Pages {
    pub daemon: Liveapid,
    pub folder: PathBuf,
}

impl Pages {
    /// Starts one with further options.
    pub fn start(name: &str, options: &[&str]) -> Self {
        let store = Store::with_account(name);
        store.add_mailbox("user", super::liveapid::FIRST_PASSWORD);
        let passwd = |user: &str, password: &str| {
            let set = store.whm("passwd", &[&format!("user={user}"), &format!("password={password}")]);
            assert_eq!(set["metadata"]["result"], 1, "{set}");
        };
        passwd("bob", ACCOUNT_PASSWORD);
        // As root another account is another user's.
        let mut command = store.command(program("whmapi1"));
        command.env("LIVEAPI_VIRTUAL_USER", "games");
        must(command.args(["createacct", "username=eve", "domain=example.org"]));
        passwd("eve", EVE_PASSWORD);
        let folder = store.dir.join("pages");
        std::fs::create_dir(&folder).unwrap();
        let option = format!("--pages={}", folder.display());
        let daemon = Liveapid::on(store, &[&[option.as_str()], options].concat());
        let pages = Self { daemon, folder };
        pages.chmod("", 0o755);
        pages
    }

    /// Puts a file there, which everybody may read and nobody else write; with its folders.
    pub fn put(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.folder.join(name);
        let mut folder = path.parent().unwrap();
        std::fs::create_dir_all(folder).unwrap();
        while folder != self.folder {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
            folder = folder.parent().unwrap();
        }
        std::fs::write(&path, text).unwrap();
        self.chmod(name, if name.ends_with(".cgi") { 0o755 } else { 0o644 });
    }

    /// A page in the shell's language, with its head.
    pub fn put_shell(&self, name: &str, script: &str) {
        self.put(name, format!("#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\n{script}\n"));
    }

    pub fn chmod(&self, name: &str, mode: u32) {
        std::fs::set_permissions(self.folder.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
    }

    /// A page as bob sees it. Options as `--name=value`, which curl wants as two words.
    pub fn get(&self, path: &str, options: &[&str]) -> Reply {
        let options: Vec<&str> = options.iter().flat_map(|option| option.splitn(2, '=')).collect();
        let options = &options[..];
        self.daemon.as_bob(self.daemon.ports.cpanel, &format!("/frontend/{path}"), options)
    }

    /// What comes over the wire, for bob, over the port without TLS.
    pub fn raw(&self, path: &str, more: &str) -> Vec<u8> {
        let request = self.request(path, more);
        self.daemon.raw(self.daemon.ports.cpanel_plain, request.as_bytes())
    }

    /// The bytes of a request of bob's.
    pub fn request(&self, path: &str, more: &str) -> String {
        use base64ct::{Base64, Encoding};
        let login = Base64::encode_string(format!("bob:{ACCOUNT_PASSWORD}").as_bytes());
        format!(
            "GET /frontend/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Basic {login}\r\n{more}\r\n"
        )
    }

    /// The lines of the log that hold a word, once there are some; they are written after the answer.
    pub fn logged(&self, word: &str) -> String {
        let start = Instant::now();
        loop {
            let log = self.daemon.log();
            let lines: Vec<&str> = log.lines().filter(|line| line.contains(word)).collect();
            if !lines.is_empty() {
                return lines.join("\n");
            }
            assert!(start.elapsed() < Duration::from_secs(10), "no {word:?} in {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Whether a process with that word in its command line runs.
pub fn runs(word: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.into_iter().any(|line| String::from_utf8_lossy(&line).replace('\0', " ").contains(word))
}

/// Waits until no process has that word in its command line.
pub fn wait_until_gone(word: &str) {
    let start = Instant::now();
    while runs(word) {
        assert!(start.elapsed() < Duration::from_secs(10), "{word} still runs");
        std::thread::sleep(Duration::from_millis(20));
    }
}
