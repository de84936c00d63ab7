//! What the tests share: where things are, scratch folders, a store with an account.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

pub mod cpanel;
pub mod dovecot;
pub mod entrance;
pub mod exim;
pub mod imap;
pub mod mailhost;
pub mod numbers;
pub mod server;
pub mod site;
pub mod smtp;
pub mod web;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use serde_json::Value;

/// The project's folder.
pub fn repository() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().find(|dir| dir.join("Cargo.lock").exists()).expect("the workspace").to_owned()
}

/// All programs; the first two are built, the others are names of the first.
pub const PROGRAMS: [&str; 7] = ["liveapi", "liveapid", "cpapi1", "cpapi2", "uapi", "whmapi1", "whmapi0"];
/// How many of them are built.
pub const BUILT_PROGRAMS: usize = 2;

/// Where cargo builds what the tests use: `target/debug`, of which tests run in `deps`. What is not as new as the
/// source is built first, with the features that the tests have: cargo makes no shared library for a test by itself.
pub fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        must(cargo().args(["build", "--locked", "--quiet", "--lib", "--bins", "--test", "repository"]));
        let test = std::env::current_exe().unwrap();
        test.ancestors().nth(2).expect("target/debug/deps").to_owned()
    })
}

/// Cargo, in the repository. What it tells each test of its package is taken away: build scripts of dependencies look at
/// that, and would be run again, with all that is made of them, by every test binary.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text == "OUT_DIR" || ["CARGO_MANIFEST_", "CARGO_PKG_"].iter().any(|start| text.starts_with(start))
        {
            cargo.env_remove(&name);
        }
    }
    cargo.current_dir(repository());
    cargo
}

/// One of the programs.
pub fn program(name: &str) -> PathBuf {
    let program = built().join(name);
    if PROGRAMS[BUILT_PROGRAMS..].contains(&name) && std::fs::read_link(&program).is_err() {
        // One test of several makes it; a program of before there were links is replaced.
        let own = built().join(format!(".{name}-{}-{}", std::process::id(), unique()));
        std::os::unix::fs::symlink(PROGRAMS[0], &own).unwrap();
        std::fs::rename(&own, &program).unwrap();
    }
    assert!(program.exists(), "{} is missing", program.display());
    program
}

/// A folder with programs and library as a release has them, without what only debuggers read: copying 100 MB for
/// each test that installs them would take minutes. Made once for each build.
pub fn stripped() -> PathBuf {
    let folder = built().join("stripped");
    std::fs::create_dir_all(&folder).unwrap();
    for file in [program(PROGRAMS[0]), program(PROGRAMS[1]), library()] {
        let to = folder.join(file.file_name().unwrap());
        let made = |path: &Path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        if made(&to) < made(&file) {
            let own = folder.join(format!(".{}-{}", std::process::id(), unique()));
            must(Command::new("strip").arg("--strip-unneeded").arg("-o").arg(&own).arg(&file));
            std::fs::rename(&own, &to).unwrap();
        }
    }
    must(Command::new(repository().join("scripts/names.sh")).arg("link").arg(&folder));
    folder
}

/// The shared library.
pub fn library() -> PathBuf {
    let library = built().join("libliveapi.so");
    assert!(library.exists(), "{} is missing", library.display());
    library
}

/// A number that this process did not give yet.
fn unique() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The first folder of a name is called by it; those of other tests in the process that chose the same get a number.
fn scratch_name(name: &str) -> String {
    static TAKEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let plain = format!("la-{name}-{}", std::process::id());
    if TAKEN.lock().unwrap().insert(plain.clone()) { plain } else { format!("{plain}-{}", unique()) }
}

/// An empty folder with a short path (unix sockets allow 107 bytes) that every user may enter.
pub fn scratch(name: &str) -> PathBuf {
    let dir = PathBuf::from("/tmp").join(scratch_name(name));
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

/// A mail store in a scratch folder.
pub struct Store {
    /// The scratch folder.
    pub dir: PathBuf,
    /// The store's root in it.
    pub root: PathBuf,
    /// What the configuration requires, if not the default.
    pub required_strength: Option<u8>,
}

/// An ordinary user that every Debian has; owns the mail when tests run as root.
pub const UNPRIVILEGED: &str = "nobody";

impl Store {
    /// An empty store.
    pub fn empty(name: &str) -> Self {
        let dir = scratch(name);
        let root = dir.join("s");
        Self { dir, root, required_strength: None }
    }

    /// A store with the account bob and the domain example.com.
    pub fn with_account(name: &str) -> Self {
        let store = Self::empty(name);
        let made = store.whm("createacct", &["username=bob", "domain=example.com"]);
        assert_eq!(made["metadata"]["result"], 1, "{made}");
        store
    }

    /// A command with this store, account bob, and no configuration from outside.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("LIVEAPI_URL", format!("home://{}", self.root.display()))
            .env("LIVEAPI_USER", "bob")
            .env("LIVEAPI_VIRTUAL_USER", UNPRIVILEGED)
            .env("LIVEAPI_LIBRARY", library())
            .env_remove("LIVEAPI_CONFIG")
            .env_remove("LIVEAPI_REQUIRED_STRENGTH")
            .env_remove("LIVEAPI_DEFAULT_QUOTA")
            .env("HOME", &self.dir);
        if let Some(strength) = self.required_strength {
            command.env("LIVEAPI_REQUIRED_STRENGTH", strength.to_string());
        }
        command
    }

    /// Runs a program and reads its JSON.
    pub fn run(&self, name: &str, args: &[&str]) -> Value {
        let output = self.command(program(name)).arg("--output=json").args(args).output().unwrap();
        json(&output)
    }

    /// A WHM API 1 call.
    pub fn whm(&self, func: &str, args: &[&str]) -> Value {
        self.run("whmapi1", &[&[func], args].concat())
    }

    /// An API 2 call.
    pub fn api2(&self, module: &str, func: &str, args: &[&str]) -> Value {
        self.run("cpapi2", &[&[module, func], args].concat())
    }

    /// A UAPI call.
    pub fn uapi(&self, module: &str, func: &str, args: &[&str]) -> Value {
        self.run("uapi", &[&[module, func], args].concat())
    }

    /// Creates a mailbox in example.com.
    pub fn add_mailbox(&self, email: &str, password: &str) {
        let added = self.api2(
            "Email",
            "addpop",
            &["domain=example.com", &arg("email", email), &arg("password", password)],
        );
        assert_eq!(added["cpanelresult"]["data"][0]["result"], 1, "{added}");
    }

    /// The path of a file of example.com.
    pub fn file(&self, name: &str) -> PathBuf {
        self.root.join("bob/etc/example.com").join(name)
    }

    /// The user that owns bob's files.
    pub fn owner(&self) -> u32 {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(self.root.join("bob")).unwrap().uid()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}

/// `key=value` with the value percent-encoded, as the documentation wants it.
pub fn arg(key: &str, value: &str) -> String {
    let encoded: String = value
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    format!("{key}={encoded}")
}

/// The JSON that a program printed.
pub fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|cause| {
        panic!(
            "{cause}: {} {}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

/// Whether this test runs as root.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Runs a command and fails the test with its output if it fails.
pub fn must(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|cause| panic!("{command:?}: {cause}"));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Whether a path exists, link or not.
pub fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// The reason of an API 2 refusal, after the checks that hold for each.
pub fn refusal(answer: &Value) -> &str {
    let inner = &answer["cpanelresult"];
    assert_eq!(inner["event"], serde_json::json!({"result": 1}), "{answer}");
    assert_eq!(inner["data"][0]["result"], 0, "{answer}");
    assert_eq!(inner["error"], inner["data"][0]["reason"], "{answer}");
    inner["error"].as_str().unwrap()
}
