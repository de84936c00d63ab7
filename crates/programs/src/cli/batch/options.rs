//! The options of a batch.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ValueHint, value_parser};

/// The option that asks for it.
pub(crate) const NAME: &str = "batch";
/// All of them, the first of which asks for a batch.
pub(crate) fn options() -> [Arg; 6] {
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
