//! `liveapi`: works on the mail store itself, where the other programs call its functions.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{Arg, ArgAction, Command};

use super::import;

/// The exit status when the work was not done.
const NOT_DONE: u8 = 1;

/// What a subcommand prints on standard output, and whether it did its work.
pub(super) struct Answer {
    pub(super) text: String,
    /// Why not, for standard error.
    pub(super) complaint: Option<String>,
}

/// Runs the program with the arguments of the process.
pub fn liveapi() -> ExitCode {
    let answer = run(std::env::args_os())
        .unwrap_or_else(|complaint| Answer { text: String::new(), complaint: Some(complaint) });
    let printed = std::io::stdout().write_all(answer.text.as_bytes());
    let unprinted = |cause| format!("The work is done, but its report cannot be printed: {cause}");
    let Some(complaint) = answer.complaint.or(printed.err().map(unprinted)) else {
        return ExitCode::SUCCESS;
    };
    // Standard error may be closed; the status says it all the same.
    let _ = writeln!(std::io::stderr(), "[liveapi] {complaint}");
    ExitCode::from(NOT_DONE)
}

fn run(args: impl Iterator<Item = OsString>) -> Result<Answer, String> {
    let said = |text: String| Ok(Answer { text, complaint: None });
    let matches = match command().try_get_matches_from(args) {
        Ok(matches) => matches,
        // Help is no failure.
        Err(cause) if !cause.use_stderr() => return said(cause.render().to_string()),
        Err(cause) => return Err(cause.render().to_string()),
    };
    match matches.subcommand() {
        _ if matches.get_flag("version") => said(format!("liveapi {}\n", env!("CARGO_PKG_VERSION"))),
        Some((import::NAME, matches)) => import::run(matches),
        _ => Err(format!("Name what to do\n\n{}", command().render_help())),
    }
}

fn command() -> Command {
    Command::new("liveapi")
        .about("Works on a liveapi mail store: LIVEAPI_URL names it, e.g. home:///srv/homes")
        .subcommand(import::command())
        .arg(Arg::new("version").long("version").action(ArgAction::SetTrue).help("Print the version"))
}
