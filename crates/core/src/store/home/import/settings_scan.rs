//! Looking at rules, and at what is below `etc/DOMAIN` beside the password files.

use super::anomaly::AnomalyKind;
use super::entry::{Content, EntryKind, SourceEntry, shown};
use super::rules::has_rules;
use super::scan::SourceScan;
use super::small_files::MAX_SMALL;
use super::survey::RulesOf;
use crate::api::NotDone;

/// The database in which cPanel's Roundcube keeps a mailbox's address book and settings.
const ROUNDCUBE: &str = ".rcube.db";

impl SourceScan<'_, '_> {
    /// Keeps that a file holds rules, if it does.
    pub(super) fn rules(
        &mut self,
        of: RulesOf,
        entry: &SourceEntry<'_>,
        content: &mut dyn Content,
    ) -> Result<(), NotDone> {
        let name = entry.path.last().map(Vec::as_slice).unwrap_or_default();
        if let Some(text) = self.read(entry, content, MAX_SMALL)?
            && has_rules(name, &text)
        {
            self.survey.rules.insert(shown(entry.path), of);
        }
        Ok(())
    }

    /// What a domain's folder, or that of a mailbox in it, holds besides password files.
    pub(super) fn settings(
        &mut self,
        entry: &SourceEntry<'_>,
        content: &mut dyn Content,
    ) -> Result<(), NotDone> {
        let Some([domain, rest @ ..]) = entry.path.get(2..) else { return Ok(()) };
        let lossy = |step: &[u8]| String::from_utf8_lossy(step).into_owned();
        let address = |user: &str| format!("{user}@{}", lossy(domain));
        match rest {
            [file] => {
                let file = lossy(file);
                if let (Some(user), EntryKind::File, true) =
                    (file.strip_suffix(ROUNDCUBE), &entry.kind, entry.size > 0)
                {
                    let seen = (AnomalyKind::Webmail, address(user));
                    self.survey.in_settings.insert(shown(entry.path), seen);
                }
            }
            [user, file] if file == b"filter" || file == b"filter.yaml" => {
                // Other kinds of files are told by their kind.
                if entry.kind == EntryKind::File && entry.trusted {
                    self.rules(RulesOf::Mailbox(address(&lossy(user))), entry, content)?;
                }
            }
            [user, file, ..] => {
                let kind = if file.starts_with(b".boxtrapper") {
                    AnomalyKind::BoxTrapper
                } else if file.starts_with(b".spamassassin") {
                    AnomalyKind::SpamFilter
                } else {
                    return Ok(());
                };
                let place = shown(&entry.path[..5.min(entry.path.len())]);
                self.survey.in_settings.insert(place, (kind, address(&lossy(user))));
            }
            [] => {}
        }
        Ok(())
    }
}
