//! What the command line gives: owners, and passwords that never stand on it.

use std::io::{IsTerminal, Read};
use std::path::Path;

use clap::{Arg, ArgMatches, ValueHint};
use zeroize::Zeroizing;

use crate::server::auth::{Owner, Users};
use liveapi_core::api::{Error, ErrorKind, NotDone, Refusal};
use liveapi_core::engine::{self, Answerer, Options};
use liveapi_core::store::{AccountName, MailStore, Password, strength};

/// Longest input, in bytes; an access hash has about 1000.
const MAX_BYTES: u64 = 16 * 1024;
/// The strength that a WHM user's password must reach, as cPanel's default: it opens every account.
const REQUIRED_STRENGTH: u8 = 65;

/// The option that names an owner of tokens.
pub(super) fn owner_arg() -> Arg {
    Arg::new("owner")
        .value_name("OWNER")
        .required(true)
        .help("whm:NAME for a WHM user, cpanel:NAME for an account; the name alone means the WHM user if there is one")
}

/// The option for the file that a secret is in.
pub(super) fn file_arg(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("FILE").value_hint(ValueHint::FilePath).help(help)
}

/// A text that clap has made sure of.
pub(super) fn text<'m>(matches: &'m ArgMatches, name: &str) -> &'m str {
    matches.get_one::<String>(name).map_or("", String::as_str)
}

/// The owner that the command line names; a WHM user must be there.
pub(super) fn owner(matches: &ArgMatches, users: &Users) -> Result<Owner, NotDone> {
    let text = text(matches, "owner");
    let owner = match Owner::try_from(text.to_owned()) {
        Ok(owner) => owner,
        Err(_) if users.get(text)?.is_some() => Owner::Whm(text.to_owned()),
        Err(_) => Owner::Account(text.to_owned()),
    };
    let why = match &owner {
        Owner::Whm(name) if users.get(name)?.is_none() => {
            format!("there is no WHM user “{}”; liveapid user list shows them", name.escape_debug())
        }
        Owner::Account(name) if AccountName::existing(name).is_none() => {
            format!("“{}” is no name of an account", name.escape_debug())
        }
        _ => return Ok(owner),
    };
    Err(Refusal::BadValue { param: "owner", why }.into())
}

/// The same for something new: an account must be there too, unless it is a server that knows. What an account
/// gets before it is created would be another one's.
pub(super) fn existing_owner(
    matches: &ArgMatches,
    users: &Users,
    options: Options,
) -> Result<Owner, NotDone> {
    let owner = owner(matches, users)?;
    if let Owner::Account(name) = &owner
        && matches!(engine::answerer(options.clone())?, Answerer::Store)
    {
        let store = engine::home_store(options)?;
        let account = AccountName::existing(name).map(|name| store.account(&name)).transpose()?.flatten();
        if account.is_none() {
            let why = format!(
                "there is no account “{name}” in the mail store; create it first, or name the daemon's store (--url, LIVEAPI_URL)"
            );
            return Err(Refusal::BadValue { param: "owner", why }.into());
        }
    }
    Ok(owner)
}

/// A secret from a file, or from standard input unless somebody would have to type it in sight.
pub(super) fn secret(matches: &ArgMatches, name: &str, what: &str) -> Result<Zeroizing<String>, Error> {
    let fail = |why: String| Error::new(ErrorKind::BadParams, format!("The {what} cannot be read: {why}"));
    let read = |from: &mut dyn Read| {
        let mut text = Zeroizing::new(String::new());
        from.take(MAX_BYTES).read_to_string(&mut text).map_err(|cause| fail(cause.to_string()))?;
        Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
    };
    match matches.get_one::<String>(name).filter(|path| *path != "-") {
        Some(path) => {
            let opened = std::fs::File::open(Path::new(path));
            read(&mut opened.map_err(|cause| fail(format!("{path}: {cause}")))?)
        }
        None if std::io::stdin().is_terminal() => Err(fail(format!(
            "it would be seen on the terminal; send it on standard input, or name a file with --{name}"
        ))),
        None => read(&mut std::io::stdin().lock()),
    }
}

/// A password that may be a WHM user's.
pub(super) fn strong(password: &str) -> Result<Password<'_>, Refusal> {
    let password = Password::to_be_stored(password)?;
    if strength::strength(password.bytes()) < REQUIRED_STRENGTH {
        return Err(Refusal::WeakPassword { required: REQUIRED_STRENGTH });
    }
    Ok(password)
}
