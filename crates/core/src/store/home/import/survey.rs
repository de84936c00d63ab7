//! What the first look at a source finds: what there is, and the account's small files.

use std::collections::{BTreeMap, BTreeSet};

use super::anomaly::{Anomalies, AnomalyKind};
use super::entry::{EntryKind, Role, SourceEntry, role, shown};
use super::mail_root::MailRoot;
use super::unserved::UnservedThings;

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

/// Whose rules a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RulesOf {
    Account,
    Domain(String),
    /// An address.
    Mailbox(String),
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
    /// What there is to say of each mailbox's mail, as `DOMAIN/USER`; the empty name is the account's own.
    pub(super) mail_roots: BTreeMap<String, MailRoot>,
    /// `suspended/USER`: why the account is suspended.
    pub(super) suspension: Option<Vec<u8>>,
    /// The files of `.autorespond` by name: messages by their address, settings as `ADDRESS.json` or `ADDRESS.conf`.
    pub(super) autoresponders: BTreeMap<String, Vec<u8>>,
    /// Addresses whose autoresponder is taken over.
    pub(super) answering: BTreeSet<String>,
    /// Files of rules: their paths, and whose rules they are.
    pub(super) rules: BTreeMap<String, RulesOf>,
    /// What a mailbox's folder of settings holds that no store serves: its path and what it is.
    pub(super) in_settings: BTreeMap<String, (AnomalyKind, String)>,
    pub(super) unserved: UnservedThings,
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

    /// Whether there is a folder of mail, or a file in its place.
    pub(super) fn has_mail(&self, place: &str) -> bool {
        self.mail_folders.contains(place) || self.mail_roots.contains_key(place)
    }

    /// All of them, each once.
    pub(super) fn mail_places(&self) -> impl Iterator<Item = String> {
        let roots = self.mail_roots.keys().filter(|root| !root.is_empty());
        self.mail_folders.iter().chain(roots).cloned().collect::<BTreeSet<_>>().into_iter()
    }

    /// Calls them by their new names.
    pub(super) fn rename_mail(&mut self, to: &BTreeMap<String, String>) {
        let moved: Vec<String> = to.keys().filter(|old| self.mail_folders.remove(*old)).cloned().collect();
        self.mail_folders.extend(moved.iter().map(|old| to[old].clone()));
        let roots: Vec<_> =
            to.iter().filter_map(|(old, new)| Some((new.clone(), self.mail_roots.remove(old)?))).collect();
        self.mail_roots.extend(roots);
    }
}

/// Whose mail a folder `DOMAIN/USER` is; the empty name is the account's own.
pub(super) fn address_of(root: &str, account: &str) -> String {
    root.split_once('/').map_or_else(|| account.to_owned(), |(domain, user)| format!("{user}@{domain}"))
}

/// The path of a mailbox's mail in the home.
pub(super) fn place_of_mail(root: &str) -> String {
    if root.is_empty() { "mail".to_owned() } else { format!("mail/{root}") }
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
