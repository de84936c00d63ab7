//! What a mailbox takes up on disk.
//!
//! Dovecot's quota plugin and other Maildir++ software keep the sum in `maildirsize`; where that file is
//! whole, reading it replaces looking at every message. Otherwise the folders are read, and a message
//! whose name tells its size (`,S=1234`, as Dovecot and others name them) is not looked at either.

use rustix::fs::{AtFlags, FileType};

use super::home_store::HomeStore;
use super::identity::as_account;
use super::layout::is_maildir_folder;
use crate::api::{Error, NotDone};
use crate::base::files::Folder;
use crate::store::{Account, Address, DiskUse, HomeUse};

/// The sum that Maildir++ software keeps.
const MAILDIRSIZE: &str = "maildirsize";
/// Above that size the Maildir++ specification wants the file to be made anew.
const MAILDIRSIZE_MAX: usize = 5120;
/// A mailbox, its folders, and their `cur`, `new`, `tmp`; deeper ones are not mail.
const DEPTH: usize = 2;

/// Deeper folders of a home are not looked into; the limit bounds open descriptors.
const HOME_DEPTH: usize = 32;
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
                bytes += walk(&inner, DEPTH - 1)?;
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
    let kept = maildir.read(MAILDIRSIZE)?.and_then(|file| sum(&file.bytes));
    let bytes = kept.map_or_else(|| walk(&maildir, DEPTH), Ok)?;
    Ok(DiskUse { bytes, changed })
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

/// Adds up the messages of a folder and of the folders in it. Links are neither followed nor counted.
fn walk(folder: &Folder, depth: usize) -> Result<u64, Error> {
    let mut bytes = 0;
    for (name, kind) in folder.names()? {
        match kind {
            FileType::RegularFile => bytes += size_of(folder, &name),
            FileType::Directory if depth > 0 => {
                // Gone meanwhile is no fault: mail comes and goes.
                if let Ok(inner) = folder.entry(&name) {
                    bytes += walk(&inner, depth - 1)?;
                }
            }
            _ => {}
        }
    }
    Ok(bytes)
}

/// A message's size, by its name or else by looking at it.
fn size_of(folder: &Folder, name: &[u8]) -> u64 {
    let told = || {
        let name = std::str::from_utf8(name).ok()?;
        let (_, size) = name.split_once(",S=")?;
        size.split([',', ':']).next()?.parse().ok()
    };
    told().unwrap_or_else(|| looked_at(folder, name))
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
        assert_eq!(walk(&folder, DEPTH).unwrap(), 80);
        std::fs::remove_dir_all(dir).unwrap();
    }
}
