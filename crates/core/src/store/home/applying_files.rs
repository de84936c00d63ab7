//! The files that a group replaces, each once for all of its changes, and what is read back of them.

use std::collections::HashMap;

use super::applying::{Applying, Places, creates, deletes, is_hashed};
use super::group_state::half_deleted;
use super::layout::{PASSWD, QUOTA, SHADOW};
use super::read_back::{self, WrittenHash};
use super::shadow;
use crate::api::{Error, NotDone};
use crate::base::clock;
use crate::base::files::Folder;
use crate::store::{Account, Change, Changed, MailboxChange};

impl<'c> Applying<'_, 'c> {
    pub(super) fn leave_passwd(&mut self, etc: &Folder) {
        let left = self.edit(etc, PASSWD, deletes, |_, member, draft| draft.remove(member.name()));
        if let Err(failed) = left {
            self.group.fail_with(deletes, |change| {
                failed.clone().unchanged(&format!("The mailbox “{}”", change.address))
            });
        }
    }

    pub(super) fn write_quotas(&mut self, etc: &Folder) {
        let are_in_it = |change: &MailboxChange<'_>| {
            matches!(change.what, Change::Create { .. } | Change::SetQuota(_) | Change::Delete { .. })
        };
        let written = self.edit(etc, QUOTA, are_in_it, |_, member, draft| {
            let name = member.name();
            let bytes = match member.change.what {
                Change::Create { quota, .. } | Change::SetQuota(quota) => quota.bytes(),
                _ => None,
            };
            match bytes {
                Some(bytes) => draft.set(name, format!("{name}:{bytes}").into_bytes()),
                None => draft.remove(name),
            }
        });
        if let Err(failed) = written {
            self.group.fail_with(are_in_it, |change| told(change, &failed));
        }
    }

    pub(super) fn write_hashes(&mut self, etc: &Folder) {
        let are_in_it = |change: &MailboxChange<'_>| !matches!(change.what, Change::SetQuota(_));
        let today = clock::day();
        let mut found = vec![Changed::default(); self.group.members.len()];
        let written = self.edit(etc, SHADOW, are_in_it, |index, member, draft| {
            let name = member.name();
            match (member.change.what, member.hash.as_deref()) {
                (Change::SuspendLogin(suspended), _) => {
                    if let Some(line) = draft.line(name).and_then(|l| shadow::marked_line(l, suspended)) {
                        draft.set(name, line);
                    }
                }
                (Change::Create { .. }, Some(hash)) => {
                    // A stray hash of a mailbox that is not in passwd must not survive, nor its mark of suspension.
                    draft.remove(name);
                    draft.set(name, shadow::hashed_line(None, name, hash, today).0);
                }
                (Change::SetPassword(_), Some(hash)) => {
                    let (line, still_suspended) = shadow::hashed_line(draft.line(name), name, hash, today);
                    found[index] = Changed { still_suspended, duplicates: draft.has_duplicates(name) };
                    draft.set(name, line);
                }
                _ => draft.remove(name),
            }
        });
        match written {
            Ok(places) => {
                for (member, found) in self.group.members.iter_mut().zip(found) {
                    member.changed = found;
                }
                self.read_back(etc, &places);
            }
            Err(failed) => self.group.fail_with(are_in_it, |change| told(change, &failed)),
        }
    }

    /// Of each mailbox the last hash is the one that must be there.
    fn read_back(&mut self, etc: &Folder, places: &Places<'c>) {
        let mut last = HashMap::new();
        for member in self.group.alive() {
            if let Some(hash) = member.hash.as_deref() {
                last.insert(member.name(), hash);
            }
        }
        if last.is_empty() {
            return;
        }
        let place = |name: &str| places.get(name).cloned().unwrap_or_default();
        let written: Vec<_> =
            last.into_iter().map(|(name, hash)| WrittenHash { name, hash, place: place(name) }).collect();
        match read_back::verify(etc, &written) {
            Ok(verdicts) => {
                let wrong = |(hash, verdict): (&WrittenHash<'_, 'c>, Result<(), Error>)| {
                    verdict.err().map(|error| (hash.name, error))
                };
                let wrong: HashMap<_, _> = written.iter().zip(verdicts).filter_map(wrong).collect();
                for (name, error) in wrong {
                    let of_it = |change: &MailboxChange<'_>| {
                        is_hashed(change) && change.address.local.as_str() == name
                    };
                    self.group.fail(of_it, &error.into());
                }
            }
            Err(failed) => self.group.fail(is_hashed, &failed.into()),
        }
    }

    pub(super) fn enter_passwd(&mut self, etc: &Folder) {
        let Account { uid, gid, home, .. } = self.group.account;
        let domain = self.group.domain;
        let entered = self.edit(etc, PASSWD, creates, |_, member, draft| {
            let name = member.name();
            let line = format!("{name}:x:{uid}:{gid}::{home}/mail/{domain}/{name}:{home}");
            draft.set(name, line.into_bytes());
        });
        if let Err(failed) = entered {
            self.group.fail(creates, &failed);
        }
    }
}

/// What a failed step is told as, where `passwd` was changed before it.
fn told(change: &MailboxChange<'_>, failed: &NotDone) -> NotDone {
    let failed = failed.clone();
    if deletes(change) { failed.after(&half_deleted(change.address)) } else { failed }
}
