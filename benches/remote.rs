//! Calls to a server over TLS on loopback, against other clients and against the floor: a bare rustls
//! connection that is kept open.
//!
//! Each subject is a process that lives through all rounds: it reads a number from standard input, makes that many
//! calls, and answers the nanoseconds of one. So subjects of every language take turns. Started with
//! `floor`, this program is the floor itself. `run.sh` names the subjects and the server, by `BENCH_…`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark reports to its terminal and stops at the first surprise"
)]

mod common;
#[path = "peers/floor.rs"]
mod floor;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use common::{print_row, turns};

/// Rounds, of those that are started anew each time, and of those that use both processors.
const ROUNDS: usize = 21;
const STARTS: usize = 41;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("floor") => floor::run(),
        _ if std::env::var_os("BENCH_REMOTE").is_none() => {
            println!("nothing to measure; start it through benches/run.sh");
        }
        _ => measure(),
    }
}

fn measure() {
    sequential();
    let ours = |mode: &'static str| words(&["BENCH_REMOTE", mode]).expect("the C program");
    for threads in [8, 32] {
        let at_once = |mut words: Vec<String>| {
            words.extend(["threads".to_owned(), threads.to_string()]);
            Subject::start(&words, 4000 / threads, &[])
        };
        let mut subjects = [at_once(ours("loop")), at_once(the_floor())];
        let [our, peer] = rounds(&mut subjects)[..] else { return };
        print_row(&format!("remote-{threads}-floor"), our, peer);
    }
    let large = [("LIVEAPI_URL", setting("BENCH_REMOTE_LARGE"))];
    if let Some(curl) = words(&["BENCH_CURL", "large"]) {
        let mut subjects = [Subject::start(&ours("large"), 40, &large), Subject::start(&curl, 40, &large)];
        let [our, peer] = rounds(&mut subjects)[..] else { return };
        print_row("remote-large-libcurl", our, peer);
    }
    let mut first = [ours("first"), the_floor()].map(|words| move || Subject::start(&words, 1, &[]).ask());
    let [our, peer] = &mut first;
    let times = turns(STARTS, &mut [our, peer]);
    print_row("remote-first-floor", times[0], times[1]);
}

/// One call after the other, by every client there is.
fn sequential() {
    let peers: [(&str, &[&str], usize); 10] = [
        ("ours", &["BENCH_REMOTE", "loop"], 400),
        ("libcurl", &["BENCH_CURL", "loop"], 400),
        ("php", &["BENCH_PHP", "@php/remote.php", "ours"], 400),
        ("php-new", &["BENCH_PHP_CURL", "@php/remote.php", "new"], 20),
        ("php-reused", &["BENCH_PHP_CURL", "@php/remote.php", "reused"], 400),
        ("perl", &["BENCH_PERL_REMOTE", "@perl/remote.pl", "ours"], 400),
        ("tiny", &["BENCH_PERL_TINY", "@perl/remote.pl", "tiny"], 10),
        ("tiny-keep", &["BENCH_PERL_TINY", "@perl/remote.pl", "tiny-keep"], 3),
        ("session", &["BENCH_PYTHON_REQUESTS", "@peers/session.py"], 40),
        ("floor", &[], 400),
    ];
    let there: Vec<_> = peers
        .into_iter()
        .filter_map(|(name, of, calls)| {
            let words = if of.is_empty() { Some(the_floor()) } else { words(of) };
            Some((name, Subject::start(&words?, calls, &[])))
        })
        .collect();
    let (names, mut subjects): (Vec<_>, Vec<_>) = there.into_iter().unzip();
    let times = rounds(&mut subjects);
    let time = |wanted: &str| names.iter().position(|&name| name == wanted).map(|at| times[at]);
    for (ours, peers) in [
        ("ours", &["floor", "libcurl", "session"][..]),
        ("php", &["floor", "php-new", "php-reused"]),
        ("perl", &["floor", "tiny", "tiny-keep"]),
    ] {
        for peer in peers {
            if let (Some(our), Some(their)) = (time(ours), time(peer)) {
                print_row(&format!("remote-{ours}-{peer}"), our, their);
            }
        }
    }
}

/// A command: the words of a variable, then a script of ours for `@`, then as they are. `None` without
/// the variable.
fn words(of: &[&str]) -> Option<Vec<String>> {
    let (variable, rest) = of.split_first()?;
    let program = std::env::var(variable).ok()?;
    let here = |word: &&str| match word.strip_prefix('@') {
        Some(script) => format!("{}/{script}", setting("BENCH_REMOTE_SCRIPTS")),
        None => (*word).to_owned(),
    };
    Some(program.split(' ').map(str::to_owned).chain(rest.iter().map(here)).collect())
}

fn the_floor() -> Vec<String> {
    vec![std::env::current_exe().expect("this program").display().to_string(), "floor".to_owned()]
}

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; start it through benches/run.sh"))
}

fn rounds(subjects: &mut [Subject]) -> Vec<f64> {
    let mut asks: Vec<_> = subjects.iter_mut().map(|subject| || subject.ask()).collect();
    let mut asks: Vec<&mut dyn FnMut() -> f64> = asks.iter_mut().map(|ask| ask as _).collect();
    turns(ROUNDS, &mut asks)
}

/// A client that runs.
struct Subject {
    process: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    calls: usize,
    name: String,
}

impl Subject {
    fn start(words: &[String], calls: usize, environment: &[(&str, String)]) -> Self {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped());
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let mut process = command.spawn().unwrap_or_else(|cause| panic!("{words:?}: {cause}"));
        let (to, from) = (process.stdin.take(), process.stdout.take().expect("a pipe"));
        Self { process, to, from: BufReader::new(from), calls, name: words.join(" ") }
    }

    /// The nanoseconds of one call.
    fn ask(&mut self) -> f64 {
        writeln!(self.to.as_mut().expect("a pipe"), "{}", self.calls).expect("a subject that reads");
        let mut line = String::new();
        self.from.read_line(&mut line).expect("an answer");
        line.trim().parse().unwrap_or_else(|_| panic!("{} answered “{line}”", self.name))
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        self.to = None;
        let _ = self.process.wait();
    }
}
