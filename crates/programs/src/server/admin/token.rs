//! `liveapid token`: API tokens and access hashes.

use std::fmt::Write;
use std::path::Path;

use clap::{Arg, ArgMatches, Command, value_parser};

use super::given::{existing_owner, file_arg, is_gone, owner, owner_arg, secret, text};
use super::group;
use crate::server::auth::{Owner, OwnerKind, Token, TokenKind, Tokens, Users};
use liveapi_core::api::NotDone;
use liveapi_core::base::clock;
use liveapi_core::engine::Options;

pub(super) const NAME: &str = "token";

const DAY: u64 = 86_400;

/// The options of `liveapid token`.
pub(super) fn command() -> Command {
    let name = || Arg::new("name").value_name("NAME").required(true);
    group(NAME, "API tokens: what programs log in with")
        .subcommand(
            Command::new("create")
                .about("Creates a token and shows it, this once")
                .arg(owner_arg())
                .arg(name().help("Its name: letters, digits, - and _, at most 50"))
                .arg(
                    Arg::new("days")
                        .long("days")
                        .value_name("DAYS")
                        .value_parser(value_parser!(u64).range(1..=36_500))
                        .help("After how many days it stops working; without it, never"),
                ),
        )
        .subcommand(Command::new("list").about("Lists the tokens").arg(owner_arg().required(false)))
        .subcommand(
            Command::new("revoke")
                .about("Revokes tokens; an access hash has the name accesshash")
                .arg(owner_arg())
                .arg(name().num_args(1..).help("Their names")),
        )
        .subcommand(
            Command::new("hash")
                .about("Creates an access hash for clients from before tokens (allow_access_hash), or takes one over")
                .arg(owner_arg())
                .arg(file_arg("from", "The file with the hash that the clients have already; - for standard input")),
        )
}

/// Does what the command line says, and answers what to print.
pub(super) fn run(matches: &ArgMatches, folder: &Path, options: Options) -> Result<String, NotDone> {
    let (tokens, users) = (Tokens::open(folder)?, Users::open(folder)?);
    match matches.subcommand() {
        Some(("create", matches)) => create(matches, &tokens, &existing_owner(matches, &users, options)?),
        Some(("revoke", matches)) => {
            let names = matches.get_many::<String>("name").unwrap_or_default();
            let names: Vec<&str> = names.map(String::as_str).collect();
            tokens.revoke_any(&owner(matches, &users)?, &names)?;
            Ok(format!("Revoked: {}\n", names.join(", ")))
        }
        Some(("hash", matches)) => hash(matches, &tokens, &existing_owner(matches, &users, options)?),
        Some((_, matches)) if matches.contains_id("owner") => {
            listed(&tokens.list_any(&owner(matches, &users)?)?, &options)
        }
        _ => listed(&tokens.list(None)?, &options),
    }
}

fn create(matches: &ArgMatches, tokens: &Tokens, owner: &Owner) -> Result<String, NotDone> {
    let expires = matches.get_one::<u64>("days").map(|days| clock::seconds() + days * DAY);
    let (secret, _) = tokens.create(owner, text(matches, "name"), expires, clock::seconds())?;
    Ok(format!(
        "{secret}\nIt is not shown again. Programs send it as: Authorization: {}:TOKEN\n",
        spoken(owner)
    ))
}

fn hash(matches: &ArgMatches, tokens: &Tokens, owner: &Owner) -> Result<String, NotDone> {
    if matches.contains_id("from") {
        let given = secret(matches, "from", "access hash")?;
        tokens.set_access_hash(owner, Some(&given), clock::seconds())?;
        return Ok(format!(
            "The access hash of {owner} is taken over; it works while allow_access_hash is on\n"
        ));
    }
    let lines = tokens.set_access_hash(owner, None, clock::seconds())?;
    Ok(format!(
        "{lines}\nIt is not shown again, and works while allow_access_hash is on. Clients send it without its line breaks, as: Authorization: WHM {}:HASH\n",
        owner.name()
    ))
}

fn spoken(owner: &Owner) -> String {
    let word = match owner.kind() {
        OwnerKind::Whm => "whm",
        OwnerKind::Account => "cpanel",
    };
    format!("{word} {}", owner.name())
}

/// One line per token: owner, name, when it was created, when it ends. Times in seconds since 1970.
fn listed(tokens: &[Token], options: &Options) -> Result<String, NotDone> {
    let mut text = String::new();
    for token in tokens {
        let end = match token.expires {
            _ if is_gone(&token.owner, options)? => "of an account that was removed".to_owned(),
            _ if token.kind == TokenKind::AccessHash => "access hash".to_owned(),
            None => "never expires".to_owned(),
            Some(expires) if token.has_expired(clock::seconds()) => format!("expired {expires}"),
            Some(expires) => format!("expires {expires}"),
        };
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{}\t{}\tcreated {}\t{end}", token.owner, token.name, token.created);
    }
    Ok(text)
}
