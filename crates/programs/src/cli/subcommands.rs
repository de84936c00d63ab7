//! `liveapi`: works beside the functions of cPanel, on stores, pages and settings.

use std::io::Write;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::answer::Answer;
use super::exit_status::NOT_CALLED;
use super::{config, doctor, import, openapi, render, run as page};
use crate::live::script::launched;
use liveapi_core::base::limits;

/// Runs the program with the arguments of the process.
pub(super) fn liveapi() -> ExitCode {
    // Pages are started by this program, which becomes them.
    if let Some(status) = launched() {
        return status;
    }
    let matches = match command().try_get_matches_from(std::env::args_os()) {
        Ok(matches) => matches,
        // Help is no failure.
        Err(cause) if !cause.use_stderr() => return print(Ok(Answer::text(cause.render().to_string()))),
        Err(cause) => return print(Err(cause.render().to_string())),
    };
    match matches.subcommand() {
        // A page is bytes, and is told about in its own words.
        Some((render::NAME, matches)) => render::run(matches),
        Some((page::NAME, matches)) => page::run(matches),
        other => print(run(other, &matches)),
    }
}

fn run(subcommand: Option<(&str, &ArgMatches)>, matches: &ArgMatches) -> Result<Answer, String> {
    match subcommand {
        _ if matches.get_flag("version") => {
            Ok(Answer::text(format!("liveapi {}\n", env!("CARGO_PKG_VERSION"))))
        }
        Some((config::NAME, matches)) => config::run(matches),
        Some((doctor::NAME, matches)) => doctor::run(matches),
        Some((import::NAME, matches)) => import::run(matches),
        Some((openapi::NAME, matches)) => Ok(openapi::run(matches)),
        _ => Err(format!("Name what to do\n\n{}", command().render_help())),
    }
}

fn print(answer: Result<Answer, String>) -> ExitCode {
    let answer =
        answer.unwrap_or_else(|complaint| Answer { text: String::new(), complaint: Some(complaint) });
    let printed = std::io::stdout().write_all(answer.text.as_bytes());
    let unprinted = |cause: std::io::Error| {
        format!("The work is done, but its report cannot be printed: {}", limits::named(&cause))
    };
    let Some(complaint) = answer.complaint.or(printed.err().map(unprinted)) else {
        return ExitCode::SUCCESS;
    };
    // Standard error may be closed; the status says it all the same.
    let _ = writeln!(std::io::stderr(), "[liveapi] {complaint}");
    ExitCode::from(NOT_CALLED)
}

/// Its options and subcommands. Help, completions and manual pages are made from them.
pub fn command() -> Command {
    Command::new("liveapi")
        .about(
            "Works with mail stores, pages and settings: LIVEAPI_URL names a store, e.g. home:///srv/homes",
        )
        .subcommand(config::command())
        .subcommand(doctor::command())
        .subcommand(import::command())
        .subcommand(openapi::command())
        .subcommand(render::command())
        .subcommand(page::command())
        .arg(Arg::new("version").long("version").action(ArgAction::SetTrue).help("Print the version"))
}
