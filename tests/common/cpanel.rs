//! A cPanel server's account as tests import it: a home directory, its account file, and backups of it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::{Store, UNPRIVILEGED, is_root, json, must, program};

/// Hashes that libxcrypt made, and their passwords.
pub const SALES: (&str, &str) = (
    "Sales-1",
    "$6$saltsales0000001$DpVPaLx4lmJb1.v2RYevnIWznxeg21hklMt11EzK71Hwvoq5MKdEXL92POtA2xYKsbijowpAXWZQ.smq7g4qI1",
);
pub const SUSPENDED: (&str, &str) = (
    "Suspended-1",
    "!$6$saltsuspend00001$c7d2geANhsYdgbqEHc9GbPA7ao.ba/IZYM8aSuF6N5JwdSv/F8AYeWwxODYaNlm8.n4hqhgOKYqAxqZtfp/Gf1",
);
pub const LOCKED: (&str, &str) = (
    "Locked-1",
    "*LOCKED*$6$saltlocked000001$SgBaIGVBhaYnmp7vib2/7u5aQ7y4fNnbTRVRw1X/7iokymSvDv0Og8v5m9S.Id.VSIbehb1qsUqpi.HX1enhI0",
);
pub const LEGACY: (&str, &str) = ("Legacy-1", "$1$legacy01$4mreppPHYp5bxz9PpzrpD.");
pub const SHA256: (&str, &str) =
    ("Sha256-1", "$5$sha256salt000001$O4YDVTQfg74LK/xdgC4xRkHaNKBSvzbVfvItUYWqu55");
pub const BCRYPT: (&str, &str) = ("Bcrypt-1", "$2y$05$abcdefghijklmnopqrstuuz3N.1zGEFaklbrjddpbaD3w21Xo3MBS");

/// An account on the old server, by the folder that stands for that server's root.
pub struct OldServer {
    pub root: PathBuf,
    /// Who owns the home's files, and the home as its passwd lines write it.
    pub ids: (u32, u32),
    pub home_in_lines: String,
}

impl OldServer {
    /// The account alice with the domains example.com and example.net. Its home is said to be elsewhere,
    /// as after a move to another disk, and belongs to a user of its own where the test may do that.
    pub fn of(store: &Store) -> Self {
        let ids = if is_root() { (1, 1) } else { me() };
        Self::with(store, ids, Some("/home2/alice"))
    }

    /// The same, owned by the one user that Dovecot in the tests works as, with lines that fit the home.
    pub fn to_stay(store: &Store) -> Self {
        Self::with(store, if is_root() { unprivileged() } else { me() }, None)
    }

    fn with(store: &Store, ids: (u32, u32), home_in_lines: Option<&str>) -> Self {
        let root = store.dir.join("old");
        let home_in_lines =
            home_in_lines.map_or_else(|| root.join("home/alice").display().to_string(), str::to_owned);
        let server = Self { root, ids, home_in_lines };
        server.account_file("");
        let hash = |(_, hash): (&str, &str)| hash.to_owned();
        server.domain(
            "example.com",
            &[
                ("sales", hash(SALES)),
                ("legacy", hash(LEGACY)),
                ("suspended", hash(SUSPENDED)),
                ("o.brien+x", hash(BCRYPT)),
            ],
            "sales:262144000\nsuspended:104857600\n",
        );
        server.domain("example.net", &[("sales", hash(SHA256)), ("locked", hash(LOCKED))], "");
        server.write("mail/example.com/sales/cur/1700000000.M1.old,S=5:2,S", "hello");
        server.write("mail/example.com/sales/.Sent/cur/1700000001.M2.old:2,S", "sent");
        server.write("mail/example.com/sales/.Sent/maildirfolder", "");
        server.write("mail/example.com/sales/dovecot-uidvalidity.65000000", "");
        server.write("mail/cur/1700000002.M3.old:2,", "own mail");
        server.write("etc/example.com/sales/filter", "# Exim filter\n");
        server.write("public_html/index.html", "no mail");
        let message = server.home().join("mail/example.com/sales/cur/1700000000.M1.old,S=5:2,S");
        must(Command::new("touch").args(["-d", "@1600000000"]).arg(message));
        let read_only = server.home().join("mail/example.com/sales/dovecot-uidvalidity.65000000");
        std::fs::set_permissions(read_only, std::fs::Permissions::from_mode(0o444)).unwrap();
        server.settle();
        server
    }

    pub fn home(&self) -> PathBuf {
        self.root.join("home/alice")
    }

    /// The account file, with further lines.
    pub fn account_file(&self, further: &str) {
        let path = self.root.join("var/cpanel/users/alice");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = format!(
            "DNS=example.com\nDNS1=example.net\nMAXPOP=9\nMAX_EMAILACCT_QUOTA=500\nOWNER=root\nPLAN=default\nSTARTDATE=1500000000\nUSER=alice\n{further}"
        );
        std::fs::write(path, text).unwrap();
    }

    /// A domain's three files, and a Maildir for each mailbox.
    pub fn domain(&self, domain: &str, mailboxes: &[(&str, String)], quota: &str) {
        let passwd: String = mailboxes.iter().map(|(name, _)| self.line(domain, name)).collect();
        let shadow: String =
            mailboxes.iter().map(|(name, hash)| format!("{name}:{hash}:19700::::::\n")).collect();
        for (name, text) in [("passwd", passwd.as_str()), ("shadow", &shadow), ("quota", quota)] {
            self.write(&format!("etc/{domain}/{name}"), text);
        }
        for (name, _) in mailboxes {
            for folder in ["cur", "new", "tmp"] {
                let path = self.home().join(format!("mail/{domain}/{name}/{folder}"));
                std::fs::create_dir_all(path).unwrap();
            }
        }
    }

    /// A line of passwd, as cPanel writes it.
    pub fn line(&self, domain: &str, name: &str) -> String {
        let ((uid, gid), home) = (self.ids, &self.home_in_lines);
        format!("{name}:x:{uid}:{gid}::{home}/mail/{domain}/{name}:{home}\n")
    }

    /// Writes a file of the home, with the folders above.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.home().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn append(&self, path: &str, text: &str) {
        let path = self.home().join(path);
        let old = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(path, old + text).unwrap();
    }

    /// Gives the home to its owner, with a cPanel server's modes of password files.
    pub fn settle(&self) {
        if is_root() {
            let owner = format!("{}:{}", self.ids.0, self.ids.1);
            must(Command::new("chown").args(["-hR", &owner]).arg(self.home()));
            must(Command::new("chmod").args(["-R", "go-rwx"]).arg(self.home().join("etc")));
        }
    }

    /// Lays out a backup in the folder `work/NAME`: the home, and what cPanel puts beside it.
    pub fn unpacked(&self, store: &Store, name: &str) -> PathBuf {
        let dir = store.dir.join("work").join(name);
        let _ = std::fs::remove_dir_all(&dir);
        for folder in ["cp", "va", "vad", "userdata", "mysql"] {
            std::fs::create_dir_all(dir.join(folder)).unwrap();
        }
        must(Command::new("cp").arg("-a").arg(self.home()).arg(dir.join("homedir")));
        std::fs::copy(self.root.join("var/cpanel/users/alice"), dir.join("cp/alice")).unwrap();
        for (path, text) in [
            ("shadow", SALES.1),
            ("va/example.com", "info@example.com: sales@example.com,out@example.org\n*: alice\n"),
            ("va/example.net", "*: :fail: No Such User Here\n"),
            ("vad/example.net", "example.net: example.com\n"),
            (
                "userdata/main",
                "---\nmain_domain: example.com\nparked_domains:\n  - example.net\naddon_domains: {}\n",
            ),
            ("mysql/alice.sql", "no mail"),
            ("version", "pkgacct version: 10\n"),
        ] {
            std::fs::write(dir.join(path), text).unwrap();
        }
        dir
    }

    /// Packs a backup with the system's tar, as pkgacct does.
    pub fn packed(&self, store: &Store, file: &str) -> PathBuf {
        self.unpacked(store, "cpmove-alice");
        pack(store, file, &["cpmove-alice"])
    }
}

/// Packs folders of `work`.
pub fn pack(store: &Store, file: &str, what: &[&str]) -> PathBuf {
    let archive = store.dir.join(file);
    let mut tar = Command::new("tar");
    must(tar.args(["--auto-compress", "-cf"]).arg(&archive).arg("-C").arg(store.dir.join("work")).args(what));
    archive
}

fn me() -> (u32, u32) {
    (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw())
}

/// The ids of the user that owns mail when tests run as root.
pub fn unprivileged() -> (u32, u32) {
    let id = |flag: &str| {
        let output = must(Command::new("id").args([flag, UNPRIVILEGED])).stdout;
        String::from_utf8(output).unwrap().trim().parse().unwrap()
    };
    (id("-u"), id("-g"))
}

/// Everything below a folder: names, kinds, modes, owners, sizes, contents.
pub fn listing(dir: &Path) -> String {
    if !dir.exists() {
        return "none".to_owned();
    }
    let script = "cd \"$0\" && { find . -printf '%P %y %m %U:%G %s %n %l\\n' | grep -v '^[^ ]* d' ; find . -type d -printf '%P d %m %U:%G\\n'; find . -type f -exec sha256sum {} +; } | sort";
    String::from_utf8_lossy(&must(Command::new("sh").args(["-c", script]).arg(dir)).stdout).into_owned()
}

/// Runs an import.
pub fn import(store: &Store, source: &Path, options: &[&str]) -> Output {
    store.command(program("liveapi")).arg("import").arg(source).args(options).output().unwrap()
}

/// Imports, which must work, and returns the report.
pub fn imported(store: &Store, source: &Path, options: &[&str]) -> Value {
    let output = import(store, source, &[&["--output=json"], options].concat());
    let report = json(&output);
    assert!(output.status.success(), "{report} {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "no bar where nobody looks");
    report
}

/// Tries an import that must be refused, and returns the complaint; nothing in the scratch folder changed.
pub fn refused(store: &Store, source: &Path, options: &[&str]) -> String {
    let before = listing(&store.dir);
    let output = import(store, source, options);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{complaint}{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.stdout.is_empty());
    assert!(complaint.contains("is not imported, and the mail store is unchanged: "), "{complaint}");
    assert_eq!(listing(&store.dir), before, "{complaint}");
    complaint
}

/// The first stray of a kind about a file, which must be told.
pub fn stray<'r>(report: &'r Value, kind: &str, file: &str) -> &'r Value {
    let strays = report["strays"].as_array().unwrap();
    let found = strays.iter().find(|stray| stray["kind"] == kind && stray["file"] == file);
    found.unwrap_or_else(|| panic!("no {kind} of {file}: {strays:#?}"))
}

/// File, line and kind of each stray of a report.
pub fn kinds(report: &Value) -> Vec<(String, Option<u64>, String)> {
    let strays = report["strays"].as_array().unwrap().iter();
    let text = |stray: &Value, key: &str| stray[key].as_str().unwrap().to_owned();
    strays.map(|stray| (text(stray, "file"), stray["line"].as_u64(), text(stray, "kind"))).collect()
}
