//! Folders and files of the new home, with the modes of a cPanel server. To be called with the account's ids.

use std::fs::File;
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::plan::ImportPlan;
use crate::api::Error;
use crate::base::files::Folder;
use crate::base::files::{NEW_FILE_MODE, failure, write_all};
use crate::store::Account;
use crate::store::home::layout::{ETC_MODE, MAIL_MODE, MAILDIR, PASSWD, QUOTA, SHADOW};

/// The files of names and hashes, as they were planned.
pub(super) fn password_files(plan: &ImportPlan, home: &Folder) -> Result<(), Error> {
    let account = &plan.account;
    let (etc, mail) = (make(home, b"etc", account, true)?, make(home, b"mail", account, false)?);
    for domain in &plan.domains {
        let name = domain.hosted.name.as_str().as_bytes();
        let folder = make(&etc, name, account, true)?;
        make(&mail, name, account, false)?;
        for (name, bytes) in [(QUOTA, &domain.quota), (SHADOW, &domain.shadow), (PASSWD, &domain.passwd)] {
            let path = folder.path_of(name);
            let file = create(&folder, name.as_bytes())?.ok_or_else(|| exists(&path))?;
            write_all(&file, bytes).map_err(|errno| failure::io("Writing", &path, errno))?;
            hand_to_mail(&file, account).map_err(|e| failure::io("Setting the group of", &path, e))?;
            set_mode(&file, NEW_FILE_MODE).map_err(|e| failure::io("Setting the mode of", &path, e))?;
        }
    }
    Ok(())
}

/// The Maildirs of all mailboxes; most came with the mail.
pub(super) fn mail_folders(plan: &ImportPlan, home: &Folder) -> Result<(), Error> {
    let account = &plan.account;
    for folder in plan.domains.iter().flat_map(|domain| &domain.mail_folders) {
        let mut maildir = make(home, b"mail", account, false)?;
        for step in folder.split('/') {
            maildir = make(&maildir, step.as_bytes(), account, false)?;
        }
        for name in MAILDIR {
            make(&maildir, name.as_bytes(), account, false)?;
        }
    }
    Ok(())
}

/// Opens a folder, and makes it if it is missing: below `etc` the mail server's group may read it.
pub(super) fn make(parent: &Folder, name: &[u8], account: &Account, in_etc: bool) -> Result<Folder, Error> {
    let path = parent.path_of(&String::from_utf8_lossy(name));
    let made = match rustix::fs::mkdirat(parent, name, Mode::RWXU) {
        Ok(()) => true,
        Err(Errno::EXIST) => false,
        Err(errno) => return Err(failure::io("Creating", &path, errno)),
    };
    let folder = parent.entry(name).map_err(|e| failure::io("Opening", &path, e))?;
    if made {
        folder.set_mode(if in_etc { ETC_MODE } else { MAIL_MODE })?;
        if in_etc {
            folder.give_to_group(account.mail_gid)?;
        }
    }
    Ok(folder)
}

/// Creates a file that is not there; nothing if it is.
pub(super) fn create(folder: &Folder, name: &[u8]) -> Result<Option<File>, Error> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::openat(folder, name, flags, Mode::RUSR | Mode::WUSR) {
        Ok(fd) => Ok(Some(File::from(fd))),
        Err(Errno::EXIST) => Ok(None),
        Err(errno) => Err(failure::io("Creating", &folder.path_of(&String::from_utf8_lossy(name)), errno)),
    }
}

fn exists(path: &Path) -> Error {
    failure::io("Creating", path, Errno::EXIST)
}

/// Lets the mail server's group read a file.
pub(super) fn hand_to_mail(file: &File, account: &Account) -> Result<(), Errno> {
    rustix::fs::fchown(file, None, Some(rustix::fs::Gid::from_raw(account.mail_gid)))
}

/// Sets the mode of a file, whatever the umask left of it.
pub(super) fn set_mode(file: &File, mode: u32) -> Result<(), Errno> {
    rustix::fs::fchmod(file, Mode::from_raw_mode(mode))
}

/// Mail is for its owner and group. Files that nobody writes, like Dovecot's `dovecot-uidvalidity.*`, stay so.
pub(super) fn mode_of_mail(mode: u32) -> u32 {
    if mode & 0o222 == 0 { (mode & 0o444) | 0o400 } else { (mode & NEW_FILE_MODE) | 0o600 }
}

#[cfg(test)]
mod tests {
    use super::mode_of_mail;

    #[test]
    fn modes_of_mail() {
        for (old, new) in
            [(0o640, 0o640), (0o600, 0o600), (0o666, 0o640), (0o755, 0o640), (0o444, 0o444), (0, 0o400)]
        {
            assert_eq!(mode_of_mail(old), new, "{old:o}");
        }
    }
}
