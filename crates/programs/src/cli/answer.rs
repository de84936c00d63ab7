//! What a subcommand of `liveapi` answers, and in which form.

use clap::{Arg, ArgMatches};

/// What a subcommand prints on standard output, and whether it did its work.
pub(super) struct Answer {
    pub(super) text: String,
    /// Why not, for standard error.
    pub(super) complaint: Option<String>,
}

impl Answer {
    /// A text and nothing to complain of.
    pub(super) fn text(text: String) -> Self {
        Self { text, complaint: None }
    }
}

/// The option for the form of a report.
pub(super) fn output() -> Arg {
    Arg::new("output")
        .long("output")
        .value_name("FORMAT")
        .value_parser(["text", "json"])
        .default_value("text")
        .help("The form of the report")
}

/// Whether the report is to be JSON.
pub(super) fn is_json(matches: &ArgMatches) -> bool {
    matches.get_one::<String>("output").is_some_and(|format| format == "json")
}
