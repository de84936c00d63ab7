//! What the account functions share: parameters, limits, and an account as lists show it.

use crate::api::Params;
use crate::api::catalogue::{Param, ParamKind};
use crate::api::{NotDone, Refusal, limit_text};
use crate::engine::local::context::Context;
use crate::store::{Account, AccountName, DomainLimits, Limits, PackageSetting, Quota, Terms};

/// Longest address to write to, in bytes (RFC 5321).
const MAX_CONTACT: usize = 254;

pub(super) const USERNAME: Param = Param::required("username", ParamKind::Text, "the account's name");
pub(super) const USER: Param = Param::required("user", ParamKind::Text, "the account's name");

pub(super) const MAXPOP: Param =
    Param::optional("MAXPOP", ParamKind::Number, "most mailboxes, or unlimited (the default)");
pub(super) const MAX_QUOTA: Param = Param::optional(
    "MAX_EMAILACCT_QUOTA",
    ParamKind::Mebibytes,
    "the largest quota of a mailbox in MB, or unlimited",
);

pub(super) const MAXADDON: Param = Param::optional(
    "MAXADDON",
    ParamKind::Number,
    "most addon domains, or unlimited; 1000 where nothing is said",
);
pub(super) const MAXPARK: Param =
    Param::optional("MAXPARK", ParamKind::Number, "most parked domains, likewise");
pub(super) const MAXSUB: Param =
    Param::optional("MAXSUB", ParamKind::Number, "most further domains below the account's own, likewise");

pub(super) const PLAN: Param = Param::optional(
    "plan",
    ParamKind::Text,
    "the package (hosting plan) that says what else the account may have; one that is not there is refused",
);
pub(super) const PKGNAME: Param =
    Param::optional("pkgname", ParamKind::Text, "the same, under its other name");
pub(super) const QUOTA: Param = Param::optional(
    "quota",
    ParamKind::Mebibytes,
    "the account's disk space in MB, or unlimited; kept and shown, and not enforced: mailboxes have quotas that are",
);
pub(super) const BWLIMIT: Param = Param::optional(
    "bwlimit",
    ParamKind::Number,
    "the account's transfer in MB, or unlimited; kept and shown, and not counted",
);
pub(super) const CONTACT: Param =
    Param::optional("contactemail", ParamKind::Text, "an address to reach its owner; kept and shown");
pub(super) const OWNER: Param = Param::optional(
    "owner",
    ParamKind::Text,
    "root, or nothing: liveapid user accounts gives accounts to a reseller",
);

/// The name of an account that may exist; one that cannot is refused as one that does not.
pub(super) fn existing_name(params: &Params<'_>, param: &'static str) -> Result<AccountName, Refusal> {
    let given = params.required(param)?;
    // New accounts get their names in small letters, however they are written.
    AccountName::existing(&given.to_ascii_lowercase())
        .ok_or_else(|| Refusal::NoAccount(given.escape_debug().to_string()))
}

/// The limits that a call gives, and where it gives none those that hold.
pub(super) fn limits(params: &Params<'_>, holding: Limits) -> Result<Limits, Refusal> {
    let number = |key: &'static str, holding| match params.optional(key)? {
        Some(text) => Limits::number_from(text, key),
        None => Ok(holding),
    };
    let key = "MAX_EMAILACCT_QUOTA";
    let quota =
        params.optional(key)?.map(|text| Quota::from_mebibytes(text).map_err(|why| why.of_param(key)));
    Ok(Limits {
        mailboxes: number("MAXPOP", holding.mailboxes)?,
        quota: quota.transpose()?.unwrap_or(holding.quota),
        domains: DomainLimits {
            addon: number("MAXADDON", holding.domains.addon)?,
            parked: number("MAXPARK", holding.domains.parked)?,
            sub: number("MAXSUB", holding.domains.sub)?,
        },
    })
}

/// The limits as cPanel writes them: mailboxes, and the largest quota in MB.
pub(super) fn limit_texts(limits: Limits) -> [String; 2] {
    [limit_text(limits.mailboxes), limits.quota.shown_in_mebibytes()]
}

/// The account that a parameter names, which must be there.
pub(in crate::engine::local) fn existing_account(
    context: &Context<'_>,
    params: &Params<'_>,
    param: &'static str,
) -> Result<Account, NotDone> {
    let name = existing_name(params, param)?;
    Ok(context.store.account(&name)?.ok_or_else(|| Refusal::NoAccount(name.to_string()))?)
}

/// What a call gives beside limits, put into the terms; whether it gives anything, and what is to be said of it.
pub(super) fn agree(params: &Params<'_>, terms: &mut Terms) -> Result<(bool, Vec<String>), Refusal> {
    let (mut given, mut kept) = (false, Vec::new());
    if let Some(disk) = amount(params, "quota", "QUOTA")? {
        terms.set_disk(disk);
        given = true;
        kept.extend(disk.map(|_| "quota"));
    }
    if let Some(transfer) = amount(params, "bwlimit", "BWLIMIT")? {
        terms.set_bandwidth(transfer);
        given = true;
        kept.extend(transfer.map(|_| "bwlimit"));
    }
    if let Some(contact) = params.optional("contactemail")? {
        terms.set("CONTACTEMAIL", address(contact)?);
        given = true;
    }
    if let Some(owner) = params.optional("owner")?.filter(|owner| *owner != "root") {
        let why = format!(
            "“{}” gets an account by liveapid user accounts; leave owner out, or give root",
            owner.escape_debug()
        );
        return Err(Refusal::BadValue { param: "owner", why });
    }
    let warnings = match kept.join(", ") {
        none if none.is_empty() => Vec::new(),
        names => vec![format!("Kept and shown, but this store holds no account to it: {names}.")],
    };
    Ok((given, warnings))
}

/// A number of MB that a call gives; none for no limit, nothing where it gives none.
pub(in crate::engine::local) fn amount(
    params: &Params<'_>,
    param: &'static str,
    key: &'static str,
) -> Result<Option<Option<u64>>, Refusal> {
    let (Some(given), Some(setting)) = (params.optional(param)?, PackageSetting::of(key)) else {
        return Ok(None);
    };
    Ok(Some(setting.value_of(given)?.parse().ok()))
}

/// An address to write to. Nothing is sent to it here, so it need not be one of this store.
fn address(text: &str) -> Result<String, Refusal> {
    let good = text.len() <= MAX_CONTACT
        && text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !text.contains(|c: char| c.is_control() || c.is_whitespace());
    if good {
        return Ok(text.to_owned());
    }
    let why = format!("“{}” is no address", text.escape_debug());
    Err(Refusal::BadValue { param: "contactemail", why })
}
