//! What the account functions share: parameters, limits, and an account as lists show it.

use crate::api::Params;
use crate::api::catalogue::{Param, ParamKind};
use crate::api::{Field, Refusal, Row, limit_text};
use crate::store::{Account, AccountName, DomainLimits, Limits, Quota};

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

/// The name of an account that may exist; one that cannot is refused as one that does not.
pub(super) fn existing_name(params: &Params<'_>, param: &'static str) -> Result<AccountName, Refusal> {
    let given = params.required(param)?;
    AccountName::existing(given).ok_or_else(|| Refusal::NoAccount(given.escape_debug().to_string()))
}

/// The limits that a call gives, and where it gives none those that hold.
pub(super) fn limits(params: &Params<'_>, holding: Limits) -> Result<Limits, Refusal> {
    let number = |key: &'static str, holding| match params.optional(key)? {
        Some(text) => Limits::number_from(text, key),
        None => Ok(holding),
    };
    let quota = params.optional("MAX_EMAILACCT_QUOTA")?.map(Quota::from_mebibytes);
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

/// An account, as lists show it.
pub(super) fn row(account: &Account) -> Row {
    let [pop, quota] = limit_texts(account.limits);
    let since = i64::try_from(account.suspended_since).unwrap_or(0);
    Row(vec![
        ("user", Field::Text(account.name.to_string())),
        ("domain", Field::Text(account.domain.to_string())),
        ("uid", Field::Int(account.uid.into())),
        ("suspended", Field::Int(account.suspended.into())),
        (
            "suspendreason",
            Field::Text(if account.suspended { "Unknown" } else { "not suspended" }.to_owned()),
        ),
        ("suspendtime", if account.suspended { Field::Int(since) } else { Field::Null }),
        ("maxpop", Field::Text(pop)),
        ("max_emailacct_quota", Field::Text(quota)),
        ("maxaddons", Field::Text(limit_text(account.limits.domains.addon))),
        ("maxparked", Field::Text(limit_text(account.limits.domains.parked))),
        ("maxsub", Field::Text(limit_text(account.limits.domains.sub))),
        ("unix_startdate", Field::Int(account.created.cast_signed())),
    ])
}
