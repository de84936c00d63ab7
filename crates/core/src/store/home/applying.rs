//! The steps of a group below its home: with the domain's lock held, and the account's identity.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::group_state::{Group, exists, half_deleted, missing};
use super::layout::{PASSWD, QUOTA, SHADOW};
use super::line_draft::LineDraft;
use super::mailbox::domain_folder;
use super::maildir::Maildirs;
use super::member::Member;
use super::read_back::{self, WrittenHash};
use super::roll::{Roll, named_in};
use super::{incoming, listing, shadow};
use crate::api::{Error, NotDone, Refusal};
use crate::base::clock;
use crate::base::files::Folder;
use crate::store::{Account, Change, Changed, LocalPart, MailboxChange};

pub(super) struct Applying<'g, 'c> {
    group: &'g mut Group<'c>,
    home: Folder,
    /// `etc/DOMAIN`, if it is there.
    etc: Option<Folder>,
    maildirs: Option<Maildirs>,
    /// The folder of the last Maildir that was made, and how many were.
    new: (Option<Folder>, usize),
}

type Places<'c> = HashMap<&'c str, Range<usize>>;

fn creates(change: &MailboxChange<'_>) -> bool {
    matches!(change.what, Change::Create { .. })
}

/// Whether the change stores a hash.
fn is_hashed(change: &MailboxChange<'_>) -> bool {
    matches!(change.what, Change::Create { .. } | Change::SetPassword(_))
}

fn deletes(change: &MailboxChange<'_>) -> bool {
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

    /// Every change once more, now that nobody else can make any: against the files, and the changes before it.
    fn check(&mut self, mut present: HashSet<&'c str>) -> Result<(), NotDone> {
        let (mut strays, mut found, mut grown) = (None, None, 0);
        let mut made = vec![false; self.group.members.len()];
        let Self { group, home, etc, maildirs, new } = self;
        let (store, account, domain) = (group.store, group.account, group.domain);
        let names = group.names();
        group.check_each(|index, change| {
            let address = change.address;
            let name = address.local.as_str();
            match change.what {
                Change::Create { .. } if present.contains(name) => return Err(exists(address)),
                Change::Create { .. } => {
                    refuse_one_more(account.limits.mailboxes, &mut found, grown, || {
                        listing::count(store, account)
                    })?;
                    let maildirs = match maildirs {
                        Some(maildirs) => maildirs,
                        None => {
                            *etc = Some(domain_folder(home, account, domain)?);
                            maildirs.insert(Maildirs::ensure(home, domain)?)
                        }
                    };
                    *new = (Some(maildirs.create(&address.local)?), new.1 + 1);
                    made[index] = true;
                    present.insert(name);
                    grown += 1;
                }
                Change::Delete { .. } if present.remove(name) => grown -= 1,
                Change::Delete { .. } => {
                    // What half a deletion leaves would still open the mail server's door for sending.
                    let strays = match &strays {
                        Some(strays) => strays,
                        None => strays.insert(with_hash(etc.as_ref(), &names)?),
                    };
                    if !strays.contains(name) {
                        return Err(missing(address));
                    }
                }
                _ if !present.contains(name) => return Err(missing(address)),
                _ => {}
            }
            Ok(())
        });
        for (member, made) in self.group.members.iter_mut().zip(made) {
            member.has_maildir = made;
        }
        Ok(())
    }

    fn flush_maildirs(&mut self) {
        let flushed = self.maildirs.as_ref().map(|maildirs| match &self.new {
            (Some(only), 1) => maildirs.flush_one(only),
            (_, 0) => Ok(()),
            _ => maildirs.flush_all(),
        });
        if let Some(Err(failed)) = flushed {
            self.group.fail(creates, &failed.into());
        }
    }

    fn leave_passwd(&mut self, etc: &Folder) {
        let left = self.edit(etc, PASSWD, deletes, |_, member, draft| draft.remove(member.name()));
        if let Err(failed) = left {
            self.group.fail_with(deletes, |change| {
                failed.clone().unchanged(&format!("The mailbox “{}”", change.address))
            });
        }
    }

    fn write_quotas(&mut self, etc: &Folder) {
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

    fn write_hashes(&mut self, etc: &Folder) {
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

    fn enter_passwd(&mut self, etc: &Folder) {
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

    /// Nothing half-made stays, as far as the failure allows; the failure is what is told.
    fn undo(&self, etc: &Folder) {
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
    fn clear_deleted(&mut self, etc: &Folder) {
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

    /// One file replaced for all changes that are in it; where the lines stand that were set.
    fn edit(
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

/// What a failed step is told as, where `passwd` was changed before it.
fn told(change: &MailboxChange<'_>, failed: &NotDone) -> NotDone {
    let failed = failed.clone();
    if deletes(change) { failed.after(&half_deleted(change.address)) } else { failed }
}

/// Refuses a mailbox beyond the account's limit. Two domains of one account are not locked against each other: at the
/// very limit two mailboxes that are created at the same moment may both succeed.
fn refuse_one_more(
    most: Option<u64>,
    found: &mut Option<u64>,
    grown: i64,
    count: impl FnOnce() -> Result<u64, Error>,
) -> Result<(), NotDone> {
    let Some(most) = most else { return Ok(()) };
    let before = match *found {
        Some(before) => before,
        None => *found.insert(count()?),
    };
    if before.saturating_add_signed(grown) >= most {
        return Err(Refusal::TooManyMailboxes { most }.into());
    }
    Ok(())
}

/// Those of the names that have a hash.
fn with_hash<'n>(etc: Option<&Folder>, names: &[&'n str]) -> Result<HashSet<&'n str>, Error> {
    let file = etc.map(|etc| etc.read(SHADOW)).transpose()?.flatten();
    Ok(file.map(|file| named_in(&file.bytes, names)).unwrap_or_default())
}
