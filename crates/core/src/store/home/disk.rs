//! What a mailbox takes up on disk.
//!
//! Dovecot's quota plugin and other Maildir++ software keep the sum in `maildirsize`; where that file is
//! whole, reading it replaces looking at every message. Otherwise the folders are read, and a message
//! whose name tells its size (`,S=1234`, as Dovecot and others name them) is not looked at either.
//!
//! What was added up stays true while the stamps are the same of `maildirsize`, or of all folders and of what had to be
//! looked at: mail comes and goes by names.

use std::sync::Mutex;

use rustix::fs::{AtFlags, FileType};

use super::bounded_cache::BoundedCache;
use super::home_store::HomeStore;
use super::identity::as_account;
use super::layout::is_maildir_folder;
use super::proven_cache::{self, ProvenCache};
use crate::api::{Error, NotDone};
use crate::base::files::{Folder, Proof};
use crate::store::{Account, Address, DiskUse, HomeUse};

/// The sum that Maildir++ software keeps.
const MAILDIRSIZE: &str = "maildirsize";
/// Above that size the Maildir++ specification wants the file to be made anew.
const MAILDIRSIZE_MAX: usize = 5120;
/// A mailbox, its folders, and their `cur`, `new`, `tmp`; deeper ones are not mail.
const DEPTH: usize = 2;

/// Deeper folders of a home are not looked into; the limit bounds open descriptors.
const HOME_DEPTH: usize = 32;

/// What mailboxes take up, by their Maildirs: of some ten thousand.
static KNOWN: Mutex<ProvenCache<u64>> = BoundedCache::new(4 * 1024 * 1024, 256 * 1024);

/// What mailboxes take up, in the order asked for.
pub(super) fn disk_use(
    store: &HomeStore,
    account: &Account,
    addresses: &[&Address],
) -> Result<Vec<DiskUse>, NotDone> {
    as_account(account, || {
        let home = store.home(account)?;
        Ok(addresses.iter().map(|address| of_mailbox(&home, address)).collect::<Result<_, Error>>()?)
    })
}

/// What the account's own mailbox takes up: the Maildir `mail` itself, without the domains' folders in it.
pub(super) fn own(store: &HomeStore, account: &Account) -> Result<DiskUse, NotDone> {
    as_account(account, || {
        let Some(mail) = store.home(account)?.beneath("mail")? else { return Ok(DiskUse::default()) };
        let mut bytes = 0;
        for (name, kind) in mail.names()? {
            let mine = name.starts_with(b".") || is_maildir_folder(&name);
            if let (true, FileType::Directory, Ok(inner)) = (mine, kind, mail.entry(&name)) {
                bytes += Walk::of(&inner, &mut Proof::begin(&inner)).folder(&inner, b"", DEPTH - 1)?;
            }
        }
        Ok(DiskUse { bytes, changed: mail.changed()? })
    })
}

/// What all of a home takes up.
pub(super) fn whole_home(store: &HomeStore, account: &Account) -> Result<HomeUse, NotDone> {
    fn add(folder: &Folder, depth: usize, sum: &mut HomeUse) -> Result<(), Error> {
        for (name, kind) in folder.names()? {
            sum.entries += 1;
            match kind {
                FileType::RegularFile => sum.bytes += looked_at(folder, &name),
                FileType::Directory if depth > 0 => {
                    if let Ok(inner) = folder.entry(&name) {
                        add(&inner, depth - 1, sum)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
    as_account(account, || {
        let mut sum = HomeUse::default();
        add(&store.home(account)?.readable()?, HOME_DEPTH, &mut sum)?;
        Ok(sum)
    })
}

fn of_mailbox(home: &Folder, address: &Address) -> Result<DiskUse, Error> {
    let place = format!("mail/{}/{}", address.domain, address.local);
    let Some(maildir) = home.beneath(&place)? else { return Ok(DiskUse::default()) };
    let changed = maildir.changed()?;
    let bytes = proven_cache::read(&KNOWN, &maildir, |_| 0, |proof| added_up(&maildir, proof))?;
    Ok(DiskUse { bytes, changed })
}

/// What a mailbox takes up, by its kept sum or else by its messages; the proof takes in what tells it.
fn added_up(maildir: &Folder, proof: &mut Proof) -> Result<u64, Error> {
    proof.see(maildir, MAILDIRSIZE.as_bytes());
    let kept = maildir.read(MAILDIRSIZE)?.and_then(|file| sum(&file.bytes));
    kept.map_or_else(|| Walk::of(maildir, proof).folder(maildir, b"", DEPTH), Ok)
}

/// The sum of a `maildirsize`: a line with the limit, then lines of bytes and messages to add up.
/// Nothing if a line is broken or the sum negative: then the file is out of date.
fn sum(file: &[u8]) -> Option<u64> {
    if file.len() > MAILDIRSIZE_MAX || !file.ends_with(b"\n") {
        return None;
    }
    let text = std::str::from_utf8(file).ok()?;
    let mut bytes: i64 = 0;
    for line in text.lines().skip(1) {
        let (size, count) = line.trim().split_once(' ')?;
        count.trim().parse::<i64>().ok()?;
        bytes = bytes.checked_add(size.parse().ok()?)?;
    }
    u64::try_from(bytes).ok()
}

/// On the way through a Maildir.
struct Walk<'w> {
    top: &'w Folder,
    proof: &'w mut Proof,
}

impl<'w> Walk<'w> {
    fn of(top: &'w Folder, proof: &'w mut Proof) -> Self {
        Self { top, proof }
    }

    /// Adds up the messages of a folder and of the folders in it. Links are neither followed nor counted. `path` is
    /// the way to it from the top, with a slash at its end.
    fn folder(&mut self, folder: &Folder, path: &[u8], depth: usize) -> Result<u64, Error> {
        let mut bytes = 0;
        for (name, kind) in folder.names()? {
            match kind {
                FileType::RegularFile => bytes += self.message(folder, path, &name),
                FileType::Directory if depth > 0 => {
                    let inner = [path, &name].concat();
                    self.proof.see(self.top, &inner);
                    // Gone meanwhile is no fault: mail comes and goes.
                    if let Ok(entered) = folder.entry(&name) {
                        bytes += self.folder(&entered, &[&inner, &b"/"[..]].concat(), depth - 1)?;
                    }
                }
                _ => {}
            }
        }
        Ok(bytes)
    }

    /// A message's size, by its name or else by looking at it.
    fn message(&mut self, folder: &Folder, path: &[u8], name: &[u8]) -> u64 {
        told_size(name).unwrap_or_else(|| {
            self.proof.see(self.top, &[path, name].concat());
            looked_at(folder, name)
        })
    }
}

/// The size that a message's name tells.
fn told_size(name: &[u8]) -> Option<u64> {
    let name = std::str::from_utf8(name).ok()?;
    let (_, size) = name.split_once(",S=")?;
    size.split([',', ':']).next()?.parse().ok()
}

fn looked_at(folder: &Folder, name: &[u8]) -> u64 {
    let stat = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW);
    stat.map_or(0, |stat| u64::try_from(stat.st_size).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::scratch;

    #[test]
    fn a_kept_sum_is_added_up_or_refused() {
        assert_eq!(sum(b"1000S\n100 1\n50 1\n-30 -1\n"), Some(120));
        assert_eq!(sum(b"\n"), Some(0));
        for broken in
            [&b""[..], b"1000S\n100 1", b"1000S\nx 1\n", b"1000S\n100\n", b"1000S\n-5 1\n", &[b'0'; 6000]]
        {
            assert_eq!(sum(broken), None, "{:?}", String::from_utf8_lossy(broken));
        }
    }

    #[test]
    fn messages_are_counted_in_all_folders_and_links_are_not() {
        let dir = scratch("disk");
        for folder in ["cur", "new", ".Sent/cur"] {
            std::fs::create_dir_all(dir.join(folder)).unwrap();
        }
        std::fs::write(dir.join("cur/1.host,S=70,W=72:2,S"), "short").unwrap();
        std::fs::write(dir.join("new/2.host"), "seven b").unwrap();
        std::fs::write(dir.join(".Sent/cur/3.host:2,S"), "abc").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", dir.join("cur/link")).unwrap();
        std::os::unix::fs::symlink("/etc", dir.join("cur/folder")).unwrap();
        let folder = Folder::home(&dir, rustix::process::geteuid().as_raw()).unwrap().readable().unwrap();
        let added_up = || Walk::of(&folder, &mut Proof::begin(&folder)).folder(&folder, b"", DEPTH).unwrap();
        assert_eq!(added_up(), 80);
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_sum_is_believed_until_anything_changes_that_it_was_made_of() {
        use std::fs;
        let kept = scratch("disk-kept");
        fs::write(kept.join(MAILDIRSIZE), "1000S\n70 1\n").unwrap();
        let walked = scratch("disk-walked");
        fs::create_dir_all(walked.join(".Sent/cur")).unwrap();
        fs::write(walked.join("dovecot.index"), "1234567").unwrap();
        fs::write(walked.join(".Sent/cur/3.host,S=63:2,S"), "abc").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(1100));
        let open = |dir| Folder::home(dir, rustix::process::geteuid().as_raw()).unwrap().readable().unwrap();
        let (kept_folder, walked_folder) = (open(&kept), open(&walked));
        let known = |folder: &Folder| {
            let (mut read, taken) = (false, |_: &u64| 0);
            let bytes = proven_cache::read(&KNOWN, folder, taken, |proof| {
                read = true;
                added_up(folder, proof)
            });
            (bytes.unwrap(), read)
        };
        for folder in [&kept_folder, &walked_folder] {
            assert_eq!([known(folder), known(folder)], [(70, true), (70, false)]);
        }
        fs::write(kept.join(MAILDIRSIZE), "1000S\n71 1\n").unwrap();
        assert_eq!(
            [known(&kept_folder), known(&kept_folder)],
            [(71, true), (71, true)],
            "it may change again"
        );
        // A file that is no message grows where it stands; a message comes.
        fs::write(walked.join("dovecot.index"), "12345678").unwrap();
        assert_eq!(known(&walked_folder), (71, true));
        std::thread::sleep(std::time::Duration::from_millis(1100));
        assert_eq!([known(&walked_folder), known(&walked_folder)], [(71, true), (71, false)]);
        fs::write(walked.join(".Sent/cur/4.host,S=10:2,"), "").unwrap();
        assert_eq!(known(&walked_folder), (81, true));
        fs::remove_dir_all(kept).unwrap();
        fs::remove_dir_all(walked).unwrap();
    }
}
