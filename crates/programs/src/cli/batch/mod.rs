//! `--batch FILE`: the calls of a file, one JSON object a line, with their results in the same order.
//!
//! The whole file is read and checked before anything is sent, and read again while calls are in flight, so only a
//! window of it is in memory. With `--resume` a journal says which calls were begun and what came of them, and
//! nothing that changes anything is begun twice, however the run before this one ended.

mod input;
mod journal;
mod progress;
mod results;

use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, ValueHint, value_parser};

use self::input::Input;
use self::journal::{Bound, Journal};
use self::progress::BatchProgress;
use self::results::Results;
use super::stop::Stop;
use super::{NOT_DONE, Program, complain};
use liveapi_core::engine::batch::{BatchOptions, Ended, Row, Status, Watch};
use liveapi_core::engine::{Client, Options};

/// The option that asks for it.
pub(super) const NAME: &str = "batch";
/// Options of single calls that a batch has no place for.
const OF_ONE_CALL: [&str; 7] =
    ["words", "output", "input", "args-json", "password-stdin", "raw", "strict-exit"];

/// Its options.
pub(super) fn options() -> [Arg; 6] {
    let file = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::FilePath)
            .help(help)
    };
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).requires(NAME).help(help)
    };
    [
        file(
            NAME,
            "Make the calls of a file, one JSON object with module, func and params a line; - is standard input",
        ),
        Arg::new("in-flight")
            .long("in-flight")
            .value_name("N")
            .requires(NAME)
            .help("How many calls of a batch are in flight to one server, 1 to 256; 32 unless given"),
        file("results", "Write the results of a batch there, one line a call; else to standard output")
            .requires(NAME),
        file("resume", "Keep a journal of a batch there, and go on where it ends; no call is begun twice")
            .requires(NAME),
        flag("stop-on-error", "Send no more of a batch after the first call that is not done"),
        flag("no-progress", "Show no progress bar on the terminal"),
    ]
}

/// How many items ended in each state.
#[derive(Default)]
struct Counts([u64; 5]);

impl Counts {
    const ALL: [Status; 5] = [Status::Done, Status::Refused, Status::Failed, Status::Unknown, Status::Unsent];

    fn add(&mut self, status: Status) {
        for (count, counted) in self.0.iter_mut().zip(Self::ALL) {
            *count += u64::from(counted == status);
        }
    }

    fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    fn not_done(&self) -> u64 {
        self.total() - self.0[0]
    }

    /// “2 refused, 1 failed”.
    fn shown(&self) -> String {
        let all = self.0.iter().zip(Self::ALL).skip(1).filter(|(count, _)| **count > 0);
        all.map(|(count, status)| format!("{count} {}", status.word())).collect::<Vec<_>>().join(", ")
    }
}

/// What follows a batch: journal, results, bar, Ctrl-C.
struct Follower<'f> {
    journal: Option<&'f Journal>,
    results: Results,
    bar: BatchProgress,
    stop: &'f Stop,
    counts: Counts,
}

impl Watch for Follower<'_> {
    fn stopped(&self) -> bool {
        self.stop.is_wished()
    }

    fn begin(&mut self, numbers: &[u64]) -> Result<(), liveapi_core::api::Error> {
        self.journal.map_or(Ok(()), |journal| journal.begin(numbers))
    }

    fn ended(&mut self, _number: u64, row: &Row) -> Result<(), liveapi_core::api::Error> {
        self.journal.map_or(Ok(()), |journal| journal.ended(row))
    }

    fn row(&mut self, _number: u64, row: Row) -> Result<(), liveapi_core::api::Error> {
        self.counts.add(row.status);
        self.bar.advance(self.counts.not_done());
        self.results.write(&row)
    }
}

/// Makes the calls; the exit status. A complaint means that nothing was sent.
pub(super) fn run(program: Program, matches: &ArgMatches) -> Result<u8, String> {
    let path = matches.get_one::<PathBuf>(NAME).ok_or("Name the file of the batch")?;
    if let Some(name) =
        OF_ONE_CALL.iter().find(|name| matches.value_source(name) == Some(ValueSource::CommandLine))
    {
        let name = if *name == "words" { "Words behind the options".to_owned() } else { format!("--{name}") };
        return Err(format!("{name} and --batch do not go together: each line of the file is a whole call"));
    }
    let options = batch_options(program, matches)?;
    let (user, url) = (matches.get_one::<String>("user").cloned(), matches.get_one::<String>("url").cloned());
    let client =
        Client::new(Options { user, url, ..Options::default() }).map_err(|error| error.to_string())?;
    let mut input = Input::open(path)?;
    let seen = input.check(|line| client.check(line, options.family))?;
    let bound = Bound::new(&seen, program, &client, matches.get_one::<String>("url").map(String::as_str))?;
    let journal =
        matches.get_one::<PathBuf>("resume").map(|path| Journal::open(path, &bound, &seen)).transpose()?;
    let results =
        Results::open(matches.get_one::<PathBuf>("results").map(PathBuf::as_path), &input, journal.as_ref())?;
    let bar = BatchProgress::new(!matches.get_flag("no-progress") && !results.is_on_terminal(), seen.items);
    let stop = Stop::watch(|signal| 128 + signal)?;
    let mut follower =
        Follower { journal: journal.as_ref(), results, bar, stop: &stop, counts: Counts::default() };
    let family = options.family;
    let source = Box::new(input.items(journal.as_ref(), family)?);
    let ended = client.batch(options, source, &mut follower);
    follower.bar.end();
    let synced = journal.as_ref().map_or(Ok(()), Journal::sync);
    let counts = follower.counts;
    Ok(match ended.and_then(|ended| synced.map(|()| ended)) {
        Err(error) => {
            let told = how_far(&counts, seen.items);
            complain(program, &format!("{error}. {told}{}", go_on(journal.as_ref())));
            NOT_DONE
        }
        Ok(Some(Ended::Stopped)) => {
            let told = how_far(&counts, seen.items);
            complain(program, &format!("Stopped. {told}{}", go_on(journal.as_ref())));
            128 + stop.signal()
        }
        Ok(ended) => finished(program, &counts, seen.items, ended, journal.as_ref()),
    })
}

fn batch_options(program: Program, matches: &ArgMatches) -> Result<BatchOptions, String> {
    let mut options = BatchOptions { family: program.family(), ..BatchOptions::default() };
    if let Some(text) = matches.get_one::<String>("in-flight") {
        options.in_flight = BatchOptions::in_flight(text.parse().ok())
            .map_err(|why| format!("The option --in-flight {why}"))?;
    }
    options.stop_on_error = matches.get_flag("stop-on-error");
    Ok(options)
}

fn finished(
    program: Program,
    counts: &Counts,
    items: u64,
    ended: Option<Ended>,
    journal: Option<&Journal>,
) -> u8 {
    if ended.is_none() && counts.not_done() == 0 {
        return 0;
    }
    let mut told = format!("{} of {items} items are not done: {}", items - counts.0[0], counts.shown());
    if ended == Some(Ended::NotDone) {
        told.push_str(&format!("; {} were not sent{}", items - counts.total(), go_on(journal)));
    }
    complain(program, &told);
    NOT_DONE
}

fn how_far(counts: &Counts, items: u64) -> String {
    format!("{} of {items} items have a result", counts.total())
}

/// How to go on after a run that ended early.
fn go_on(journal: Option<&Journal>) -> String {
    match journal {
        Some(journal) => {
            format!(". The same command goes on where it ended: the journal is {}", shown(journal.path()))
        }
        None => ". There is no journal (--resume); the results say which items were sent".to_owned(),
    }
}

/// A path for people.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
