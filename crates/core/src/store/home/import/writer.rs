//! The second look at a source: what belongs to the account's mail is written into the staging folder.
//!
//! Files are created with the account's ids, so that the kernel guards them, and filled by their
//! descriptors. The files that hold names and hashes are not read again: what was planned is written.

use std::fs::File;
use std::io::Read;
use std::rc::Rc;

use rustix::fs::{Mode, OFlags, Timespec, Timestamps};

use super::convert;
use super::converter::MailConverter;
use super::entry::{Content, EntryKind, Role, SourceEntry, Visitor, role, shown};
use super::folder_names;
use super::moves;
use super::new_home::{create, hand_to_mail, mail_folders, make, mode_of_mail, password_files, set_mode};
use super::plan::ImportPlan;
use super::refusal::refusal;
use super::small_files::MAX_SMALL;
use super::source::ImportSource;
use super::staging::Staging;
use super::survey::is_mail_file;
use super::watch::ImportWatch;
use crate::api::{Error, ErrorKind, NotDone};
use crate::base::files::Folder;
use crate::base::files::{NEW_FILE_MODE, failure, write_all};
use crate::store::home::autoresponders;
use crate::store::home::identity::as_account;

/// How much is copied at once.
const BUFFER: usize = 128 * 1024;

/// Copies what was planned, and makes it durable.
pub(super) fn copy(
    source: &mut ImportSource,
    plan: &ImportPlan,
    (staging, converter): (&Staging<'_>, Option<&dyn MailConverter>),
    watch: &mut ImportWatch<'_>,
) -> Result<(), NotDone> {
    watch.progress.begin("Copying", plan.report.bytes);
    let stop = watch.stop;
    let home = staging.home()?;
    as_account(&plan.account, || password_files(plan, home))?;
    let buffer = vec![0; BUFFER];
    source.walk(&mut Writer { plan, home, watch, buffer, current: None }, stop)?;
    if let Some(converter) = converter {
        convert::convert(plan, staging, converter, watch)?;
    }
    as_account(&plan.account, || {
        mail_folders(plan, home)?;
        let answers = plan.domains.iter().flat_map(|domain| &domain.autoresponders);
        answers.into_iter().try_for_each(|(address, to)| autoresponders::write_in_home(home, address, to))
    })?;
    watch.progress.begin("Flushing", 0);
    watch.check()?;
    Ok(staging.flush()?)
}

struct Writer<'a, 'w> {
    plan: &'a ImportPlan,
    home: &'a Folder,
    watch: &'a mut ImportWatch<'w>,
    buffer: Vec<u8>,
    /// The folder that was written into last; files come folder by folder.
    current: Option<(Vec<Vec<u8>>, Rc<Folder>)>,
}

impl Visitor for Writer<'_, '_> {
    fn visit(&mut self, entry: &SourceEntry<'_>, content: &mut dyn Content) -> Result<(), NotDone> {
        self.watch.check()?;
        let is_file = match role(entry.path) {
            Role::Mail(steps) => is_mail_file(entry) && !self.plan.moves.is_stale(steps),
            Role::InDomain { below, .. } => below && entry.kind == EntryKind::File,
            _ => return Ok(()),
        };
        let is_folder = entry.kind == EntryKind::Folder;
        let Some(path) = self.new_path(entry.path, is_folder) else { return Ok(()) };
        if is_folder {
            self.folder(&path)?;
        } else if let (true, Some((name, above))) = (is_file, path.split_last()) {
            let folder = self.folder(above)?;
            self.file(&folder, name, entry, content)?;
        }
        Ok(())
    }
}

impl Writer<'_, '_> {
    /// Where something of a backup stands in the new home; the paths of a backup begin with `homedir`.
    fn new_path(&self, path: &[Vec<u8>], is_folder: bool) -> Option<Vec<Vec<u8>>> {
        self.plan.moves.to(path.get(1..).unwrap_or_default(), is_folder)
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
        entry: &SourceEntry<'_>,
        content: &mut dyn Content,
    ) -> Result<(), NotDone> {
        let in_etc = entry.path.get(1).is_some_and(|first| first == b"etc");
        let account = &self.plan.account;
        // Before the new file is created: what is gone leaves nothing behind.
        let (mut reader, like) = match &entry.kind {
            EntryKind::HardLink(target) => {
                let (file, mode, changed) = self.earlier(target, entry)?;
                (Box::new(file) as Box<dyn Read>, (mode, changed))
            }
            _ => match content.open()? {
                Some(reader) => (reader, (entry.mode, entry.changed)),
                None => return Ok(()),
            },
        };
        if let Role::Mail(steps) = role(entry.path)
            && moves::is_subscriptions(steps)
            && entry.size < MAX_SMALL
        {
            let mut list = Vec::new();
            reader.take(MAX_SMALL).read_to_end(&mut list).map_err(|cause| unreadable(entry, &cause))?;
            reader = Box::new(std::io::Cursor::new(folder_names::subscriptions(&list)));
        }
        let path = folder.path_of(&String::from_utf8_lossy(name));
        let Some(file) = as_account(account, || create(folder, name))? else {
            return Err(refusal(format!(
                "The archive holds {} twice, and only one of them can come over; pack it again",
                shown(entry.path).escape_debug()
            )));
        };
        self.fill(&file, &path, reader.as_mut(), entry)?;
        let fail = |errno| failure::io("Setting mode and time of", &path, errno);
        let (mode, (seconds, nanoseconds)) = like;
        if in_etc {
            hand_to_mail(&file, account).map_err(fail)?;
        }
        set_mode(&file, if in_etc { NEW_FILE_MODE } else { mode_of_mail(mode) }).map_err(fail)?;
        let time = Timespec { tv_sec: seconds, tv_nsec: nanoseconds.into() };
        let times = Timestamps { last_access: time, last_modification: time };
        rustix::fs::futimens(&file, &times).map_err(fail)?;
        Ok(())
    }

    /// The file that an archive gives another name, as it was copied before.
    fn earlier(
        &mut self,
        target: &[Vec<u8>],
        entry: &SourceEntry<'_>,
    ) -> Result<(File, u32, (i64, u32)), NotDone> {
        let missing = || {
            refusal(format!(
                "{} is another name of {}, which the archive does not hold before it",
                shown(entry.path),
                shown(target)
            ))
        };
        let new = self.new_path(target, false).ok_or_else(missing)?;
        let (name, above) = new.split_last().ok_or_else(missing)?;
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
        entry: &SourceEntry<'_>,
    ) -> Result<(), NotDone> {
        loop {
            self.watch.check()?;
            let length = match reader.read(&mut self.buffer) {
                Ok(0) => return Ok(()),
                Ok(length) => length,
                Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(cause) => {
                    self.watch.check()?;
                    return Err(unreadable(entry, &cause).into());
                }
            };
            write_all(file, &self.buffer[..length]).map_err(|errno| failure::io("Writing", path, errno))?;
            self.watch.progress.advance(length as u64);
        }
    }
}

fn unreadable(entry: &SourceEntry<'_>, cause: &std::io::Error) -> Error {
    Error::new(ErrorKind::StoreIo, format!("Reading {} failed: {cause}", shown(entry.path)))
}
