//! What the functions of packages share: parameters, and a package as answers show it.

use crate::api::catalogue::{Param, ParamKind, Return};
use crate::api::{Field, NotDone, Params, Refusal, Row, UNLIMITED};
use crate::engine::local::context::Context;
use crate::store::{PACKAGE_SETTINGS, Package, PackageName, SettingKind};

const fn count(name: &'static str, meaning: &'static str) -> Param {
    Param::optional(name, ParamKind::Text, meaning)
}

/// The settings of a package, behind its name.
pub(super) const SETTINGS: [Param; 21] = [
    Param::required("name", ParamKind::Text, "the package's name"),
    count("maxpop", "most mailboxes, or unlimited (the default)"),
    count(
        "max_emailacct_quota",
        "the largest quota of a mailbox in MB, or unlimited; 1024 where nothing is said",
    ),
    count("maxaddon", "most addon domains, or unlimited; 0 where nothing is said"),
    count("maxpark", "most parked domains, likewise"),
    count("maxsub", "most further domains below the account's own, or unlimited (the default)"),
    count(
        "quota",
        "the account's disk space in MB, or unlimited; 10240 where nothing is said; kept and shown, and not enforced",
    ),
    count(
        "bwlimit",
        "the account's transfer in MB, or unlimited (the default); kept and shown, and not counted",
    ),
    count(
        "max_email_per_hour",
        "most messages in an hour, or unlimited (the default); kept and shown, and not enforced",
    ),
    count("max_defer_fail_percentage", "the share of failed messages, likewise"),
    count("maxftp", "kept and shown: there is no FTP here"),
    count("maxlst", "kept and shown: there are no mailing lists here"),
    count("maxsql", "kept and shown: there are no databases here"),
    count("cgi", "1 or 0; kept and shown: no web server is set up here"),
    count("hasshell", "1 or 0, likewise"),
    count("digestauth", "1 or 0, likewise"),
    count("ip", "y or n, likewise"),
    count("featurelist", "kept and shown"),
    count("cpmod", "the theme, likewise"),
    count("language", "likewise"),
    count("_PACKAGE_EXTENSIONS", "likewise"),
];

/// The settings as answers have them.
pub(super) const SHOWN: Return = Return::new(
    "BWLIMIT, CGI, CPMOD, DIGESTAUTH, FEATURELIST, HASSHELL, IP, LANG, MAXADDON, MAXFTP, MAXLST, MAXPARK, MAXPOP, MAXSQL, MAXSUB, MAX_DEFER_FAIL_PERCENTAGE, MAX_EMAILACCT_QUOTA, MAX_EMAIL_PER_HOUR, QUOTA, _PACKAGE_EXTENSIONS",
    "its settings",
);

/// The package that a parameter names; one that is not there is refused, for nothing may be sold by it.
pub(super) fn existing(context: &Context<'_>, given: &str, param: &'static str) -> Result<Package, NotDone> {
    let name = PackageName::parse(given, param)?;
    Ok(context.store.package(&name)?.ok_or_else(|| Refusal::NoPackage(name.to_string()))?)
}

/// Puts what a call gives into a package.
pub(super) fn fill(params: &Params<'_>, package: &mut Package) -> Result<(), NotDone> {
    for setting in &PACKAGE_SETTINGS {
        if let Some(given) = params.optional(setting.param)? {
            package.set(setting, given)?;
        }
    }
    Ok(())
}

/// What a package promises that nothing here holds an account to, in a sentence for its seller.
pub(super) fn not_held(package: &Package) -> Vec<String> {
    let limits = PACKAGE_SETTINGS.iter().filter(|setting| {
        let is_limit = matches!(setting.kind, SettingKind::Amount | SettingKind::Count);
        is_limit && !setting.holds && ![UNLIMITED, "0"].contains(&package.value(setting))
    });
    let names: Vec<&str> = limits.map(|setting| setting.key).collect();
    if names.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "Kept and shown, but this store holds no account to it: {} of the package “{}”.",
        names.join(", "),
        package.name
    )]
}

/// The settings of a package, in the order of its file. `flag` says how a flag is written.
pub(super) fn settings(package: &Package, flag: impl Fn(bool) -> Field) -> Vec<(&'static str, Field)> {
    let field = |setting: &'static crate::store::PackageSetting| {
        let value = package.value(setting);
        let shown = match setting.kind {
            SettingKind::Flag => flag(value == "y" || value == "1"),
            _ => Field::Text(value.to_owned()),
        };
        (setting.key, shown)
    };
    PACKAGE_SETTINGS.iter().map(field).collect()
}

/// The row of a list.
pub(super) fn row(package: &Package) -> Row {
    let flag = |on| Field::Text(if on { "y" } else { "n" }.to_owned());
    let mut row = settings(package, flag);
    row.push(("name", Field::Text(package.name.to_string())));
    Row(row)
}
