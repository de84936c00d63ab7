//! `liveapid totp`: second factors.

use std::path::Path;

use clap::{ArgMatches, Command};

use super::given::{existing_owner, owner, owner_arg};
use super::group;
use crate::server::auth::{Codes, Users};
use liveapi_core::api::NotDone;
use liveapi_core::base::clock;
use liveapi_core::engine::Options;

pub(super) const NAME: &str = "totp";

/// The options of `liveapid totp`.
pub(super) fn command() -> Command {
    group(NAME, "Two-factor authentication: codes of authenticator programs beside passwords")
        .subcommand(
            Command::new("enable")
                .about(
                    "Switches it on for somebody, and shows what the authenticator program reads, this once",
                )
                .arg(owner_arg()),
        )
        .subcommand(Command::new("disable").about("Switches it off for somebody").arg(owner_arg()))
        .subcommand(Command::new("list").about("Lists for whom it is on"))
}

/// Does what the command line says, and answers what to print.
pub(super) fn run(matches: &ArgMatches, folder: &Path, options: Options) -> Result<String, NotDone> {
    let (codes, users) = (Codes::open(folder)?, Users::open(folder)?);
    match matches.subcommand() {
        Some(("enable", matches)) => {
            let owner = existing_owner(matches, &users, options)?;
            let url = codes.enable(&owner, clock::seconds())?;
            Ok(format!("{url}\nIt is not shown again. From now on every password of {owner} needs a code\n"))
        }
        Some(("disable", matches)) => {
            let owner = owner(matches, &users)?;
            Ok(if codes.disable(&owner)? {
                format!("Off: {owner}\n")
            } else {
                format!("It was off: {owner}\n")
            })
        }
        _ => Ok(codes.owners()?.iter().map(|owner| format!("{owner}\n")).collect()),
    }
}
