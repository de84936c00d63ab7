//! What the first look at a source finds: what there is, and the account's small files.

use std::collections::{BTreeMap, BTreeSet};

use super::anomaly::{Anomalies, AnomalyKind};
use super::entry::{EntryKind, Role, SourceEntry, role, shown};

/// The three files of a domain; what is not there is empty.
#[derive(Debug, Default)]
pub(super) struct DomainFiles {
    pub(super) passwd: Option<Vec<u8>>,
    pub(super) shadow: Vec<u8>,
    pub(super) quota: Vec<u8>,
}

/// Why a domain's files, or all of them, cannot be believed.
#[derive(Debug)]
pub(super) struct Obstacle {
    /// The domain; none if it stands in the way of all.
    pub(super) domain: Option<String>,
    pub(super) why: String,
}

/// All that the first look saw, for the plan.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// `cp/USER`: the name and the text.
    pub(super) account_file: Option<(String, String)>,
    pub(super) own_hash: Option<Vec<u8>>,
    pub(super) userdata: Option<Vec<u8>>,
    pub(super) aliases: BTreeMap<String, Vec<u8>>,
    pub(super) domain_aliases: BTreeMap<String, Vec<u8>>,
    /// The folders of `etc`, by name.
    pub(super) domains: BTreeMap<String, DomainFiles>,
    /// The folders `mail/DOMAIN/USER`, as `DOMAIN/USER`.
    pub(super) mail_folders: BTreeSet<String>,
    /// Those of them in Dovecot's mdbox format; the empty name is the account's own mail.
    pub(super) mdbox: BTreeSet<String>,
    pub(super) obstacles: Vec<Obstacle>,
    pub(super) anomalies: Anomalies,
    /// Files that copying will copy, and bytes in them.
    pub(super) files: u64,
    pub(super) bytes: u64,
}

impl Survey {
    /// Keeps why something cannot be believed.
    pub(super) fn block(&mut self, domain: Option<&[u8]>, entry: &SourceEntry<'_>, what: &str) {
        let domain = domain.map(|name| String::from_utf8_lossy(name).into_owned());
        let why = format!("{} {what}", shown(entry.path));
        self.obstacles.push(Obstacle { domain, why });
    }
}

/// What stands somewhere, if it is neither a folder nor a file of the account.
pub(super) fn oddity(kind: &EntryKind) -> Option<(AnomalyKind, &'static str)> {
    match kind {
        EntryKind::Folder | EntryKind::File => None,
        EntryKind::Link => Some((AnomalyKind::Link, "a symbolic link")),
        EntryKind::Shared | EntryKind::HardLink(_) => {
            Some((AnomalyKind::HardLink, "a file with several names (hard links)"))
        }
        EntryKind::Special => Some((AnomalyKind::Special, "a device, FIFO or socket")),
    }
}

/// Whether a thing below `mail` is copied as a file. Dovecot itself gives messages several names: a copy
/// into another folder is a hard link. So these come along where they are surely the account's own.
pub(super) fn is_mail_file(entry: &SourceEntry<'_>) -> bool {
    match &entry.kind {
        EntryKind::File => true,
        EntryKind::Shared => entry.trusted,
        EntryKind::HardLink(target) => matches!(role(target), Role::Mail(_)),
        EntryKind::Folder | EntryKind::Link | EntryKind::Special => false,
    }
}
