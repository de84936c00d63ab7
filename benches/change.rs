//! A change of password against the sum of its parts, and how it grows with the number of mailboxes.
//!
//! The parts are what no durable change can do without: the hash, one write of as many bytes as the
//! file has, a flush, a rename, a flush of the folder. The rest (looking up, locking, reading,
//! reading back) is what the ratio shows. `BENCH_STORES` is a folder with stores named by size.
//! `BENCH_MEMORY`, where it is set, is one on a memory disk: there flushes cost nothing, so a slow or
//! busy disk cannot hide what else we do.

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

use common::{nanoseconds, print_row, take_turns};
use liveapi_core::api::{Family, Outcome};
use liveapi_core::engine::{Client, Options};
use liveapi_core::store::Password;
use liveapi_core::store::hash::new_hash;

const PASSWORD: &str = "Bench-Secret-15";

fn main() {
    let Some(stores) = std::env::var_os("BENCH_STORES").map(PathBuf::from) else {
        println!("nothing to measure; start it through benches/run.sh");
        return;
    };
    let [small, medium, large] = ["10", "1000", "100000"].map(|size| Subject::open(&stores, size));
    for subject in [&small, &medium] {
        subject.against_parts("parts");
    }
    if let Some(memory) = std::env::var_os("BENCH_MEMORY") {
        Subject::open(Path::new(&memory), "1000").against_parts("memory");
    }
    for (subject, rounds) in [(&medium, 101), (&large, 31)] {
        let [ours, least] = take_turns(rounds, [&mut || subject.change(), &mut || small.change()]);
        print_row(&format!("change-growth-{}", subject.size), ours, least);
    }
}

/// A store of one account with a domain of so many mailboxes.
struct Subject {
    size: String,
    client: Client,
    params: String,
    etc: PathBuf,
    folder: File,
    content: Vec<u8>,
}

impl Subject {
    fn open(stores: &Path, size: &str) -> Self {
        let store = stores.join(size);
        let url = format!("home://{}", store.display());
        let options = Options { url: Some(url), user: Some("bob".to_owned()), ..Options::default() };
        let etc = store.join("bob/etc/example.com");
        // The mailbox in the middle: half of the file stands before it.
        let user = size.parse::<usize>().expect("a number") / 2;
        let params = format!(r#"{{"domain":"example.com","email":"u{user}","password":"{PASSWORD}"}}"#);
        Self {
            size: size.to_owned(),
            client: Client::new(options).expect("a client"),
            params,
            folder: File::open(&etc).expect("the domain's folder"),
            content: std::fs::read(etc.join("shadow")).expect("the file of hashes"),
            etc,
        }
    }

    fn against_parts(&self, row: &str) {
        let [ours, parts] = take_turns(101, [&mut || self.change(), &mut || self.parts()]);
        print_row(&format!("change-{row}-{}", self.size), ours, parts);
    }

    /// Our change, whole.
    fn change(&self) -> f64 {
        let (took, answer) =
            nanoseconds(|| self.client.call_json(Family::Api2, "Email", "passwdpop", &self.params));
        assert!(matches!(answer, Ok(Outcome::Done(_))), "{answer:?}");
        took
    }

    /// The parts, on a file of the same size beside the real one.
    fn parts(&self) -> f64 {
        let (temporary, name) = (self.etc.join(".bench.tmp"), self.etc.join("bench"));
        let password = Password::to_be_stored(PASSWORD).expect("a usable password");
        let (took, ()) = nanoseconds(|| {
            let hash = new_hash(&password).expect("a hash");
            let mut file = File::create(&temporary).expect("a temporary file");
            file.write_all(&self.content[hash.len()..]).expect("written");
            file.write_all(hash.as_bytes()).expect("written");
            file.sync_all().expect("flushed");
            std::fs::rename(&temporary, &name).expect("renamed");
            self.folder.sync_all().expect("flushed");
        });
        took
    }
}
