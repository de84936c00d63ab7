//! What a group takes away at its end: what was half made, and what deleted mailboxes leave.

use super::applying::{Applying, deletes};
use super::group_state::half_deleted;
use super::incoming;
use super::layout::{PASSWD, QUOTA, SHADOW};
use super::line_draft::LineDraft;
use super::maildir::Maildirs;
use super::member::Member;
use crate::api::{Error, NotDone};
use crate::base::files::Folder;
use crate::store::{Change, LocalPart, MailboxChange};

impl Applying<'_, '_> {
    /// Nothing half-made stays, as far as the failure allows; the failure is what is told.
    pub(super) fn undo(&self, etc: &Folder) {
        let half_made = |member: &&Member<'_>| member.has_maildir && !member.is_alive();
        let names: Vec<&LocalPart> =
            self.group.members.iter().filter(half_made).map(|member| &member.change.address.local).collect();
        if names.is_empty() {
            return;
        }
        for file in [PASSWD, SHADOW, QUOTA] {
            let _ = etc.edit(file, |bytes| {
                let mut draft = LineDraft::new(bytes, names.iter().map(|name| name.as_str()));
                names.iter().for_each(|name| draft.remove(name.as_str()));
                Ok::<_, Error>(draft.finish().splices)
            });
        }
        if let Some(maildirs) = &self.maildirs {
            maildirs.remove(names.into_iter());
        }
    }

    /// What a deleted mailbox leaves besides its lines: a mark that the next one of its name would be born with, and
    /// its mail.
    pub(super) fn clear_deleted(&mut self, etc: &Folder) {
        if !self.group.has(deletes) {
            return;
        }
        let half = |e: NotDone, change: &MailboxChange<'_>| e.after(&half_deleted(change.address));
        let opened = incoming::folders(etc)
            .and_then(|settings| Ok((settings, Maildirs::existing(&self.home, self.group.domain)?)));
        let (settings, maildirs) = match opened {
            Ok(opened) => opened,
            Err(failed) => {
                let failed = NotDone::from(failed);
                return self.group.fail_with(deletes, |change| half(failed.clone(), change));
            }
        };
        self.group.check_each(|_, change| {
            if !deletes(change) || !settings.contains(change.address.local.as_str().as_bytes()) {
                return Ok(());
            }
            incoming::unmark(etc, change.address).map_err(|e| half(e, change))
        });
        let Some(maildirs) = maildirs else { return };
        let emptied = |change: &MailboxChange<'_>| matches!(change.what, Change::Delete { keep_mail: false });
        let names: Vec<_> = self
            .group
            .alive()
            .filter(|member| emptied(member.change))
            .map(|member| &member.change.address.local)
            .collect();
        let mut removed = maildirs.remove(names.into_iter()).into_iter();
        self.group.check_each(|_, change| {
            let removed = if emptied(change) { removed.next() } else { None };
            removed.unwrap_or(Ok(())).map_err(|e| half(e.into(), change))
        });
    }
}
