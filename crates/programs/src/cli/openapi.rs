//! `liveapi openapi`: what `liveapid` answers, as an OpenAPI document.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};

use super::answer::Answer;
use crate::server::{ServiceKind, openapi};

pub(super) const NAME: &str = "openapi";
const SERVICE: &str = "service";

/// The options of `liveapi openapi`.
pub(super) fn command() -> Command {
    Command::new(NAME)
        .about("Prints what liveapid answers, as an OpenAPI 3.1 document")
        .after_help("The daemon serves the same at /openapi.json of each port, to users who are logged in.")
        .arg(
            Arg::new(SERVICE)
                .value_name("SERVICE")
                .value_parser(PossibleValuesParser::new(["cpanel", "whm", "webmail"]))
                .default_value("cpanel")
                .help("Whose port"),
        )
}

/// Prints the document.
pub(super) fn run(matches: &ArgMatches) -> Answer {
    let service = match matches.get_one::<String>(SERVICE).map(String::as_str) {
        Some("whm") => ServiceKind::Whm,
        Some("webmail") => ServiceKind::Webmail,
        _ => ServiceKind::Cpanel,
    };
    Answer::text(format!("{:#}\n", openapi::document(service)))
}
