//! What an import did, or would do.

use super::anomaly::Anomaly;
use crate::store::{Account, Domain, DomainKind, Quota};

/// What an import did with an account, or would do.
#[derive(Clone, Debug)]
pub struct Report {
    /// The account as it stands in the store then.
    pub account: Account,
    /// The scheme of the account's own hash; none if nothing opens its own mailbox.
    pub own_scheme: Option<&'static str>,
    /// Its domains, the main one first.
    pub domains: Vec<DomainReport>,
    /// What was found beside the ordinary.
    pub anomalies: Vec<Anomaly>,
    /// How many more of that there were.
    pub more_anomalies: u64,
    /// Files of mail and settings that are copied.
    pub files: u64,
    pub bytes: u64,
}

/// What an import does with one domain.
#[derive(Clone, Debug)]
pub struct DomainReport {
    pub name: Domain,
    /// What it is to the account.
    pub kind: DomainKind,
    /// Its mailboxes, in file order.
    pub mailboxes: Vec<MailboxReport>,
    pub forwarders: usize,
    pub autoresponders: usize,
    /// Where mail for nobody goes, as the file says it.
    pub default_address: Option<String>,
    /// Where all of its mail goes.
    pub forwarded_to: Option<Domain>,
}

/// What an import does with one mailbox.
#[derive(Clone, Debug)]
pub struct MailboxReport {
    /// Its name in its domain.
    pub name: String,
    pub scheme: &'static str,
    /// Whether its old password opens it.
    pub state: LoginState,
    pub quota: Quota,
}

/// Whether a mailbox's old password opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginState {
    Active,
    /// Login of this mailbox is suspended (`!`).
    Suspended,
    /// It is marked as one of a suspended account (`*LOCKED*`).
    Locked,
    NoPassword,
    /// Dovecot does not take its hash or its line.
    Unusable,
}

impl LoginState {
    /// Its name, for programs and people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Locked => "locked",
            Self::NoPassword => "no-password",
            Self::Unusable => "unusable",
        }
    }
}
