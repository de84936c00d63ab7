//! `liveapid user`: WHM users, who are the daemon's own.

use std::path::Path;

use clap::{Arg, ArgMatches, Command};

use super::given::{existing_id, file_arg, secret, strong, text};
use super::group;
use crate::server::auth::{AssignedAccount, Codes, Tokens, User, Users};
use liveapi_core::api::{NotDone, Refusal};
use liveapi_core::engine::Options;
use liveapi_core::store::{AccountName, Secret};

pub(super) const NAME: &str = "user";

/// The options of `liveapid user`.
pub(super) fn command() -> Command {
    let name = || Arg::new("name").value_name("NAME").required(true).help("The name of the WHM user");
    let password = || file_arg("password-file", "The file with the password, instead of standard input");
    let accounts =
        |help: &'static str| Arg::new("accounts").value_name("A,B,…").value_delimiter(',').help(help);
    group(NAME, "WHM users: administrators, who may do everything, and resellers with their accounts")
        .subcommand(
            Command::new("add")
                .about("Adds a WHM user; the password comes on standard input")
                .arg(name())
                .arg(
                    Arg::new("reseller")
                        .long("reseller")
                        .action(clap::ArgAction::SetTrue)
                        .help("A reseller, not an administrator"),
                )
                .arg(accounts("The accounts of a reseller").long("accounts").requires("reseller"))
                .arg(password()),
        )
        .subcommand(
            Command::new("password")
                .about("Changes a password, which comes on standard input; sessions of the user end")
                .arg(name())
                .arg(password()),
        )
        .subcommand(
            Command::new("accounts")
                .about("Says which accounts a reseller has")
                .arg(name())
                .arg(accounts("The accounts, all of them; without any, the reseller has none")),
        )
        .subcommand(
            Command::new("remove").about("Removes a WHM user with its tokens and second factor").arg(name()),
        )
        .subcommand(Command::new("list").about("Lists the WHM users"))
}

/// Does what the command line says, and answers what to print.
pub(super) fn run(matches: &ArgMatches, folder: &Path, options: Options) -> Result<String, NotDone> {
    let users = Users::open(folder)?;
    let (action, matches) = matches.subcommand().unwrap_or(("list", matches));
    let name = if action == "list" { "" } else { text(matches, "name") };
    match action {
        "add" => {
            let accounts = matches.get_flag("reseller").then(|| accounts(matches, &options)).transpose()?;
            let password = secret(matches, "password-file", "password")?;
            users.add(name, &Secret::Password(strong(&password)?), accounts.as_deref())?;
            Ok(format!("Added: {name}\n"))
        }
        "password" => {
            let password = secret(matches, "password-file", "password")?;
            users.set_password(name, &Secret::Password(strong(&password)?))?;
            Ok(format!("Changed: {name}\n"))
        }
        "accounts" => {
            // Who is not there is complained of first.
            let known = users.get(name)?.is_some();
            let accounts = if known { accounts(matches, &options)? } else { Vec::new() };
            users.set_accounts(name, &accounts)?;
            Ok(format!("Changed: {name}\n"))
        }
        "remove" => remove(name, &users, folder),
        _ => Ok(users.list()?.iter().map(line).collect()),
    }
}

fn remove(name: &str, users: &Users, folder: &Path) -> Result<String, NotDone> {
    let Some(user) = users.get(name)? else {
        // Before anything of it goes.
        return users.remove(name).map(|()| String::new());
    };
    // First, so that a failure leaves nothing that works.
    let owner = user.owner();
    Tokens::open(folder)?.forget_owner(&owner)?;
    Codes::open(folder)?.disable(&owner)?;
    users
        .remove(name)
        .map_err(|error| error.after(&format!("The tokens of “{name}” are revoked, but not all is done")))?;
    Ok(format!("Removed: {name}\n"))
}

/// The accounts that the command line names, each as it is now: one that is created later is another one.
fn accounts(matches: &ArgMatches, options: &Options) -> Result<Vec<AssignedAccount>, NotDone> {
    let given = matches.get_many::<String>("accounts").unwrap_or_default();
    given
        .map(|name| {
            let why = || format!("“{}” is no name of an account", name.escape_debug());
            let bad = || Refusal::BadValue { param: "accounts", why: why() };
            let account = AccountName::existing(name).ok_or_else(bad)?;
            Ok(AssignedAccount::new(&account, &existing_id("accounts", &account, options.clone())?))
        })
        .collect()
}

fn line(user: &User) -> String {
    match &user.accounts {
        None => format!("{}\tadministrator\n", user.name),
        Some(accounts) => {
            let names: Vec<_> = accounts.iter().map(ToString::to_string).collect();
            format!("{}\treseller\t{}\n", user.name, names.join(","))
        }
    }
}
