//! 10,000 changes in a batch of the program, against the same changes one after the other, and against their hashes
//! alone on all processors.
//!
//! The single calls have every advantage that they have in a program: one client, nothing started. They are a fifth of
//! the batch's number, and their time is counted five times.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark reports to its terminal and stops at the first surprise"
)]

mod common;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{nanoseconds, print_row, take_turns};
use liveapi_core::api::{Family, Outcome};
use liveapi_core::engine::{Client, Options};
use liveapi_core::store::{Password, hash};

const CHANGES: usize = 10_000;
/// How many of them are made one after the other.
const SINGLES: usize = CHANGES / 5;
const ROUNDS: usize = 3;
const PASSWORD: &str = "Bench-Secret-15";

fn main() {
    let Some(stores) = std::env::var_os("BENCH_STORES").map(PathBuf::from) else {
        println!("nothing to measure; start it through benches/run.sh");
        return;
    };
    let subject = Subject::open(&stores.join("10000"));
    let passwords = |count| subject.items("passwdpop", "u", count);
    let (all, few) = (passwords(CHANGES), passwords(SINGLES));
    let [ours, single, hashes] = take_turns(
        ROUNDS,
        [
            &mut || subject.batch(&all),
            &mut || subject.singles(&few) * (CHANGES / SINGLES) as f64,
            &mut || hashes_alone(),
        ],
    );
    print_row("many-passwords-single", ours, single);
    print_row("many-passwords-hashes", ours, hashes);
    let made = |count| subject.items("addpop", "new", count);
    let (all, few) = (made(CHANGES), made(SINGLES));
    let forget = |count| subject.batch(&subject.items("delpop", "new", count));
    let [ours, single] = take_turns(
        ROUNDS,
        [
            &mut || {
                let took = subject.batch(&all);
                forget(CHANGES);
                took
            },
            &mut || {
                let took = subject.singles(&few);
                forget(SINGLES);
                took * (CHANGES / SINGLES) as f64
            },
        ],
    );
    print_row("many-mailboxes-single", ours, single);
    // For whoever counts flushes and memory.
    std::fs::write(stores.join("10000/passwords.jsonl"), text(&passwords(CHANGES))).expect("the calls");
}

/// The file of a batch.
fn text(items: &[(&str, String)]) -> String {
    let mut text = String::new();
    for (func, params) in items {
        writeln!(text, r#"{{"module":"Email","func":"{func}","params":{params}}}"#).expect("text");
    }
    text
}

/// What no batch can do without, with every processor at work.
fn hashes_alone() -> f64 {
    let password = Password::to_be_stored(PASSWORD).expect("a usable password");
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let part = vec![&password; CHANGES / processors];
    let (took, ()) = nanoseconds(|| {
        std::thread::scope(|scope| {
            for _ in 0..processors {
                scope.spawn(|| std::hint::black_box(hash::new_hashes(&part).expect("hashes")));
            }
        });
    });
    took
}

/// A store of one account with a domain of 10,000 mailboxes.
struct Subject {
    url: String,
    client: Client,
    calls: PathBuf,
}

impl Subject {
    fn open(store: &Path) -> Self {
        let url = format!("home://{}", store.display());
        let options = Options { url: Some(url.clone()), user: Some("bob".to_owned()), ..Options::default() };
        let client = Client::new(options).expect("a client");
        Self { url, client, calls: store.join("calls.jsonl") }
    }

    /// The function and the parameters of that many calls, for mailboxes of names with numbers.
    fn items(&self, func: &'static str, name: &str, count: usize) -> Vec<(&'static str, String)> {
        let params =
            |n: usize| format!(r#"{{"domain":"example.com","email":"{name}{n}","password":"{PASSWORD}"}}"#);
        (0..count).map(|n| (func, params(n))).collect()
    }

    /// A batch by the program, with its start.
    fn batch(&self, items: &[(&str, String)]) -> f64 {
        std::fs::write(&self.calls, text(items)).expect("the calls");
        let mut command = Command::new(std::env::var_os("BENCH_CPAPI2").expect("BENCH_CPAPI2"));
        command.args(["--user=bob", "--url", &self.url, "--batch"]).arg(&self.calls);
        let journal = self.calls.with_extension("journal");
        let _ = std::fs::remove_file(&journal);
        let (took, output) = nanoseconds(|| command.arg("--resume").arg(&journal).output().expect("a batch"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        took
    }

    fn singles(&self, items: &[(&str, String)]) -> f64 {
        let (took, ()) = nanoseconds(|| {
            for (func, params) in items {
                let answer = self.client.call_json(Family::Api2, "Email", func, params);
                assert!(matches!(answer, Ok(Outcome::Done(_))), "{answer:?}");
            }
        });
        took
    }
}
