//! The second look at a source: what belongs to the account's mail is written into the staging folder.
//!
//! Files are created with the account's ids, so that the kernel guards them, and filled by their
//! descriptors. The files that hold names and hashes are not read again: what was planned is written.

use std::fs::File;
use std::io::{Read, Write};
use std::rc::Rc;

use rustix::fs::{Mode, OFlags, Timespec, Timestamps};
use rustix::io::Errno;

use super::super::folder::Folder;
use super::super::mailbox::{ETC_MODE, MAIL_MODE, MAILDIR, QUOTA};
use super::super::password::{PASSWD, SHADOW};
use super::super::{FILE_MODE, failure, identity::as_account};
use super::entry::{Content, Entry, Kind, Role, Visitor, role, shown};
use super::plan::Plan;
use super::source::Source;
use super::staging::Staging;
use super::survey::is_mail_file;
use super::{Watch, refusal};
use crate::api::{Error, ErrorKind, NotDone};
use crate::store::Account;

/// How much is copied at once.
const BUFFER: usize = 128 * 1024;

/// Copies what was planned, and makes it durable.
pub(super) fn copy(
    source: &mut Source,
    plan: &Plan,
    staging: &Staging<'_>,
    watch: &mut Watch<'_>,
) -> Result<(), NotDone> {
    watch.progress.begin("Copying", plan.report.bytes);
    let stop = watch.stop;
    let home = staging.home()?;
    as_account(&plan.account, || password_files(plan, home))?;
    let buffer = vec![0; BUFFER];
    source.walk(&mut Writer { plan, home, watch, buffer, current: None }, stop)?;
    as_account(&plan.account, || mail_folders(plan, home))?;
    watch.progress.begin("Flushing", 0);
    watch.check()?;
    Ok(staging.flush()?)
}

fn password_files(plan: &Plan, home: &Folder) -> Result<(), Error> {
    let account = &plan.account;
    let (etc, mail) = (make(home, b"etc", account, true)?, make(home, b"mail", account, false)?);
    for domain in &plan.domains {
        let name = domain.hosted.name.as_str().as_bytes();
        let folder = make(&etc, name, account, true)?;
        make(&mail, name, account, false)?;
        for (name, bytes) in [(QUOTA, &domain.quota), (SHADOW, &domain.shadow), (PASSWD, &domain.passwd)] {
            let path = folder.path_of(name);
            let file = create(&folder, name.as_bytes())?.ok_or_else(|| exists(&path))?;
            (&file).write_all(bytes).map_err(|cause| write_failed(&path, &cause))?;
            hand_to_mail(&file, account).map_err(|e| failure::io("Setting the group of", &path, e))?;
            set_mode(&file, FILE_MODE).map_err(|e| failure::io("Setting the mode of", &path, e))?;
        }
    }
    Ok(())
}

/// The Maildirs of all mailboxes; most came with the mail.
fn mail_folders(plan: &Plan, home: &Folder) -> Result<(), Error> {
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
fn make(parent: &Folder, name: &[u8], account: &Account, in_etc: bool) -> Result<Folder, Error> {
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
fn create(folder: &Folder, name: &[u8]) -> Result<Option<File>, Error> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::openat(folder, name, flags, Mode::RUSR | Mode::WUSR) {
        Ok(fd) => Ok(Some(File::from(fd))),
        Err(Errno::EXIST) => Ok(None),
        Err(errno) => Err(failure::io("Creating", &folder.path_of(&String::from_utf8_lossy(name)), errno)),
    }
}

fn exists(path: &std::path::Path) -> Error {
    failure::io("Creating", path, Errno::EXIST)
}

fn write_failed(path: &std::path::Path, cause: &std::io::Error) -> Error {
    failure::io("Writing", path, Errno::from_io_error(cause).unwrap_or(Errno::IO))
}

fn hand_to_mail(file: &File, account: &Account) -> Result<(), Errno> {
    rustix::fs::fchown(file, None, Some(rustix::fs::Gid::from_raw(account.mail_gid)))
}

fn set_mode(file: &File, mode: u32) -> Result<(), Errno> {
    rustix::fs::fchmod(file, Mode::from_raw_mode(mode))
}

/// Mail is for its owner and group. Files that nobody writes, like Dovecot's `dovecot-uidvalidity.*`, stay so.
fn mode_of_mail(mode: u32) -> u32 {
    if mode & 0o222 == 0 { (mode & 0o444) | 0o400 } else { (mode & FILE_MODE) | 0o600 }
}

struct Writer<'a, 'w> {
    plan: &'a Plan,
    home: &'a Folder,
    watch: &'a mut Watch<'w>,
    buffer: Vec<u8>,
    /// The folder that was written into last; files come folder by folder.
    current: Option<(Vec<Vec<u8>>, Rc<Folder>)>,
}

impl Visitor for Writer<'_, '_> {
    fn visit(&mut self, entry: &Entry<'_>, content: &mut dyn Content) -> Result<(), NotDone> {
        self.watch.check()?;
        let is_file = match role(entry.path) {
            Role::Mail(_) => is_mail_file(entry),
            Role::InDomain { domain, name, below } if self.is_settings(domain, name) => {
                below && entry.kind == Kind::File
            }
            _ => return Ok(()),
        };
        // The paths of a backup begin with `homedir`.
        let path = entry.path.get(1..).unwrap_or_default();
        if entry.kind == Kind::Folder {
            self.folder(path)?;
        } else if let (true, Some((name, above))) = (is_file, path.split_last()) {
            let folder = self.folder(above)?;
            self.file(&folder, name, entry, content)?;
        }
        Ok(())
    }
}

impl Writer<'_, '_> {
    /// Whether something in a domain's folder is the settings of one of its mailboxes.
    fn is_settings(&self, domain: &[u8], name: &[u8]) -> bool {
        let planned = self.plan.domains.iter().find(|d| d.hosted.name.as_str().as_bytes() == domain);
        planned
            .zip(std::str::from_utf8(name).ok())
            .is_some_and(|(planned, name)| planned.names.contains(name))
    }

    /// A folder of the new home, made if it is missing.
    fn folder(&mut self, path: &[Vec<u8>]) -> Result<Rc<Folder>, Error> {
        if let Some((current, folder)) = &self.current
            && current == path
        {
            return Ok(folder.clone());
        }
        let account = &self.plan.account;
        let in_etc = path.first().is_some_and(|first| first == b"etc");
        let folder = as_account(account, || {
            let mut folder = self.home.readable()?;
            for step in path {
                folder = make(&folder, step, account, in_etc)?;
            }
            Ok::<_, Error>(Rc::new(folder))
        })?;
        self.current = Some((path.to_vec(), folder.clone()));
        Ok(folder)
    }

    fn file(
        &mut self,
        folder: &Folder,
        name: &[u8],
        entry: &Entry<'_>,
        content: &mut dyn Content,
    ) -> Result<(), NotDone> {
        let in_etc = entry.path.get(1).is_some_and(|first| first == b"etc");
        let account = &self.plan.account;
        // Before the new file is created: what is gone leaves nothing behind.
        let (mut reader, like) = match &entry.kind {
            Kind::HardLink(target) => {
                let (file, mode, changed) = self.earlier(target, entry)?;
                (Box::new(file) as Box<dyn Read>, (mode, changed))
            }
            _ => match content.open()? {
                Some(reader) => (reader, (entry.mode, entry.changed)),
                None => return Ok(()),
            },
        };
        let path = folder.path_of(&String::from_utf8_lossy(name));
        // An archive may hold a name twice; the first stays.
        let Some(file) = as_account(account, || create(folder, name))? else { return Ok(()) };
        self.fill(&file, &path, reader.as_mut(), entry)?;
        let fail = |errno| failure::io("Setting mode and time of", &path, errno);
        let (mode, (seconds, nanoseconds)) = like;
        if in_etc {
            hand_to_mail(&file, account).map_err(fail)?;
        }
        set_mode(&file, if in_etc { FILE_MODE } else { mode_of_mail(mode) }).map_err(fail)?;
        let time = Timespec { tv_sec: seconds, tv_nsec: nanoseconds.into() };
        let times = Timestamps { last_access: time, last_modification: time };
        rustix::fs::futimens(&file, &times).map_err(fail)?;
        Ok(())
    }

    /// The file that an archive gives another name, as it was copied before.
    fn earlier(&mut self, target: &[Vec<u8>], entry: &Entry<'_>) -> Result<(File, u32, (i64, u32)), NotDone> {
        let missing = || {
            refusal(format!(
                "{} is another name of {}, which the archive does not hold before it",
                shown(entry.path),
                shown(target)
            ))
        };
        let (name, above) = target.get(1..).and_then(<[_]>::split_last).ok_or_else(missing)?;
        let folder = self.folder(above)?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = as_account(&self.plan.account, || {
            rustix::fs::openat(&*folder, name.as_slice(), flags, Mode::empty()).map_err(|_| missing())
        })?;
        let stat = rustix::fs::fstat(&opened).map_err(|_| missing())?;
        let changed = (stat.st_mtime, u32::try_from(stat.st_mtime_nsec).unwrap_or(0));
        Ok((File::from(opened), stat.st_mode & 0o777, changed))
    }

    fn fill(
        &mut self,
        file: &File,
        path: &std::path::Path,
        reader: &mut dyn Read,
        entry: &Entry<'_>,
    ) -> Result<(), NotDone> {
        let mut file = file;
        loop {
            self.watch.check()?;
            let length = match reader.read(&mut self.buffer) {
                Ok(0) => return Ok(()),
                Ok(length) => length,
                Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(cause) => {
                    self.watch.check()?;
                    let sentence = format!("Reading {} failed: {cause}", shown(entry.path));
                    return Err(Error::new(ErrorKind::StoreIo, sentence).into());
                }
            };
            file.write_all(&self.buffer[..length]).map_err(|cause| write_failed(path, &cause))?;
            self.watch.progress.advance(length as u64);
        }
    }
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
