//! An installation below a scratch folder, with a store and pages: what a web server serves.
//!
//! The files are laid out by `scripts/install.sh`, the pages are those of docs/guides/php.md with the folder's
//! paths, and the store belongs to the user that pages run as.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::server::owner_names;
use super::{Store, arg, is_root, must, repository, stripped};

/// A folder with `usr/local`, the store `s` and the pages `www`.
pub struct Site {
    store: Store,
    /// The user that pages run as, and its group.
    pub user: String,
    pub group: String,
}

impl Site {
    /// Installs, makes the account bob with mailboxes in example.com, and copies the pages.
    pub fn new(name: &str, mailboxes: &[&str]) -> Self {
        let (user, group) = owner_names();
        let site = Self { store: Store::empty(name), user, group };
        site.install();
        site.folder("s");
        site.run("whmapi1", &["createacct", "username=bob", "domain=example.com"]);
        for email in mailboxes {
            let password = arg("password", "Start-Password-1");
            site.run("uapi", &["Email", "add_pop", &arg("email", email), "domain=example.com", &password]);
        }
        site.copy_pages();
        site
    }

    /// `make install`, of the files that cargo built for this test.
    fn install(&self) {
        let mut install = Command::new("sh");
        install.arg(repository().join("scripts/install.sh")).arg("install");
        for name in ["PREFIX", "LIBDIR", "PHPDIR"] {
            install.env_remove(name);
        }
        install.env("BUILT", stripped()).env("DESTDIR", self.path(""));
        must(install.env("PERLDIR", "/usr/local/share/perl5"));
    }

    fn copy_pages(&self) {
        let repository = repository();
        std::fs::create_dir(self.path("www")).unwrap();
        for page in [
            "bindings/php/examples/page.php",
            "tests/php/pages/call.php",
            "tests/php/pages/forbidden.php",
            "tests/php/pages/remote.php",
            "tests/php/pages/tag.php",
            "tests/perl/page.cgi",
        ] {
            let from = repository.join(page);
            let to = self.path("www").join(from.file_name().unwrap());
            std::fs::write(&to, self.here(&std::fs::read_to_string(from).unwrap())).unwrap();
            must(Command::new("chmod").arg("755").arg(to));
        }
    }

    /// A path below the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.store.dir.join(name)
    }

    /// Makes a folder that the pages' user owns.
    pub fn folder(&self, name: &str) {
        std::fs::create_dir(self.path(name)).unwrap();
        if is_root() {
            must(Command::new("chown").arg(format!("{}:{}", self.user, self.group)).arg(self.path(name)));
        }
    }

    /// A text of the documentation or of a page with this folder's places and its user. What has them
    /// already stays as it is.
    pub fn here(&self, text: &str) -> String {
        let dir = self.store.dir.display().to_string();
        let installed = format!("{dir}/usr/local");
        text.replace(&installed, "/usr/local")
            .replace("/usr/local", &installed)
            .replace("/srv/mail", &format!("{dir}/s"))
            .replace("/run/php/php8.2-fpm.sock", &format!("{dir}/fpm.sock"))
            .replace("www-data", &self.user)
    }

    /// A command as the user that owns the store.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM"]);
        if is_root() {
            command.args(["--reuid", &self.user, "--regid", &self.group, "--clear-groups"]);
        }
        command.arg("--").arg(program).env_clear();
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", self.path(""));
        command.env("LIVEAPI_URL", self.here("home:///srv/mail")).env("LIVEAPI_USER", "bob");
        command
    }

    /// Runs an installed program and returns its answer, which must be a success.
    pub fn run(&self, name: &str, args: &[&str]) -> Value {
        let program = self.path("usr/local/bin").join(name);
        let answer = super::json(&must(self.command(program).arg("--output=json").args(args)));
        let done = answer.pointer("/result/status").or(answer.pointer("/metadata/result"));
        assert_eq!(done, Some(&Value::from(1)), "{answer}");
        answer
    }

    /// Whether that is the mailbox's password.
    pub fn verify(&self, email: &str, password: &str) -> bool {
        let email = arg("email", &format!("{email}@example.com"));
        let answer = self.run("uapi", &["Email", "verify_password", &email, &arg("password", password)]);
        answer["result"]["data"] == 1
    }
}

/// A block of docs/guides/php.md by its language: the first of them.
pub fn documented(language: &str) -> String {
    documented_in("docs/guides/php.md", language)
}

/// The same of another page.
pub fn documented_in(page: &str, language: &str) -> String {
    let text = std::fs::read_to_string(repository().join(page)).unwrap();
    let (_, rest) = text.split_once(&format!("```{language}\n")).expect("a block");
    rest[..rest.find("```").unwrap()].to_owned()
}
