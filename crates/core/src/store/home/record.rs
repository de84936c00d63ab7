//! An account's record: `KEY=value` lines in the manner of cPanel's `/var/cpanel/users/ACCOUNT`.
//!
//! `DNS` is the main domain, `DNS1` and so on are the others, `MAXPOP` and `MAX_EMAILACCT_QUOTA` (MiB) are
//! limits, as are `MAXADDON`, `MAXPARK` and `MAXSUB` where they are not the usual ones; `PLAN`, `OWNER` and others are
//! what is agreed besides ([`Terms`]). `HOMEDIR`, `UID`, `GID`,
//! `MAILGID`, `PARKED-DOMAIN`, `LIVEAPI_ID` (what tells the account from others of its name) and
//! `LIVEAPI_SUSPENSIONS` (how often it was suspended) are ours. Keys that are not known here stay as they are.

use crate::api::{UNLIMITED, limit_text};
use crate::store::{
    Account, AccountName, Domain, DomainKind, DomainLimits, HostedDomain, Limits, Quota, Terms,
};

/// The key of what tells the account from others of its name.
const ID: &str = "LIVEAPI_ID";
/// The key of why it is suspended.
const REASON: &str = "SUSPENDREASON";
/// The key of how often it was suspended.
const SUSPENSIONS: &str = "LIVEAPI_SUSPENSIONS";

/// A change: the key, and its new value or none.
pub(super) type Change = (String, Option<String>);

/// The account that a record describes; nothing if it lacks a key that it must have.
pub(super) fn account(name: &AccountName, record: &str) -> Option<Account> {
    let value = |key| value(record, key);
    let number = |key| value(key).and_then(|text| text.parse().ok());
    Some(Account {
        name: name.clone(),
        domain: Domain::parse(value("DNS")?).ok()?,
        home: value("HOMEDIR")?.to_owned(),
        uid: value("UID")?.parse().ok()?,
        gid: value("GID")?.parse().ok()?,
        mail_gid: value("MAILGID")?.parse().ok()?,
        suspended: value("SUSPENDED") == Some("1"),
        suspended_since: number("SUSPENDTIME").unwrap_or(0),
        suspend_reason: value(REASON).unwrap_or_default().to_owned(),
        created: number("STARTDATE").unwrap_or(0),
        id: value(ID).map(str::trim).unwrap_or_default().to_owned(),
        suspensions: suspensions(record),
        limits: limits(record),
        terms: terms(record),
    })
}

/// The limits that a record holds; what is no number is no limit.
pub(super) fn limits(record: &str) -> Limits {
    let quota = value(record, "MAX_EMAILACCT_QUOTA").and_then(|text| Quota::from_mebibytes(text).ok());
    let most = |key, usual| match value(record, key) {
        Some(UNLIMITED) => None,
        stated => stated.and_then(|text| text.trim().parse().ok()).or(usual),
    };
    let usual = DomainLimits::USUAL;
    Limits {
        mailboxes: value(record, "MAXPOP").and_then(|text| text.parse().ok()),
        quota: quota.unwrap_or(Quota::UNLIMITED),
        domains: DomainLimits {
            addon: most("MAXADDON", usual.addon),
            parked: most("MAXPARK", usual.parked),
            sub: most("MAXSUB", usual.sub),
        },
    }
}

/// What a record says is agreed about the account.
pub(super) fn terms(record: &str) -> Terms {
    Terms::read(|key| value(record, key))
}

/// The changes of a record that state what is agreed; what is not stated goes.
pub(super) fn terms_lines(terms: &Terms) -> impl Iterator<Item = Change> {
    Terms::KEYS.into_iter().map(|key| (key.to_owned(), terms.get(key).map(str::to_owned)))
}

/// The record of a new account, all of its lines.
pub(super) fn of_new_account(account: &Account) -> String {
    let set = |key: &str, value: String| (key.to_owned(), Some(value));
    let mut changes = vec![
        set("DNS", account.domain.to_string()),
        set("GID", account.gid.to_string()),
        set("HOMEDIR", account.home.clone()),
        set(ID, account.id.clone()),
        set("MAILGID", account.mail_gid.to_string()),
    ];
    changes.extend(limits_lines(account.limits));
    changes.push(set("STARTDATE", account.created.to_string()));
    changes.extend(suspension_lines(account.suspended.then_some(account.suspended_since)));
    changes.push(reason_line(account.suspended.then_some(account.suspend_reason.as_str())));
    changes.extend(terms_lines(&account.terms));
    changes.extend([set("UID", account.uid.to_string()), set("USER", account.name.to_string())]);
    changed("", &changes)
}

/// The changes of a record that state the limits.
pub(super) fn limits_lines(limits: Limits) -> [Change; 5] {
    let (domains, usual) = (limits.domains, DomainLimits::USUAL);
    let most = |key: &str, most, usual| (key.to_owned(), (most != usual).then(|| limit_text(most)));
    [
        ("MAXPOP".to_owned(), Some(limit_text(limits.mailboxes))),
        ("MAX_EMAILACCT_QUOTA".to_owned(), Some(limits.quota.shown_in_mebibytes())),
        most("MAXADDON", domains.addon, usual.addon),
        most("MAXPARK", domains.parked, usual.parked),
        most("MAXSUB", domains.sub, usual.sub),
    ]
}

/// What states whether and since when the account is suspended.
pub(super) fn suspension_lines(since: Option<u64>) -> [Change; 2] {
    [
        ("SUSPENDED".to_owned(), since.map(|_| "1".to_owned())),
        ("SUSPENDTIME".to_owned(), since.map(|since| since.to_string())),
    ]
}

/// What states why it is suspended, if anybody said so.
pub(super) fn reason_line(reason: Option<&str>) -> Change {
    (REASON.to_owned(), reason.filter(|reason| !reason.is_empty()).map(str::to_owned))
}

/// What states that the account was suspended once more.
pub(super) fn one_more_suspension(record: &str) -> Change {
    (SUSPENSIONS.to_owned(), Some(suspensions(record).saturating_add(1).to_string()))
}

fn suspensions(record: &str) -> u64 {
    value(record, SUSPENSIONS).and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// What states the domains beside the main one; the old statement goes.
pub(super) fn domain_lines(record: &str, domains: &[HostedDomain]) -> Vec<Change> {
    let old = record.lines().filter_map(|line| line.split_once('=')).map(|(key, _)| key);
    let old = old.filter(|key| is_further_domain(key) || key.starts_with(PARKED));
    let mut changes: Vec<Change> = old.map(|key| (key.to_owned(), None)).collect();
    for (index, domain) in domains.iter().filter(|domain| domain.kind != DomainKind::Main).enumerate() {
        changes.push((format!("DNS{}", index + 1), Some(domain.name.to_string())));
        if domain.kind == DomainKind::Parked {
            changes.push((format!("{PARKED}{}", domain.name), Some("1".to_owned())));
        }
    }
    changes
}

const PARKED: &str = "PARKED-";

/// The further domains that a record names.
pub(super) fn further_domains(record: &str) -> Vec<&str> {
    let lines = record.lines().filter_map(|line| line.split_once('='));
    lines.filter(|(key, _)| is_further_domain(key)).map(|(_, domain)| domain.trim()).collect()
}

fn is_further_domain(key: &str) -> bool {
    key.strip_prefix("DNS").is_some_and(|n| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What a domain is to the account.
pub(super) fn kind(record: &str, account: &Account, domain: &Domain) -> DomainKind {
    if *domain == account.domain {
        DomainKind::Main
    } else if value(record, &format!("{PARKED}{domain}")) == Some("1") {
        DomainKind::Parked
    } else {
        DomainKind::Addon
    }
}

/// The value of a key.
pub(super) fn value<'r>(record: &'r str, key: &str) -> Option<&'r str> {
    record.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
}

/// The record with changes: a key keeps its place, a new one goes to the end.
pub(super) fn changed(record: &str, changes: &[Change]) -> String {
    let mut lines: Vec<String> = record.lines().map(str::to_owned).collect();
    for (key, value) in changes {
        let at =
            lines.iter().position(|line| line.strip_prefix(key.as_str()).is_some_and(|r| r.starts_with('=')));
        match (at, value) {
            (Some(at), Some(value)) => lines[at] = format!("{key}={value}"),
            (Some(at), None) => {
                lines.remove(at);
            }
            (None, Some(value)) => lines.push(format!("{key}={value}")),
            (None, None) => {}
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_stays() {
        let old = "DNS=a.example\nPLAN=gold\nDNS1=b.example\nPARKED-b.example=1\nDNSKEY=x\n";
        let domain = |name, kind| HostedDomain { name: Domain::parse(name).unwrap(), kind };
        let domains = [
            domain("a.example", DomainKind::Main),
            domain("c.example", DomainKind::Parked),
            domain("d.example", DomainKind::Addon),
        ];
        let new = changed(old, &domain_lines(old, &domains));
        assert_eq!(
            new,
            "DNS=a.example\nPLAN=gold\nDNSKEY=x\nDNS1=c.example\nPARKED-c.example=1\nDNS2=d.example\n"
        );
        let suspended = changed(&new, &suspension_lines(Some(7)));
        assert_eq!(changed(&suspended, &suspension_lines(None)), new);
    }

    #[test]
    fn limits_are_numbers_or_none() {
        let quota = |text| Quota::from_mebibytes(text).unwrap();
        let limits_of = |text: &str| limits(text);
        assert_eq!(limits_of("MAXPOP=unlimited\n"), Limits::NONE);
        let domains = DomainLimits { addon: None, parked: Some(0), sub: Some(7) };
        let some = Limits { mailboxes: Some(5), quota: quota("100"), domains };
        assert_eq!(limits_of(&changed("", &limits_lines(some))), some);
        assert_eq!(limits_of(&changed("", &limits_lines(Limits::NONE))), Limits::NONE);
    }
}
