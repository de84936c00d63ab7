//! What a group checks once the lock is held, and the Maildirs that it makes.

use std::collections::HashSet;

use super::applying::{Applying, creates};
use super::group_state::{exists, missing};
use super::layout::SHADOW;
use super::listing;
use super::mailbox::domain_folder;
use super::maildir::Maildirs;
use super::roll::named_in;
use crate::api::{Error, NotDone, Refusal};
use crate::base::files::Folder;
use crate::store::Change;

impl<'c> Applying<'_, 'c> {
    /// Every change once more, now that nobody else can make any: against the files, and the changes before it.
    pub(super) fn check(&mut self, mut present: HashSet<&'c str>) -> Result<(), NotDone> {
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

    pub(super) fn flush_maildirs(&mut self) {
        let flushed = self.maildirs.as_ref().map(|maildirs| match &self.new {
            (Some(only), 1) => maildirs.flush_one(only),
            (_, 0) => Ok(()),
            _ => maildirs.flush_all(),
        });
        if let Some(Err(failed)) = flushed {
            self.group.fail(creates, &failed.into());
        }
    }
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
