//! Debian's Roundcube on PHP's built-in server, with a configuration and a database of its own.
//!
//! Not part of `common`, which every test links.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;

use super::common::server::{Server, free_port, master};
use super::common::{Store, must};

/// Where Debian's package has what a web server shows, and the rest.
const PAGES: &str = "/var/lib/roundcube/public_html";
const INSTALLED: &str = "/usr/share/roundcube";
const SETTINGS: &str = "/etc/roundcube";

/// A running one.
pub struct Roundcube {
    _server: Server,
    dir: PathBuf,
    port: u16,
    imap: u16,
}

impl Roundcube {
    /// Starts it in the store's folder. Its configuration ends with `lines`, as an administrator writes them.
    pub fn start(store: &Store, imap: u16, lines: &str) -> Self {
        let dir = store.dir.join("roundcube");
        let config = dir.join("config");
        std::fs::create_dir_all(&config).unwrap();
        for name in ["defaults.inc.php", "mimetypes.php"] {
            std::os::unix::fs::symlink(format!("{SETTINGS}/{name}"), config.join(name)).unwrap();
        }
        must(
            Command::new("sqlite3")
                .arg(dir.join("db"))
                .arg(format!(".read {INSTALLED}/SQL/sqlite.initial.sql")),
        );
        let port = free_port();
        let mut command = master("php");
        // Without opcache, which looks at a changed configuration only every two seconds.
        command
            .args(["-d", "opcache.enable=0", "-S", &format!("127.0.0.1:{port}"), "-t", PAGES])
            .env("ROUNDCUBE_CONFIG_DIR", &config);
        let answers = || TcpStream::connect(("127.0.0.1", port)).is_ok();
        let server = Server::start_until(&mut command, answers, &dir.join("server.log"));
        let roundcube = Self { _server: server.unwrap_or_else(|said| panic!("{said}")), dir, port, imap };
        roundcube.configure(lines);
        roundcube
    }

    /// Gives it another configuration, which holds from the next request on.
    pub fn configure(&self, lines: &str) {
        let text = include_str!("../clients/roundcube.php.in")
            .replace("@DIR@", self.dir.to_str().unwrap())
            .replace("@IMAP@", &self.imap.to_string());
        std::fs::write(self.dir.join("config/config.inc.php"), text + lines).unwrap();
    }

    /// What it wrote into its log of errors.
    pub fn errors(&self) -> String {
        std::fs::read_to_string(self.dir.join("errors.log")).unwrap_or_default()
    }

    /// Logs in, opens settings, password, and saves a new one; the message that the user then sees.
    pub fn change(&self, user: &str, old: &str, new: &str) -> String {
        let form = self.page("", &[]);
        let token = between(&form, "name=\"_token\" value=\"", "\"");
        let fields = ["_task=login", "_action=login", "_timezone=_default_", "_url="];
        let login = [
            fields.map(str::to_owned).to_vec(),
            vec![format!("_token={token}"), format!("_user={user}"), format!("_pass={old}")],
        ];
        let inbox = self.page("?_task=login", &login.concat());
        assert!(inbox.contains("\"task\":\"mail\""), "no login: {}\n{inbox}", self.errors());
        let form = self.page("?_task=settings&_action=plugin.password", &[]);
        assert!(form.contains("name=\"_newpasswd\""), "{}\n{form}", self.errors());
        let token = between(&form, "\"request_token\":\"", "\"");
        let answer = self.page(
            "?_task=settings&_action=plugin.password-save",
            &[
                format!("_token={token}"),
                format!("_curpasswd={old}"),
                format!("_newpasswd={new}"),
                format!("_confpasswd={new}"),
            ],
        );
        std::fs::remove_file(self.dir.join("cookies")).unwrap();
        let message = between(&answer, "rcmail.display_message(\"", "\",");
        serde_json::from_str(&format!("\"{message}\"")).unwrap()
    }

    /// A page, after its redirections, with the browser's cookies.
    fn page(&self, query: &str, fields: &[String]) -> String {
        let cookies = self.dir.join("cookies");
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--fail", "--location", "--max-time", "60", "--cookie"]);
        curl.arg(&cookies).arg("--cookie-jar").arg(&cookies);
        for field in fields {
            curl.arg("--data-urlencode").arg(field);
        }
        curl.arg(format!("http://127.0.0.1:{}/{query}", self.port));
        String::from_utf8(must(&mut curl).stdout).unwrap()
    }
}

/// The first text between two others.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).unwrap().0
}
