//! The steps of a group below its home: with the domain's lock held, and the account's identity. Checking, writing and
//! clearing stand in files of their own.

use std::collections::HashMap;
use std::ops::Range;

use super::group_state::Group;
use super::line_draft::LineDraft;
use super::maildir::Maildirs;
use super::member::Member;
use super::roll::Roll;
use crate::api::NotDone;
use crate::base::files::Folder;
use crate::store::{Change, MailboxChange};

/// A group whose steps are under way.
pub(super) struct Applying<'g, 'c> {
    pub(super) group: &'g mut Group<'c>,
    pub(super) home: Folder,
    /// `etc/DOMAIN`, if it is there.
    pub(super) etc: Option<Folder>,
    pub(super) maildirs: Option<Maildirs>,
    /// The folder of the last Maildir that was made, and how many were.
    pub(super) new: (Option<Folder>, usize),
}

/// Where the lines of names stand in a new file.
pub(super) type Places<'c> = HashMap<&'c str, Range<usize>>;

pub(super) fn creates(change: &MailboxChange<'_>) -> bool {
    matches!(change.what, Change::Create { .. })
}

/// Whether the change stores a hash.
pub(super) fn is_hashed(change: &MailboxChange<'_>) -> bool {
    matches!(change.what, Change::Create { .. } | Change::SetPassword(_))
}

pub(super) fn deletes(change: &MailboxChange<'_>) -> bool {
    matches!(change.what, Change::Delete { .. })
}

impl<'g, 'c> Applying<'g, 'c> {
    pub(super) fn new(group: &'g mut Group<'c>) -> Result<Self, NotDone> {
        let home = group.store.home(group.account)?;
        let etc = home.beneath(&format!("etc/{}", group.domain))?;
        Ok(Self { group, home, etc, maildirs: None, new: (None, 0) })
    }

    /// All steps. What fails, fails the changes that were in it; an error here, all that are left.
    pub(super) fn run(mut self, seen: Option<Roll<'c>>) -> Result<(), NotDone> {
        let roll = match (seen, &self.etc) {
            (Some(roll), Some(etc)) if roll.is_still(etc)? => roll,
            _ => Roll::read(self.etc.as_ref(), &self.group.names())?,
        };
        self.check(roll.present)?;
        self.flush_maildirs();
        if let Some(etc) = self.etc.take() {
            self.leave_passwd(&etc);
            self.write_quotas(&etc);
            self.write_hashes(&etc);
            self.enter_passwd(&etc);
            self.undo(&etc);
            if self.group.members.iter().any(|member| is_hashed(member.change) || deletes(member.change)) {
                etc.sweep();
            }
            self.clear_deleted(&etc);
        }
        Ok(())
    }

    /// One file replaced for all changes that are in it; where the lines stand that were set.
    pub(super) fn edit(
        &self,
        etc: &Folder,
        file: &str,
        are_in_it: impl Fn(&MailboxChange<'_>) -> bool,
        mut change: impl FnMut(usize, &Member<'c>, &mut LineDraft<'_, 'c>),
    ) -> Result<Places<'c>, NotDone> {
        let members = self.group.members.iter().enumerate();
        let members: Vec<_> =
            members.filter(|(_, member)| member.is_alive() && are_in_it(member.change)).collect();
        let mut places = Places::new();
        if members.is_empty() {
            return Ok(places);
        }
        etc.edit(file, |bytes| {
            let mut draft = LineDraft::new(bytes, members.iter().map(|(_, member)| member.name()));
            for (index, member) in &members {
                change(*index, member, &mut draft);
            }
            let drafted = draft.finish();
            places = drafted.places;
            Ok::<_, NotDone>(drafted.splices)
        })?;
        Ok(places)
    }
}
