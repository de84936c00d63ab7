//! An account as lists show it: WHM `listaccts` and `accountsummary`.

use std::time::{Duration, Instant};

use super::common::limit_texts;
use crate::api::catalogue::Return;
use crate::api::{Field, NotDone, Row, UNLIMITED, limit_text};
use crate::base::calendar;
use crate::engine::local::context::Context;
use crate::store::{Account, HomeUse, Outgoing};

/// Bytes of what cPanel calls a megabyte.
const MEBIBYTE: u64 = 1024 * 1024;
/// Most accounts that a warning names.
const TOLD: usize = 5;
/// The theme that cPanel's own pages have, which clients expect to be named.
const THEME: &str = "jupiter";

/// The fields of a row.
pub(super) const FIELDS: &[Return] = &[
    Return::new("user, domain, uid", "its name, its main domain, and the system user that owns its files"),
    Return::new(
        "owner, email",
        "root or the WHM user who has it, and the address to reach its owner (*unknown* where there is none)",
    ),
    Return::new("plan", "the package by which it is sold; undefined where there is none"),
    Return::new("startdate, unix_startdate", "when it was created, as a text and in seconds, UTC"),
    Return::new(
        "diskused, disklimit",
        "MB with an M behind the number; the limit, or unlimited, is kept and not enforced",
    ),
    Return::new("inodesused, inodeslimit", "its files and folders; unlimited"),
    Return::new("maxpop, max_emailacct_quota", "the limits of its mail (MB), or unlimited"),
    Return::new("maxaddons, maxparked, maxsub", "the limits of its domains, or unlimited"),
    Return::new(
        "maxftp, maxlst, maxsql",
        "what its package says of things that are not served here, or unlimited",
    ),
    Return::new(
        "max_email_per_hour, max_defer_fail_percentage, min_defer_fail_to_trigger_protection",
        "what its package says; kept and not enforced",
    ),
    Return::new("suspended, suspendreason, suspendtime", "1 or 0, why, and since when in seconds"),
    Return::new(
        "is_locked, outgoing_mail_suspended, outgoing_mail_hold",
        "1 or 0; outgoing mail by the account’s own address",
    ),
    Return::new("mailbox_format", "maildir"),
    Return::new(
        "ip, ipv6, partition, shell, theme",
        "the store keeps no addresses (an empty text and an empty list); the folder of the home; no shell",
    ),
    Return::new(
        "backup, legacy_backup, has_backup, temporary, child_nodes",
        "0, and an empty list: there are none here",
    ),
];

/// How long homes are looked at for one answer. Of those that are left, what they take up is not told.
const LOOKING: Duration = Duration::from_secs(2);

/// The rows of accounts, and what must be said of them.
pub(super) fn rows(context: &Context<'_>, accounts: &[Account]) -> Result<(Vec<Row>, Vec<String>), NotDone> {
    if accounts.is_empty() {
        // There need not even be a store yet.
        return Ok((Vec::new(), Vec::new()));
    }
    let mut sight = Sight {
        context,
        suspended: context.store.outgoing(Outgoing::Suspended)?,
        held: context.store.outgoing(Outgoing::Held)?,
        until: Instant::now() + LOOKING,
        unmeasured: Vec::new(),
    };
    let rows = accounts.iter().map(|account| sight.row(account)).collect();
    Ok((rows, sight.warnings()))
}

/// What rows are made with, for one answer.
struct Sight<'c> {
    context: &'c Context<'c>,
    /// Who may not send.
    suspended: Vec<String>,
    held: Vec<String>,
    until: Instant,
    /// Accounts of which it is not known what they take up.
    unmeasured: Vec<String>,
}

impl Sight<'_> {
    /// What an account takes up, unless that takes too long or cannot be looked at.
    fn used(&mut self, account: &Account) -> Option<HomeUse> {
        let in_time = Instant::now() < self.until;
        let used = in_time.then(|| self.context.store.home_use(account).ok()).flatten();
        if used.is_none() {
            self.unmeasured.push(account.name.to_string());
        }
        used
    }

    /// What must be said of the rows that were made.
    fn warnings(&self) -> Vec<String> {
        let names = &self.unmeasured;
        if names.is_empty() {
            return Vec::new();
        }
        let few = names.iter().take(TOLD).cloned().collect::<Vec<_>>().join(", ");
        let more = names.len().saturating_sub(TOLD);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        vec![format!(
            "The disk use of these accounts is missing, because their homes could not be read in time or at all: {few}{rest}; ask accountsummary for one of them."
        )]
    }

    /// The row of an account.
    fn row(&mut self, account: &Account) -> Row {
        let used = self.used(account);
        self.shown(account, used)
    }

    fn shown(&self, account: &Account, used: Option<HomeUse>) -> Row {
        let text = |text: &str| Field::Text(text.to_owned());
        let number = |number: u64| Field::Int(number.cast_signed());
        let listed = |list: &[String]| number(list.iter().any(|name| name == account.name.as_str()).into());
        let [pop, quota] = limit_texts(account.limits);
        let terms = &account.terms;
        let megabytes = |bytes: u64| format!("{}M", bytes.div_ceil(MEBIBYTE));
        let mut row = vec![
            ("user", text(account.name.as_str())),
            ("domain", text(account.domain.as_str())),
            ("uid", Field::Int(account.uid.into())),
            ("owner", text(terms.owner())),
            ("email", text(terms.get("CONTACTEMAIL").unwrap_or("*unknown*"))),
            ("plan", text(terms.plan().unwrap_or("undefined"))),
            ("startdate", Field::Text(calendar::short(account.created))),
            ("unix_startdate", number(account.created)),
            ("diskused", used.map_or(Field::Null, |used| Field::Text(megabytes(used.bytes)))),
            ("disklimit", Field::Text(terms.disk().bytes().map_or(UNLIMITED.to_owned(), megabytes))),
            ("inodesused", used.map_or(Field::Null, |used| number(used.entries))),
            ("inodeslimit", text(UNLIMITED)),
            ("maxpop", Field::Text(pop)),
            ("max_emailacct_quota", Field::Text(quota)),
            ("maxaddons", Field::Text(limit_text(account.limits.domains.addon))),
            ("maxparked", Field::Text(limit_text(account.limits.domains.parked))),
            ("maxsub", Field::Text(limit_text(account.limits.domains.sub))),
        ];
        for (name, key) in [
            ("maxftp", "MAXFTP"),
            ("maxlst", "MAXLST"),
            ("maxsql", "MAXSQL"),
            ("max_email_per_hour", "MAX_EMAIL_PER_HOUR"),
            ("max_defer_fail_percentage", "MAX_DEFER_FAIL_PERCENTAGE"),
        ] {
            row.push((name, Field::Text(terms.shown(key))));
        }
        row.extend(suspension(account));
        row.extend([
            ("is_locked", Field::Int(0)),
            ("outgoing_mail_suspended", listed(&self.suspended)),
            ("outgoing_mail_hold", listed(&self.held)),
            ("mailbox_format", text("maildir")),
            ("min_defer_fail_to_trigger_protection", text("5")),
            ("ip", text("")),
            ("ipv6", Field::Texts(Vec::new())),
            ("partition", Field::Text(partition(&account.home))),
            ("shell", text("/bin/false")),
            ("theme", text(terms.get("RS").unwrap_or(THEME))),
            ("backup", Field::Int(0)),
            ("legacy_backup", Field::Int(0)),
            ("has_backup", Field::Int(0)),
            ("temporary", Field::Int(0)),
            ("child_nodes", Field::Rows(Vec::new())),
        ]);
        Row(row)
    }
}

/// Why an account is suspended.
pub(in crate::engine::local) fn suspend_reason(account: &Account) -> String {
    let reason = match account.suspend_reason.as_str() {
        _ if !account.suspended => "not suspended",
        "" => "Unknown",
        reason => reason,
    };
    reason.to_owned()
}

/// Whether, why and since when the account is suspended.
fn suspension(account: &Account) -> [(&'static str, Field); 3] {
    let since = account.suspended_since.cast_signed();
    [
        ("suspended", Field::Int(account.suspended.into())),
        ("suspendreason", Field::Text(suspend_reason(account))),
        ("suspendtime", if account.suspended { Field::Int(since) } else { Field::Null }),
    ]
}

/// cPanel names the first folder of the home’s path: `home` of `/home/bob`.
fn partition(home: &str) -> String {
    home.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned()
}
