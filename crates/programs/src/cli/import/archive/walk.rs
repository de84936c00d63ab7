//! Shows the entries of an archive to whoever reads the backup: kind, size, content.

use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use tar::EntryType;

use super::entries::{End, Found, entries, holes, steps};
use super::form::Form;
use super::place::placed;
use super::sparse::SparseHeaders;
use super::unpacked::unpacked;
use super::watched::broken;
use liveapi_core::api::{Error, NotDone};
use liveapi_core::store::home::import::entry::{self, Content, EntryKind, Role, SourceEntry, Visitor};
use liveapi_core::store::home::import::refusal;

/// A kind of entry that the crate does not name: a folder with its list of names, as incremental backups have it.
const DUMPED_FOLDER: u8 = b'D';

/// A reading whose entries somebody looks at.
pub(super) struct Walk<'a, 's> {
    pub(super) path: &'a Path,
    pub(super) stop: &'s AtomicBool,
    pub(super) visitor: &'a mut dyn Visitor,
}

impl Walk<'_, '_> {
    /// Shows what is in the home's own archive.
    pub(super) fn home(&mut self, found: &mut Found<'_, '_>, form: &Form) -> Result<(), NotDone> {
        let (path, stop) = (self.path, self.stop);
        let stream = unpacked(found).map_err(|cause| broken(path, &cause, stop))?;
        entries(stream, (path, stop), End::AtItsEnd, &mut |found| {
            if let Some(steps) = placed(form, steps(found)?)? {
                self.show(form, found, &steps)?;
            }
            Ok(false)
        })
    }

    pub(super) fn show(
        &mut self,
        form: &Form,
        found: &mut Found<'_, '_>,
        steps: &[Vec<u8>],
    ) -> Result<(), NotDone> {
        let role = entry::role(steps);
        if role == Role::Other && !entry::leads_on(steps) {
            return Ok(());
        }
        let holes = holes(found)?;
        let kind = match found.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => EntryKind::File,
            EntryType::Directory => EntryKind::Folder,
            folder if folder.as_byte() == DUMPED_FOLDER => EntryKind::Folder,
            EntryType::Symlink => EntryKind::Link,
            // A name that leads elsewhere is one of nothing that was taken from here.
            EntryType::Link => EntryKind::HardLink(target(found, form)),
            EntryType::Char | EntryType::Block | EntryType::Fifo => EntryKind::Special,
            _ if role == Role::Unserved => EntryKind::Special,
            other => {
                return Err(refusal(format!(
                    "The archive holds an entry of type {} that is not read here: {}; pack it again with tar -c and no further options",
                    char::from(other.as_byte()).escape_debug(),
                    entry::shown(steps).escape_debug()
                )));
            }
        };
        let size = match &holes {
            _ if kind != EntryKind::File => 0,
            None => found.size(),
            Some(holes) => holes.size().map_err(|why| refusal(format!("{}: {why}", entry::shown(steps))))?,
        };
        let header = found.header();
        let changed = i64::try_from(header.mtime().unwrap_or(0)).unwrap_or(0);
        let mode = header.mode().unwrap_or(0o600) & 0o777;
        let entry = SourceEntry { path: steps, size, mode, changed: (changed, 0), trusted: true, kind };
        self.visitor.visit(&entry, &mut Packed { found, holes, archive: self.path, stop: self.stop })
    }
}

/// What a hard link of an archive leads to, by its path in a backup.
fn target(found: &Found<'_, '_>, form: &Form) -> Vec<Vec<u8>> {
    let target = found.link_name_bytes().and_then(|name| entry::steps(&name).ok());
    target.and_then(|steps| placed(form, steps).ok().flatten()).unwrap_or_default()
}

/// The content of an entry.
struct Packed<'a, 'e, 'r> {
    found: &'a mut Found<'e, 'r>,
    holes: Option<SparseHeaders>,
    archive: &'a Path,
    stop: &'a AtomicBool,
}

impl Content for Packed<'_, '_, '_> {
    fn open(&mut self) -> Result<Option<Box<dyn Read + '_>>, Error> {
        let (archive, stop, length) = (self.archive, self.stop, self.found.size());
        let told = Told { stream: &mut *self.found, archive, stop };
        Ok(Some(match &self.holes {
            None => Box::new(told),
            Some(holes) => {
                Box::new(holes.content(told, length).map_err(|cause| broken(archive, &cause, stop))?)
            }
        }))
    }
}

/// A stream whose faults say that they are the archive's.
struct Told<'a, R> {
    stream: R,
    archive: &'a Path,
    stop: &'a AtomicBool,
}

impl<R: Read> Read for Told<'_, R> {
    /// An end before the end is told when the next entry is looked for.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let told = |cause| io::Error::other(broken(self.archive, &cause, self.stop).to_string());
        self.stream.read(buffer).map_err(told)
    }
}
