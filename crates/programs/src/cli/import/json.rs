//! The report of an import for programs.

use serde_json::{Value, json};

use super::text::kind;
use liveapi_core::store::home::import::{DomainReport, Report};

/// What was imported, or would be.
pub(super) fn report(report: &Report, dry_run: bool) -> String {
    let account = &report.account;
    let anomalies: Vec<Value> = report
        .anomalies
        .iter()
        .map(|anomaly| {
            json!({
                "file": anomaly.file,
                "line": anomaly.line,
                "kind": anomaly.kind.name(),
                "mailbox": anomaly.mailbox,
                "what": anomaly.what,
                "sees": if anomaly.sees.is_empty() { Value::Null } else { anomaly.sees.into() },
                "done": anomaly.done,
            })
        })
        .collect();
    let value = json!({
        "imported": !dry_run,
        "dry_run": dry_run,
        "user": account.name.as_str(),
        "domain": account.domain.as_str(),
        "homedir": account.home,
        "uid": account.uid,
        "gid": account.gid,
        "suspended": account.suspended,
        "suspendreason": Some(&account.suspend_reason).filter(|why| !why.is_empty()),
        "unix_startdate": account.created,
        "maxpop": account.limits.mailboxes,
        "max_emailacct_quota": account.limits.quota.mebibytes(),
        "scheme": report.own_scheme,
        "domains": report.domains.iter().map(domain).collect::<Vec<_>>(),
        "strays": anomalies,
        "more_strays": report.more_anomalies,
        "files": report.files,
        "bytes": report.bytes,
    });
    format!("{value}\n")
}

fn domain(domain: &DomainReport) -> Value {
    let mailboxes: Vec<Value> = domain
        .mailboxes
        .iter()
        .map(|mailbox| {
            json!({
                "email": format!("{}@{}", mailbox.name, domain.name),
                "scheme": mailbox.scheme,
                "state": mailbox.state.name(),
                "quota": mailbox.quota.bytes(),
            })
        })
        .collect();
    json!({
        "domain": domain.name.as_str(),
        "kind": kind(domain),
        "mailboxes": mailboxes,
        "forwarders": domain.forwarders,
        "autoresponders": domain.autoresponders,
        "default_address": domain.default_address,
        "forwarded_to": domain.forwarded_to.as_ref().map(|to| to.as_str()),
    })
}

/// The report of an import that was refused.
pub(super) fn refusal(complaint: &str) -> String {
    format!("{}\n", json!({ "imported": false, "reason": complaint }))
}
