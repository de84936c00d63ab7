//! cPanel's variables: UAPI `Variables`, and the replacement of `$user` and the like in a text.
//!
//! Known are `$user`, `$authuser`, `$homedir`, `$abshomedir`, `$domain`, `$host`, `$hostname`, `$lang`, `$locale`,
//! `$theme`, `$hasvalidshell`, `$CPDATA{'KEY'}` with the keys below, and what a mail host has none of, which is 0
//! (`$hasmysql`, `$isreseller` and the like). A name that is not known stays as it is, as on cPanel.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Refusal, Row, limit_text};
use crate::engine::local::entry::{CatalogueEntry, Handler};
use crate::store::Account;

const MODULE: &str = "Variables";
/// Longest key between braces, in bytes.
const MAX_KEY: usize = 64;
/// The language of every text here, and of every page.
const LANGUAGE: &str = "en";
/// The name of cPanel's present theme, which pages ask for to choose their look.
const THEME: &str = "jupiter";
/// How cPanel says no.
const NO: &str = "0";
/// What a mail host has none of, and nobody here is.
const NOT_HERE: [&str; 11] = [
    "hasanonftp",
    "hascgi",
    "hasmailman",
    "hasmodproxy",
    "hasmysql",
    "haspostgres",
    "isdemo",
    "isreseller",
    "isresellerlogin",
    "mysqlrunning",
    "postgresrunning",
];
/// Most names that a call may ask for.
const MAX_NAMES: usize = 64;

const NAME: &[Param] =
    &[Param::optional("name", ParamKind::Text, "only this one; several as name-1, name-2, …")];

/// A function of `Variables`.
const fn entry(
    func: &'static str,
    summary: &'static str,
    returns: &'static [Return],
    handler: Handler,
) -> CatalogueEntry {
    CatalogueEntry::new((Family::Uapi, MODULE), func, summary, returns, handler).taking(NAME)
}

pub(super) const USER: CatalogueEntry = entry(
    "get_user_information",
    "tells what is known of the account",
    &[
        Return::new("user, domain, home", "its name, main domain and home directory"),
        Return::new("uid", "the system user that owns its files"),
        Return::new("created", "when it was created, seconds since 1970"),
        Return::new("maximum_mail_accounts", "most mailboxes, or unlimited"),
        Return::new("maximum_email_account_disk_quota", "the largest quota of a mailbox in MB, or unlimited"),
    ],
    |context, params| {
        let account = context.account()?;
        chosen(params, user_information(&account))
    },
);

pub(super) const SESSION: CatalogueEntry = entry(
    "get_session_information",
    "tells the name of the machine",
    &[Return::new("host", "the host name")],
    |_, params| chosen(params, vec![("host", Field::Text(host()))]),
);

pub(super) const SERVER: CatalogueEntry = entry(
    "get_server_information",
    "tells what answers",
    &[Return::new("host", "the host name"), Return::new("version", "the version of liveapi")],
    |_, params| {
        let version = Field::Text(format!("liveapi {}", env!("CARGO_PKG_VERSION")));
        chosen(params, vec![("host", Field::Text(host())), ("version", version)])
    },
);

/// Replaces the variables in a text.
pub(super) const PRINT: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api1,
        module: "print",
        func: "",
        summary: "replaces the variables in a text",
        answer: Answer::Single,
        params: &[Param::optional("text", ParamKind::Text, "the text")],
        returns: &[],
        uapi: None,
    },
    handler: |context, params| {
        let text = params.optional("text")?.unwrap_or_default();
        let account = context.account()?;
        Ok(Done::with(Data::Text(replaced(text, |name| value(&account, name)))))
    },
};

fn user_information(account: &Account) -> Vec<(&'static str, Field)> {
    vec![
        ("user", Field::Text(account.name.to_string())),
        ("domain", Field::Text(account.domain.to_string())),
        ("home", Field::Text(account.home.clone())),
        ("uid", Field::Int(account.uid.into())),
        ("created", Field::Int(account.created.cast_signed())),
        ("maximum_mail_accounts", Field::Text(limit_text(account.limits.mailboxes))),
        ("maximum_email_account_disk_quota", Field::Text(limit_text(account.limits.quota.mebibytes()))),
    ]
}

/// All of them, or those that `name`, `name-1`, … ask for.
fn chosen(params: &Params<'_>, known: Vec<(&'static str, Field)>) -> Result<Done, NotDone> {
    let wanted = params.numbered("name", MAX_NAMES)?;
    if let Some(unknown) = wanted.iter().find(|name| known.iter().all(|(known, _)| known != *name)) {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let why = format!("“{}” is not known here; known are {}", unknown.escape_debug(), names.join(", "));
        return Err(Refusal::BadValue { param: "name", why }.into());
    }
    let shown = known.into_iter().filter(|(name, _)| wanted.is_empty() || wanted.contains(name));
    Ok(Done::with(Data::Object(Row(shown.collect()))))
}

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The value of a variable, by its name without the dollar sign.
fn value(account: &Account, name: &str) -> Option<String> {
    if let Some(key) = name.strip_prefix("CPDATA{").and_then(|rest| rest.strip_suffix('}')) {
        let key = key.trim_matches(['\'', '"']);
        return Some(match key {
            "USER" => account.name.to_string(),
            "DNS" => account.domain.to_string(),
            "MAXPOP" => limit_text(account.limits.mailboxes),
            "MAX_EMAILACCT_QUOTA" => limit_text(account.limits.quota.mebibytes()),
            "STARTDATE" => account.created.to_string(),
            "MAXADDON" => limit_text(account.limits.domains.addon),
            "MAXPARK" => limit_text(account.limits.domains.parked),
            "MAXSUB" => limit_text(account.limits.domains.sub),
            "HASCGI" | "DEMO" => NO.to_owned(),
            "RS" => theme(account),
            "LANG" | "LOCALE" => LANGUAGE.to_owned(),
            // What was agreed on with the account: its package, whose it is, how to reach it.
            _ => {
                let none = matches!(key, "MAXFTP" | "MAXLST" | "MAXSQL").then_some(NO);
                return account.terms.get(key).or(none).map(str::to_owned);
            }
        });
    }
    Some(match name {
        "user" | "authuser" => account.name.to_string(),
        "homedir" | "abshomedir" => account.home.clone(),
        "domain" => account.domain.to_string(),
        "host" | "hostname" => host(),
        "lang" | "locale" => LANGUAGE.to_owned(),
        "theme" => theme(account),
        "hasvalidshell" => u8::from(has_shell(account)).to_string(),
        name if NOT_HERE.contains(&name) => NO.to_owned(),
        _ => return None,
    })
}

/// The theme that the account has, as lists show it.
fn theme(account: &Account) -> String {
    account.terms.get("RS").unwrap_or(THEME).to_owned()
}

/// Whether the account is a system user's who may log in: a virtual account is nobody's.
fn has_shell(account: &Account) -> bool {
    let user = nix::unistd::User::from_name(account.name.as_str()).ok().flatten();
    user.filter(|user| user.uid.as_raw() == account.uid).is_some_and(|user| {
        let name = user.shell.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        !matches!(name, "" | "false" | "nologin" | "noshell")
    })
}

/// The text with the variables replaced; what replaces one is not looked at again.
fn replaced(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let name = name(&rest[at + 1..]);
        match value(name) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&rest[at..=at + name.len()]),
        }
        rest = &rest[at + 1 + name.len()..];
    }
    out + rest
}

/// The name at the beginning: letters, digits and underscores, and perhaps a key in braces.
fn name(text: &str) -> &str {
    let word = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    // No key is longer; a text full of open braces must not be searched to its end for each of them.
    let key = |inner: &str| inner.bytes().take(MAX_KEY).position(|byte| byte == b'}');
    let end = match text[word..].strip_prefix('{').and_then(key) {
        Some(length) if word > 0 => word + length + 2,
        _ => word,
    };
    &text[..end]
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_names_are_replaced_once_and_others_stay() {
        let value = |name: &str| match name {
            "user" => Some("$domain".to_owned()),
            "CPDATA{'DNS'}" => Some("example.com".to_owned()),
            _ => None,
        };
        for (text, shown) in [
            ("$user", "$domain"),
            ("a$user.b", "a$domain.b"),
            ("$users", "$users"),
            ("$CPDATA{'DNS'}", "example.com"),
            ("$CPDATA{'NOSUCH'} $FORM{'x'}", "$CPDATA{'NOSUCH'} $FORM{'x'}"),
            ("$", "$"),
            ("$$user é$", "$$domain é$"),
            ("$user{", "$domain{"),
            ("${user}", "${user}"),
        ] {
            assert_eq!(super::replaced(text, value), shown, "{text}");
        }
    }
}
