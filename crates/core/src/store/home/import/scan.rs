//! Looking at the entries of a source for the survey, one after the other.

use std::collections::BTreeMap;

use super::anomaly::{Anomalies, AnomalyKind, Treatment};
use super::entry::{Content, EntryKind, Role, SourceEntry, Visitor, role, shown};
use super::refusal::refusal;
use super::rules::rules_of;
use super::small_files::{MAX_PASSWORD_FILE, MAX_SMALL, SmallFiles};
use super::source::ImportSource;
use super::survey::{Survey, oddity};
use super::watch::ImportWatch;
use crate::api::NotDone;

/// Most entries of a source: more messages than any account that was heard of.
const MAX_ENTRIES: u64 = 5_000_000;

/// How closely mail is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// The first bytes of each message tell whether it is compressed.
    Whole,
    /// Names alone, as for a home that is in use.
    Names,
}

/// Looks through a source.
pub(super) fn survey(
    source: &mut ImportSource,
    watch: &mut ImportWatch<'_>,
    (in_place, look): (bool, Look),
) -> Result<Survey, NotDone> {
    watch.progress.begin("Checking", 0);
    let stop = watch.stop;
    let survey = Survey { anomalies: Anomalies::of(in_place), ..Survey::default() };
    let mut scan = SourceScan {
        survey,
        watch,
        entries: 0,
        small_files: SmallFiles::default(),
        looks_into_mail: look == Look::Whole,
    };
    source.walk(&mut scan, stop)?;
    Ok(scan.survey)
}

/// A survey in the making.
pub(super) struct SourceScan<'a, 'w> {
    pub(super) survey: Survey,
    watch: &'a mut ImportWatch<'w>,
    entries: u64,
    small_files: SmallFiles,
    pub(super) looks_into_mail: bool,
}

impl Visitor for SourceScan<'_, '_> {
    fn visit(&mut self, entry: &SourceEntry<'_>, content: &mut dyn Content) -> Result<(), NotDone> {
        self.watch.check()?;
        self.watch.progress.advance(entry.size);
        let role = role(entry.path);
        if role == Role::Unserved {
            let file_size = (entry.kind != EntryKind::Folder).then_some(entry.size);
            self.survey.unserved.see(entry.path, file_size);
            return Ok(());
        }
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            return Err(refusal("It holds more than 5,000,000 files of mail; move mail out of it first"));
        }
        match role {
            Role::AccountFile(name) => self.account_file(name, entry, content),
            Role::OwnHash => {
                self.survey.own_hash = self.read(entry, content, MAX_SMALL)?.or(self.survey.own_hash.take());
                Ok(())
            }
            Role::UserData => {
                self.survey.userdata = self.read(entry, content, MAX_SMALL)?.or(self.survey.userdata.take());
                Ok(())
            }
            Role::Aliases(domain) => {
                let read = self.read(entry, content, MAX_SMALL)?;
                Self::keep(&mut self.survey.aliases, domain, read)
            }
            Role::DomainAlias(domain) => {
                let read = self.read(entry, content, MAX_SMALL)?;
                Self::keep(&mut self.survey.domain_aliases, domain, read)
            }
            Role::Trunk => {
                if let (true, Some((_, what))) =
                    (entry.kind != EntryKind::Folder, oddity_or_file(&entry.kind))
                {
                    self.survey.block(None, entry, &format!("is {what}, not a folder"));
                }
                Ok(())
            }
            Role::DomainFolder(name) => {
                self.domain_folder(name, entry);
                Ok(())
            }
            Role::InDomain { domain, name, below } => self.in_domain(domain, name, below, entry, content),
            Role::Mail(steps) => self.mail(steps, entry, content),
            Role::Suspension(_) | Role::Rules | Role::Autoresponder(_) if entry.kind == EntryKind::Folder => {
                Ok(())
            }
            Role::Suspension(_) => {
                self.survey.suspension =
                    self.read(entry, content, MAX_SMALL)?.or(self.survey.suspension.take());
                Ok(())
            }
            Role::Rules => self.rules(rules_of(entry.path), entry, content),
            Role::Autoresponder(name) => {
                let read = self.read(entry, content, MAX_SMALL)?;
                Self::keep(&mut self.survey.autoresponders, name, read)
            }
            Role::Unserved | Role::Other => Ok(()),
        }
    }
}

/// As [`oddity`], where a file is odd too.
fn oddity_or_file(kind: &EntryKind) -> Option<(AnomalyKind, &'static str)> {
    oddity(kind).or((*kind == EntryKind::File).then_some((AnomalyKind::Special, "a file")))
}

impl SourceScan<'_, '_> {
    pub(super) fn read(
        &mut self,
        entry: &SourceEntry<'_>,
        content: &mut dyn Content,
        most: u64,
    ) -> Result<Option<Vec<u8>>, NotDone> {
        self.small_files.read(entry, content, most, &mut self.survey.anomalies)
    }

    fn keep(
        map: &mut BTreeMap<String, Vec<u8>>,
        domain: &[u8],
        read: Option<Vec<u8>>,
    ) -> Result<(), NotDone> {
        if let Some(bytes) = read {
            map.insert(String::from_utf8_lossy(domain).into_owned(), bytes);
        }
        Ok(())
    }

    fn account_file(
        &mut self,
        name: &[u8],
        entry: &SourceEntry<'_>,
        content: &mut dyn Content,
    ) -> Result<(), NotDone> {
        let Some(bytes) = self.read(entry, content, MAX_SMALL)? else { return Ok(()) };
        let name = String::from_utf8_lossy(name).into_owned();
        if let Some((other, _)) = &self.survey.account_file {
            return Err(refusal(format!(
                "It holds the accounts “{}” and “{}”; import a backup of one account",
                other.escape_debug(),
                name.escape_debug()
            )));
        }
        self.survey.account_file = Some((name, String::from_utf8_lossy(&bytes).into_owned()));
        Ok(())
    }

    fn domain_folder(&mut self, name: &[u8], entry: &SourceEntry<'_>) {
        match oddity(&entry.kind) {
            None if entry.kind == EntryKind::Folder => {
                if let Ok(name) = std::str::from_utf8(name) {
                    self.survey.domains.entry(name.to_owned()).or_default();
                }
            }
            // Files of `etc` itself are nothing that mail needs.
            None => {}
            Some((kind, what)) => {
                self.survey.anomalies.add((&shown(entry.path), None), kind, what, Treatment::NotCopied);
                self.survey.block(Some(name), entry, &format!("is {what}, not a folder"));
            }
        }
    }

    fn in_domain(
        &mut self,
        domain: &[u8],
        name: &[u8],
        below: bool,
        entry: &SourceEntry<'_>,
        content: &mut dyn Content,
    ) -> Result<(), NotDone> {
        if !below && [&b"passwd"[..], b"shadow", b"quota"].contains(&name) {
            return self.password_file(domain, name, entry, content);
        }
        self.settings(entry, content)?;
        if let Some((kind, what)) = oddity(&entry.kind) {
            self.survey.anomalies.add((&shown(entry.path), None), kind, what, Treatment::NotCopied);
        } else if entry.kind == EntryKind::File && below {
            self.count(entry);
        } else if entry.kind == EntryKind::File && is_copy(name) {
            let what = "it looks like a copy of a password file, as break-ins leave them";
            self.survey.anomalies.add(
                (&shown(entry.path), None),
                AnomalyKind::Copy,
                what,
                Treatment::NotCopied,
            );
        }
        Ok(())
    }

    fn password_file(
        &mut self,
        domain: &[u8],
        name: &[u8],
        entry: &SourceEntry<'_>,
        content: &mut dyn Content,
    ) -> Result<(), NotDone> {
        let what = match &entry.kind {
            EntryKind::Folder => Some("a folder"),
            kind => oddity(kind).map(|(_, what)| what),
        };
        if let Some(what) = what {
            self.survey.block(Some(domain), entry, &format!("is {what}, not a plain file"));
            return Ok(());
        }
        if !entry.trusted {
            self.survey.block(Some(domain), entry, "belongs to neither the owner of the home nor root");
            return Ok(());
        }
        let Some(bytes) = self.read(entry, content, MAX_PASSWORD_FILE)? else { return Ok(()) };
        let Ok(domain) = std::str::from_utf8(domain) else { return Ok(()) };
        let files = self.survey.domains.entry(domain.to_owned()).or_default();
        match name {
            b"passwd" => files.passwd = Some(bytes),
            b"shadow" => files.shadow = bytes,
            _ => files.quota = bytes,
        }
        Ok(())
    }

    pub(super) fn count(&mut self, entry: &SourceEntry<'_>) {
        self.survey.files += 1;
        self.survey.bytes = self.survey.bytes.saturating_add(entry.size);
    }
}

/// Names like `shadow.roottn.bak`.
fn is_copy(name: &[u8]) -> bool {
    // cPanel itself leaves `quota.lock`.
    let starts = |file: &[u8]| {
        let rest = name.strip_prefix(file);
        rest.is_some_and(|rest| (rest.starts_with(b".") && rest != b".lock") || rest == b"-")
    };
    starts(b"passwd") || starts(b"shadow") || starts(b"quota")
}
