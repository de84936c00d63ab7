//! What the command line gives: owners, and passwords that never stand on it.

use std::io::{IsTerminal, Read};
use std::path::Path;

use clap::{Arg, ArgMatches, ValueHint};
use zeroize::Zeroizing;

use crate::server::auth::{Owner, OwnerKind, User, Users};
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

/// Whose the command line names: a WHM user, or an account.
enum Named {
    Whm(User),
    Account(AccountName),
}

fn named(matches: &ArgMatches, users: &Users) -> Result<Named, NotDone> {
    let text = text(matches, "owner");
    let bad = |why: String| Refusal::BadValue { param: "owner", why };
    let (kind, name) = text.split_once(':').unwrap_or(("", text));
    let user = if kind == "cpanel" { None } else { users.get(name)? };
    let shown = name.escape_debug();
    match (kind, user) {
        ("whm" | "", Some(user)) => Ok(Named::Whm(user)),
        ("whm", None) => {
            Err(bad(format!("there is no WHM user “{shown}”; liveapid user list shows them")).into())
        }
        ("cpanel" | "", None) => AccountName::existing(name)
            .map(Named::Account)
            .ok_or_else(|| bad(format!("“{shown}” is no name of an account")).into()),
        _ => Err(bad("an owner begins with whm: or cpanel:".to_owned()).into()),
    }
}

/// A name on the command line of which something is shown or taken away, whichever owner of that name it is of: the
/// one of now, or one that is gone.
pub(super) fn owner(matches: &ArgMatches, users: &Users) -> Result<Owner, NotDone> {
    Ok(match named(matches, users)? {
        Named::Whm(user) => user.owner(),
        Named::Account(account) => Owner::account(&account, ""),
    })
}

/// The owner that the command line names, for something new: the account must be there, unless it is a server that knows. What an account gets
/// before it is created would be another one's.
pub(super) fn existing_owner(
    matches: &ArgMatches,
    users: &Users,
    options: Options,
) -> Result<Owner, NotDone> {
    Ok(match named(matches, users)? {
        Named::Whm(user) => user.owner(),
        Named::Account(account) => Owner::account(&account, &existing_id("owner", &account, options)?),
    })
}

/// What tells an account that is there from others of its name. `param`: what named it.
pub(super) fn existing_id(
    param: &'static str,
    account: &AccountName,
    options: Options,
) -> Result<String, NotDone> {
    let missing = || {
        let why = format!(
            "there is no account “{account}” in the mail store; create it first, or name the daemon's store (--url, LIVEAPI_URL)"
        );
        Refusal::BadValue { param, why }.into()
    };
    account_id(account, options)?.ok_or_else(missing)
}

/// Whether an owner is an account that was removed, as far as that can be known.
pub(super) fn is_gone(owner: &Owner, options: &Options) -> Result<bool, NotDone> {
    let account = AccountName::existing(owner.name()).filter(|_| owner.kind() == OwnerKind::Account);
    let Some(account) = account else { return Ok(false) };
    let id = account_id(&account, options.clone())?;
    Ok(id.is_none_or(|id| Owner::account(&account, &id) != *owner))
}

/// What tells an account from others of its name: nothing, where a server knows the accounts; none, if it is not
/// there.
fn account_id(account: &AccountName, options: Options) -> Result<Option<String>, NotDone> {
    if !matches!(engine::answerer(options.clone())?, Answerer::Store) {
        return Ok(Some(String::new()));
    }
    Ok(engine::home_store(options)?.account(account)?.map(|account| account.id))
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
