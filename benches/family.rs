//! Lists with disk use against other ways to learn it, and how creating a mailbox grows.
//!
//! `BENCH_MAIL` is a store with 10,000 mailboxes that have mail, `BENCH_STORES` a folder with stores named by
//! size. The peers of the list: `du` on every mailbox in one process, and, where `BENCH_DOVECOT` names the
//! configuration of a running Dovecot, `doveadm quota get -A`. The peer of creating a mailbox is what it
//! cannot do without: the hash, three folders, and writing and flushing the two files that change.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark reports to its terminal and stops at the first surprise"
)]

mod common;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{nanoseconds, print_row, take_turns};
use liveapi_core::api::{Family, Outcome};
use liveapi_core::engine::{Client, Options};
use liveapi_core::store::Password;
use liveapi_core::store::hash::new_hash;

const PASSWORD: &str = "Bench-Secret-15";
/// Changing a list of 10,000 mailboxes takes most of a second.
const LISTS: usize = 5;
const CREATIONS: usize = 31;

fn main() {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let (Some(mail), Some(stores)) = (folder("BENCH_MAIL"), folder("BENCH_STORES")) else {
        println!("nothing to measure; start it through benches/run.sh");
        return;
    };
    lists(&mail);
    let [small, medium, large] = ["100", "1000", "10000"].map(|size| Domain::open(&stores, size));
    for domain in [&small, &medium, &large] {
        let [ours, parts] = take_turns(CREATIONS, [&mut || domain.create(), &mut || domain.parts()]);
        print_row(&format!("create-parts-{}", domain.size), ours, parts);
    }
    for domain in [&medium, &large] {
        let [ours, least] = take_turns(CREATIONS, [&mut || domain.create(), &mut || small.create()]);
        print_row(&format!("create-growth-{}", domain.size), ours, least);
        let [ours, least] = take_turns(CREATIONS, [&mut || domain.parts(), &mut || small.parts()]);
        print_row(&format!("copy-growth-{}", domain.size), ours, least);
    }
}

fn client(store: &Path) -> Client {
    let url = format!("home://{}", store.display());
    Client::new(Options { url: Some(url), user: Some("bob".to_owned()), ..Options::default() })
        .expect("a client")
}

fn lists(store: &Path) {
    let client = client(store);
    let mail = store.join("bob/mail/example.com");
    let list = || {
        let (took, answer) =
            nanoseconds(|| client.call_json(Family::Api2, "Email", "listpopswithdisk", "{}"));
        assert!(matches!(answer, Ok(Outcome::Done(_))), "{answer:?}");
        took
    };
    let du = || run(Command::new("sh").args(["-c", "du -s --apparent-size -B1 -- */"]).current_dir(&mail));
    let [ours, peer] = take_turns(LISTS, [&mut { list }, &mut { du }]);
    print_row("list-du", ours, peer);
    if let Some(config) = std::env::var_os("BENCH_DOVECOT") {
        let doveadm = || run(Command::new("doveadm").arg("-c").arg(&config).args(["quota", "get", "-A"]));
        let [ours, peer] = take_turns(LISTS, [&mut { list }, &mut { doveadm }]);
        print_row("list-doveadm", ours, peer);
    }
    // Without the kept sums the folders are read.
    for entry in std::fs::read_dir(&mail).expect("the mail") {
        std::fs::remove_file(entry.expect("a mailbox").path().join("maildirsize")).expect("removed");
    }
    let [ours, peer] = take_turns(LISTS, [&mut { list }, &mut { du }]);
    print_row("walk-du", ours, peer);
}

fn run(command: &mut Command) -> f64 {
    let (took, status) = nanoseconds(|| command.stdout(Stdio::null()).status().expect("started"));
    assert!(status.success(), "{command:?}: {status}");
    took
}

/// A domain with so many mailboxes.
struct Domain {
    size: String,
    client: Client,
    home: PathBuf,
    etc: PathBuf,
    folder: File,
    files: Vec<Vec<u8>>,
    next: std::cell::Cell<usize>,
}

impl Domain {
    fn open(stores: &Path, size: &str) -> Self {
        let store = stores.join(size);
        let home = store.join("bob");
        let etc = home.join("etc/example.com");
        let read = |name: &str| std::fs::read(etc.join(name)).expect("a file of the domain");
        Self {
            size: size.to_owned(),
            client: client(&store),
            folder: File::open(&etc).expect("the domain's folder"),
            files: ["quota", "shadow", "passwd"].map(read).to_vec(),
            home,
            etc,
            next: std::cell::Cell::new(0),
        }
    }

    /// Creates a mailbox, and deletes it untimed, so that the domain keeps its size.
    fn create(&self) -> f64 {
        let call = |func: &str, params: &str| self.client.call_json(Family::Api2, "Email", func, params);
        let params = r#"{"domain":"example.com","email":"bench","password":"Bench-Secret-15","quota":"10"}"#;
        let (took, answer) = nanoseconds(|| call("addpop", params));
        assert!(matches!(answer, Ok(Outcome::Done(_))), "{answer:?}");
        let answer = call("delpop", params);
        assert!(matches!(answer, Ok(Outcome::Done(_))), "{answer:?}");
        took
    }

    /// The parts, beside the real files: three folders made durable, and each of the three files copied
    /// with one line more, flushed, renamed, and its folder flushed.
    fn parts(&self) -> f64 {
        let number = self.next.replace(self.next.get() + 1);
        let maildir = self.home.join(format!("mail/bench{number}"));
        let password = Password::to_be_stored(PASSWORD).expect("a usable password");
        let (took, ()) = nanoseconds(|| {
            let hash = new_hash(&password).expect("a hash");
            for name in ["", "cur", "new", "tmp"] {
                std::fs::create_dir(maildir.join(name)).expect("a folder");
            }
            for folder in [maildir.as_path(), maildir.parent().expect("a folder")] {
                File::open(folder).and_then(|folder| folder.sync_all()).expect("flushed");
            }
            for content in &self.files {
                let (temporary, name) = (self.etc.join(".bench.tmp"), self.etc.join(".bench"));
                let mut file = File::create(&temporary).expect("a temporary file");
                file.write_all(content).and_then(|()| file.write_all(hash.as_bytes())).expect("written");
                file.sync_all().expect("flushed");
                std::fs::rename(&temporary, &name).expect("renamed");
                self.folder.sync_all().expect("flushed");
            }
        });
        std::fs::remove_dir_all(&maildir).expect("removed");
        took
    }
}
