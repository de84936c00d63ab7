//! `liveapi`: works beside the functions of cPanel.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{Arg, ArgAction, Command};

use super::{NOT_CALLED, render};

/// Runs the program with the arguments of the process.
pub fn liveapi() -> ExitCode {
    run(std::env::args_os()).unwrap_or_else(|complaint| {
        // Standard error may be closed; the status says it all the same.
        let _ = writeln!(std::io::stderr(), "[liveapi] {complaint}");
        ExitCode::from(NOT_CALLED)
    })
}

fn run(args: impl Iterator<Item = OsString>) -> Result<ExitCode, String> {
    let matches = match command().try_get_matches_from(args) {
        Ok(matches) => matches,
        // Help is no failure.
        Err(cause) if !cause.use_stderr() => return said(&cause.render().to_string()),
        Err(cause) => return Err(cause.render().to_string()),
    };
    match matches.subcommand() {
        _ if matches.get_flag("version") => said(&format!("liveapi {}\n", env!("CARGO_PKG_VERSION"))),
        Some((render::NAME, matches)) => Ok(render::run(matches)),
        _ => Err(format!("Name what to do\n\n{}", command().render_help())),
    }
}

fn said(text: &str) -> Result<ExitCode, String> {
    let printed = std::io::stdout().write_all(text.as_bytes());
    Ok(if printed.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(NOT_CALLED) })
}

fn command() -> Command {
    Command::new("liveapi")
        .about("Works with pages and mail stores: LIVEAPI_URL names a store, e.g. home:///srv/homes")
        .subcommand(render::command())
        .arg(Arg::new("version").long("version").action(ArgAction::SetTrue).help("Print the version"))
}
