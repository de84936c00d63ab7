//! Makes the calls of a batch, and says how far it came.

use std::path::PathBuf;

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::counts::Counts;
use super::input::Input;
use super::journal::{BatchIdentity, Journal};
use super::options::NAME;
use super::progress::BatchProgress;
use super::results::Results;
use crate::cli::exit_status::NOT_DONE;
use crate::cli::program::Program;
use crate::cli::stop::Stop;
use liveapi_core::engine::batch::{BatchOptions, BatchRow, BatchWatch, Ended};
use liveapi_core::engine::{Client, Options, Process};

/// Options of single calls that a batch has no place for.
const OF_ONE_CALL: [&str; 7] =
    ["words", "output", "input", "args-json", "password-stdin", "raw", "strict-exit"];

/// What follows a batch: journal, results, progress bar, Ctrl-C.
struct Follower<'f> {
    journal: Option<&'f Journal>,
    results: Results,
    progress: BatchProgress,
    stop: &'f Stop,
    counts: Counts,
}

impl BatchWatch for Follower<'_> {
    fn stopped(&self) -> bool {
        self.stop.is_wished()
    }

    fn begin(&mut self, numbers: &[u64]) -> Result<(), liveapi_core::api::Error> {
        self.journal.map_or(Ok(()), |journal| journal.begin(numbers))
    }

    fn ended(&mut self, _number: u64, row: &BatchRow) -> Result<(), liveapi_core::api::Error> {
        self.journal.map_or(Ok(()), |journal| journal.ended(row))
    }

    fn row(&mut self, _number: u64, row: BatchRow) -> Result<(), liveapi_core::api::Error> {
        self.counts.add(row.status);
        self.progress.advance(self.counts.not_done());
        self.results.write(&row)
    }
}

/// Makes the calls; the exit status. A complaint means that nothing was sent.
pub(crate) fn run(program: Program, matches: &ArgMatches) -> Result<u8, String> {
    let path = matches.get_one::<PathBuf>(NAME).ok_or("Name the file of the batch")?;
    if let Some(name) =
        OF_ONE_CALL.iter().find(|name| matches.value_source(name) == Some(ValueSource::CommandLine))
    {
        let name = if *name == "words" { "Words behind the options".to_owned() } else { format!("--{name}") };
        return Err(format!("{name} and --batch do not go together: each line of the file is a whole call"));
    }
    let options = batch_options(program, matches)?;
    let (user, url) = (matches.get_one::<String>("user").cloned(), matches.get_one::<String>("url").cloned());
    let options_of_client = Options { user, url, ..Options::default() };
    let client = Client::within(Process::Program, options_of_client).map_err(|error| error.to_string())?;
    let mut input = Input::open(path)?;
    let checked = input.check(|line| client.check(line, options.family))?;
    let identity =
        BatchIdentity::new(&checked, program, &client, matches.get_one::<String>("url").map(String::as_str))?;
    let journal = matches
        .get_one::<PathBuf>("resume")
        .map(|path| Journal::open(path, &identity, &checked))
        .transpose()?;
    let results =
        Results::open(matches.get_one::<PathBuf>("results").map(PathBuf::as_path), &input, journal.as_ref())?;
    let progress =
        BatchProgress::new(!matches.get_flag("no-progress") && !results.is_on_terminal(), checked.items);
    let stop = Stop::watch(|signal| 128 + signal)?;
    let mut follower =
        Follower { journal: journal.as_ref(), results, progress, stop: &stop, counts: Counts::default() };
    let family = options.family;
    let source = Box::new(input.items(journal.as_ref(), family)?);
    let ended = client.batch(options, source, &mut follower);
    follower.progress.end();
    let synced = journal.as_ref().map_or(Ok(()), Journal::sync);
    let counts = follower.counts;
    Ok(match ended.and_then(|ended| synced.map(|()| ended)) {
        Err(error) => {
            let far = how_far(&counts, checked.items);
            program.complain(&format!("{error}. {far}{}", go_on(journal.as_ref())));
            NOT_DONE
        }
        Ok(Some(Ended::Stopped)) => {
            let far = how_far(&counts, checked.items);
            program.complain(&format!("Stopped. {far}{}", go_on(journal.as_ref())));
            128 + stop.signal()
        }
        Ok(ended) => finished(program, &counts, checked.items, ended, journal.as_ref()),
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
    let mut sentence = format!("{} of {items} items are not done: {}", items - counts.done(), counts.shown());
    if ended == Some(Ended::NotDone) {
        sentence.push_str(&format!("; {} were not sent{}", items - counts.total(), go_on(journal)));
    }
    program.complain(&sentence);
    NOT_DONE
}

fn how_far(counts: &Counts, items: u64) -> String {
    format!("{} of {items} items have a result", counts.total())
}

/// How to go on after a run that ended early.
fn go_on(journal: Option<&Journal>) -> String {
    match journal {
        Some(journal) => {
            format!(". The same command goes on where it ended: the journal is {}", journal.path().display())
        }
        None => ". There is no journal (--resume); the results say which items were sent".to_owned(),
    }
}
