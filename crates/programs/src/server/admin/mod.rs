//! The subcommands that manage who may log in. They work on the files of the state folder, which a running daemon
//! reads again by itself.

mod given;
mod token;
mod totp;
mod user;

use std::path::Path;

use clap::{ArgMatches, Command};

use super::auth::STATE;
use liveapi_core::api::{Error, ErrorKind, NotDone};
use liveapi_core::engine::Options;

/// The subcommands with their options.
pub(super) fn commands() -> Vec<Command> {
    vec![token::command(), user::command(), totp::command()]
}

/// Does what one of them is asked for, in the daemon's state folder; what it says goes to standard output.
/// `options` name the store that the accounts are in.
pub(super) fn run(name: &str, matches: &ArgMatches, state: &Path, options: Options) -> Result<String, Error> {
    let folder = state.join(STATE);
    let report = match name {
        token::NAME => token::run(matches, &folder, options),
        user::NAME => user::run(matches, &folder, options),
        totp::NAME => totp::run(matches, &folder, options),
        other => Err(Error::new(ErrorKind::BadParams, format!("“{other}” is not known")).into()),
    };
    report.map_err(|not_done| match not_done {
        NotDone::Refused(refusal) => Error::new(ErrorKind::BadParams, refusal.to_string()),
        NotDone::Failed(error) => error,
    })
}

/// A command of which one subcommand must be named.
fn group(name: &'static str, about: &'static str) -> Command {
    Command::new(name).about(about).subcommand_required(true).arg_required_else_help(true)
}
