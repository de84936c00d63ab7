//! The report of an import for people. What comes from files is escaped: a mailbox name may hold what
//! moves a terminal's cursor.

use std::fmt::Write;

use liveapi_core::api::limit_text;
use liveapi_core::store::home::import::{Anomaly, DomainReport, Report};
use liveapi_core::store::{DomainKind, Quota};

/// What was imported, or would be.
pub(super) fn report(report: &Report, dry_run: bool) -> String {
    let account = &report.account;
    let mailboxes: usize = report.domains.iter().map(|domain| domain.mailboxes.len()).sum();
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: {} {} (uid {}, gid {}): {}, {}, {} in {}",
        account.name,
        if dry_run { "would be imported as" } else { "imported as" },
        account.home.escape_debug(),
        account.uid,
        account.gid,
        counted(report.domains.len() as u64, "domain"),
        plural(mailboxes as u64, "mailbox", "mailboxes"),
        size(report.bytes),
        counted(report.files, "file"),
    );
    if account.suspended {
        match account.suspend_reason.as_str() {
            "" => text.push_str("The account is suspended and stays so.\n"),
            why => {
                let _ = writeln!(text, "The account is suspended and stays so: {}", printable(why));
            }
        }
    }
    for domain in &report.domains {
        domain_lines(&mut text, domain);
    }
    if !report.anomalies.is_empty() {
        let _ = writeln!(text, "\nStrays: {}", report.anomalies.len() as u64 + report.more_anomalies);
    }
    for anomaly in &report.anomalies {
        let Anomaly { file, line, what, sees, done, .. } = anomaly;
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        let sees = if sees.is_empty() { String::new() } else { format!("; seen here: {sees}") };
        let _ = writeln!(text, "  {}{line}: {}{sees}: {done}", file.escape_debug(), printable(what));
    }
    if report.more_anomalies > 0 {
        let _ = writeln!(text, "  and {} more", report.more_anomalies);
    }
    text
}

fn domain_lines(text: &mut String, domain: &DomainReport) {
    let _ = write!(text, "\n{} ({})", domain.name, kind(domain));
    if domain.forwarders > 0 {
        let _ = write!(text, ", {}", counted(domain.forwarders as u64, "forwarder"));
    }
    if domain.autoresponders > 0 {
        let _ = write!(text, ", {}", counted(domain.autoresponders as u64, "autoresponder"));
    }
    if let Some(to) = &domain.default_address {
        let _ = write!(text, ", default address {}", printable(to));
    }
    if let Some(to) = &domain.forwarded_to {
        let _ = write!(text, ", all of its mail goes to {to}");
    }
    text.push('\n');
    for mailbox in &domain.mailboxes {
        let address = format!("{}@{}", mailbox.name.escape_debug(), domain.name);
        let state = mailbox.state.name();
        let _ = writeln!(text, "  {address:<40} {:<9} {state:<11} {}", mailbox.scheme, quota(mailbox.quota));
    }
}

/// What a domain is to its account, in cPanel's words.
pub(super) fn kind(domain: &DomainReport) -> &'static str {
    match domain.kind {
        DomainKind::Main => "main",
        DomainKind::Addon => "addon",
        DomainKind::Parked => "parked",
    }
}

fn quota(quota: Quota) -> String {
    limit_text(quota.bytes().map(size))
}

fn size(bytes: u64) -> String {
    const UNITS: [(u32, &str); 4] = [(40, "TB"), (30, "GB"), (20, "MB"), (10, "KB")];
    match UNITS.iter().find(|(bits, _)| bytes >> bits > 0) {
        Some((bits, unit)) => {
            let tenths = (u128::from(bytes) * 10) >> bits;
            let (whole, tenth) = (tenths / 10, tenths % 10);
            if tenth == 0 { format!("{whole} {unit}") } else { format!("{whole}.{tenth} {unit}") }
        }
        None => counted(bytes, "byte"),
    }
}

fn counted(count: u64, one: &str) -> String {
    plural(count, one, &format!("{one}s"))
}

fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The text with control characters written out.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::{printable, size};

    #[test]
    fn sizes_and_texts() {
        for (bytes, text) in [
            (1, "1 byte"),
            (1000, "1000 bytes"),
            (1536, "1.5 KB"),
            (262_144_000, "250 MB"),
            (u64::MAX, "16777215.9 TB"),
        ] {
            assert_eq!(size(bytes), text);
        }
        assert_eq!(printable("a\u{1b}[2Jb “c”"), "a\\u{1b}[2Jb “c”");
    }
}
