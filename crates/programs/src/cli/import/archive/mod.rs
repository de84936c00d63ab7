//! A backup or a home as one file: tar, also compressed with gzip, bzip2, xz or zstd.
//!
//! An archive may come from anywhere. It is read as a stream of entries and never unpacked by its own
//! paths; a path that would lead elsewhere makes all of it refused. Nothing in it decides how much memory
//! is used: names and headers have a budget, contents are streamed. What is not understood is refused: a
//! message comes over as its bytes were, or not at all.

mod form;
mod sparse;
mod unpacked;
mod watched;

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use tar::EntryType;

use self::form::{Form, FormFinder, is_nested};
use self::sparse::SparseHeaders;
use self::unpacked::unpacked;
use self::watched::{END_MARK, MAX_HEADERS, MAX_TAIL, Watched, broken};
use liveapi_core::api::{Error, ErrorKind, NotDone};
use liveapi_core::store::home::import::entry::{self, Content, EntryKind, Role, SourceEntry, Visitor};
use liveapi_core::store::home::import::{Archive, ArchiveContent, refusal};

/// Where a tar header names its kind, and how that begins.
const MAGIC: (usize, &[u8]) = (257, b"ustar");
/// Kinds of entries that the crate does not name: the archive's own name, and a folder with its list of names, as
/// incremental backups have it.
const VOLUME: u8 = b'V';
const DUMPED_FOLDER: u8 = b'D';
/// The folder of the home in a backup.
const HOME: &[u8] = b"homedir";

/// Such a file.
pub(super) struct Tar {
    file: File,
    path: PathBuf,
    holds: ArchiveContent,
    /// What it holds, once that is known.
    form: Option<Form>,
    /// The same of the home's own archive in it.
    nested: Option<Form>,
}

impl Tar {
    /// Looks at its first bytes.
    pub(super) fn open(file: File, path: &Path, holds: ArchiveContent) -> Result<Self, NotDone> {
        let mut head = Vec::new();
        (&file).take(512).read_to_end(&mut head).map_err(|cause| failed(path, &cause))?;
        let is_tar = head.get(MAGIC.0..).is_some_and(|rest| rest.starts_with(MAGIC.1));
        if unpacked::Packing::of(&head).is_none() && !is_tar {
            return Err(refusal(match unpacked::other(&head) {
                Some(name) => format!(
                    "It is compressed with {name}, which is not read here; unpack it and import the folder"
                ),
                None => "It is no tar archive; name a cpmove or backup file (.tar, .tar.gz, .tar.bz2, .tar.xz or .tar.zst) or a folder"
                    .to_owned(),
            }));
        }
        Ok(Self { file, path: path.to_owned(), holds, form: None, nested: None })
    }

    /// Reads it as far as it takes to know what it holds.
    fn find_form(&mut self, stop: &AtomicBool) -> Result<(), NotDone> {
        self.rewind()?;
        let mut finder = FormFinder::default();
        let path = &self.path;
        let mut nested = None;
        let mut early = None;
        let stream = unpacked(&self.file).map_err(|cause| broken(path, &cause, stop))?;
        entries(stream, (path, stop), End::Anywhere, &mut |found| {
            let steps = steps(found)?;
            let is_folder = found.header().entry_type().is_dir();
            if steps.len() <= 2
                && steps.last().is_some_and(|name| is_nested(name))
                && self.holds == ArchiveContent::BackupOrHome
            {
                nested = home_below(found, (path, stop))?;
            }
            early = finder.see(&steps, is_folder);
            // Of a home's own archive only the home is of interest.
            Ok(early.is_some()
                && (self.holds == ArchiveContent::BackupOrHome
                    || finder.home().is_some_and(|path| path.is_empty())))
        })?;
        let form = match self.holds {
            ArchiveContent::BackupOrHome => early.or_else(|| finder.end()),
            ArchiveContent::Home => finder.home().map(Form::Home),
        };
        self.form = Some(form.ok_or_else(|| refusal(NO_BACKUP))?);
        self.nested = nested;
        Ok(())
    }

    fn rewind(&mut self) -> Result<(), NotDone> {
        self.file.rewind().map_err(|cause| failed(&self.path, &cause))
    }
}

const NO_BACKUP: &str =
    "The archive is no backup of a cPanel account: it has no folder homedir; name a cpmove or backup file";

/// The home in a backup's archive of it.
fn home_below(
    found: &mut Found<'_, '_>,
    (path, stop): (&Path, &AtomicBool),
) -> Result<Option<Form>, NotDone> {
    let mut finder = FormFinder::default();
    let stream = unpacked(found).map_err(|cause| broken(path, &cause, stop))?;
    entries(stream, (path, stop), End::Anywhere, &mut |found| {
        let folder = found.header().entry_type().is_dir();
        finder.see(&steps(found)?, folder);
        Ok(finder.home().is_some_and(|path| path.is_empty()))
    })?;
    Ok(finder.home().map(Form::Home))
}

type Found<'e, 'r> = tar::Entry<'e, Watched<'r>>;

/// Where a reading may end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Anywhere,
    /// At the very end, so that checksums are compared too.
    AtItsEnd,
}

/// Shows the entries of an archive, one after the other, until one says that it is enough.
fn entries<'r>(
    stream: Box<dyn Read + 'r>,
    (path, stop): (&Path, &'r AtomicBool),
    end: End,
    see: &mut dyn FnMut(&mut Found<'_, 'r>) -> Result<bool, NotDone>,
) -> Result<(), NotDone> {
    let budget = Rc::new(Cell::new(MAX_HEADERS));
    let mut archive = tar::Archive::new(Watched::new(stream, budget.clone(), stop));
    for found in archive.entries().map_err(|cause| broken(path, &cause, stop))? {
        let mut found = found.map_err(|cause| broken(path, &cause, stop))?;
        budget.set(u64::MAX);
        let stored = found.header().entry_size().unwrap_or(0).max(found.size());
        let is_header = found.header().entry_type() == EntryType::XGlobalHeader
            || found.header().entry_type().as_byte() == VOLUME;
        if !is_header && see(&mut found)? && end == End::Anywhere {
            return Ok(());
        }
        budget.set(stored.saturating_add(MAX_HEADERS));
    }
    let mut rest = archive.into_inner();
    budget.set(MAX_TAIL);
    io::copy(&mut rest, &mut io::sink()).map_err(|cause| broken(path, &cause, stop))?;
    if rest.zeros() < END_MARK {
        return Err(broken(path, &io::Error::other("its end mark is missing"), stop).into());
    }
    Ok(())
}

/// The path of an entry, step by step.
fn steps(found: &mut Found<'_, '_>) -> Result<Vec<Vec<u8>>, NotDone> {
    let holes = holes(found)?;
    let name = match holes.and_then(|holes| holes.name) {
        Some(name) => name,
        None => found.path_bytes().into_owned(),
    };
    entry::steps(&name).map_err(|why| {
        let shown: String = String::from_utf8_lossy(&name).escape_debug().take(200).collect();
        refusal(format!(
            "The archive holds {why}: {shown}; no backup of cPanel does, so all of it is refused"
        ))
    })
}

/// What an entry's headers say of holes in it.
fn holes(found: &mut Found<'_, '_>) -> Result<Option<SparseHeaders>, NotDone> {
    let name = String::from_utf8_lossy(&found.path_bytes()).escape_debug().take(200).collect::<String>();
    let fail =
        |why: &str| refusal(format!("The archive holds {why}: {name}; pack it again without --sparse"));
    let Some(headers) = found.pax_extensions().map_err(|_| fail("headers that cannot be read"))? else {
        return Ok(None);
    };
    let mut pairs = Vec::new();
    for header in headers {
        let header = header.map_err(|_| fail("headers that cannot be read"))?;
        if let Ok(key) = header.key() {
            pairs.push((key, header.value_bytes()));
        }
    }
    SparseHeaders::read(pairs.into_iter()).map_err(fail)
}

impl Archive for Tar {
    fn walk(&mut self, visitor: &mut dyn Visitor, stop: &AtomicBool) -> Result<(), NotDone> {
        if self.form.is_none() {
            self.find_form(stop)?;
        }
        self.rewind()?;
        let form = self.form.as_ref().ok_or_else(|| refusal(NO_BACKUP))?;
        let path = self.path.as_path();
        let mut homes = Homes::default();
        let stream = unpacked(&self.file).map_err(|cause| broken(path, &cause, stop))?;
        let mut walk = Walk { path, stop, visitor };
        entries(stream, (path, stop), End::AtItsEnd, &mut |found| {
            let steps = steps(found)?;
            if is_home_archive(form, &steps) {
                homes.packed = true;
                if let Some(home) = &self.nested {
                    homes.is_read = true;
                    walk.home(found, home)?;
                }
                return Ok(false);
            }
            let Some(steps) = placed(form, steps)? else { return Ok(false) };
            homes.see(&steps);
            walk.show(form, found, &steps)?;
            Ok(false)
        })?;
        homes.judge(form)
    }

    fn is_bare_home(&self) -> bool {
        self.holds == ArchiveContent::BackupOrHome && matches!(self.form, Some(Form::Home(_)))
    }
}

/// In which ways a backup holds the home.
#[derive(Default)]
struct Homes {
    packed: bool,
    is_read: bool,
    folder: bool,
    filled: bool,
}

impl Homes {
    fn see(&mut self, steps: &[Vec<u8>]) {
        if let [first, rest @ ..] = steps
            && first == HOME
        {
            self.folder = true;
            self.filled |= rest.first().is_some_and(|name| name == b"etc" || name == b"mail");
        }
    }

    fn judge(&self, form: &Form) -> Result<(), NotDone> {
        match form {
            Form::Backup(_) if self.packed && self.filled => Err(refusal(
                "The archive holds the home twice, as a folder homedir and as homedir.tar; pack it again with one of them",
            )),
            Form::Backup(_) if self.packed && !self.is_read => Err(refusal(
                "The home's own archive in it, homedir.tar, holds no home: it has neither a folder etc nor mail",
            )),
            Form::Backup(_) if !self.packed && !self.folder => Err(refusal(NO_BACKUP)),
            _ => Ok(()),
        }
    }
}

/// Whether a path is that of the home's own archive.
fn is_home_archive(form: &Form, steps: &[Vec<u8>]) -> bool {
    let Form::Backup(above) = form else { return false };
    matches!(steps.strip_prefix(above.as_slice()), Some([name]) if is_nested(name))
}

/// Where something stands in a backup; none if it is nothing of it.
fn placed(form: &Form, steps: Vec<Vec<u8>>) -> Result<Option<Vec<Vec<u8>>>, NotDone> {
    match form {
        Form::Home(above) => Ok(steps
            .strip_prefix(above.as_slice())
            .filter(|rest| !rest.is_empty())
            .map(|rest| [&[HOME.to_vec()], rest].concat())),
        Form::Backup(above) => match steps.strip_prefix(above.as_slice()) {
            Some(rest)
                if above.is_empty()
                    && matches!(rest, [first, second, ..] if first != HOME && second == HOME) =>
            {
                Err(refusal(MANY))
            }
            Some(rest) => Ok(Some(rest.to_vec()).filter(|rest| !rest.is_empty())),
            None if matches!(&steps[..], [first, ..] if first == HOME || first == b"etc" || first == b"mail")
                || matches!(&steps[..], [_, second, ..] if second == HOME) =>
            {
                Err(refusal(MANY))
            }
            None => Ok(None),
        },
    }
}

const MANY: &str = "The archive holds more than one backup; give each in an archive of its own";

/// A reading whose entries somebody looks at.
struct Walk<'a, 's> {
    path: &'a Path,
    stop: &'s AtomicBool,
    visitor: &'a mut dyn Visitor,
}

impl Walk<'_, '_> {
    /// Shows what is in the home's own archive.
    fn home(&mut self, found: &mut Found<'_, '_>, form: &Form) -> Result<(), NotDone> {
        let (path, stop) = (self.path, self.stop);
        let stream = unpacked(found).map_err(|cause| broken(path, &cause, stop))?;
        entries(stream, (path, stop), End::AtItsEnd, &mut |found| {
            if let Some(steps) = placed(form, steps(found)?)? {
                self.show(form, found, &steps)?;
            }
            Ok(false)
        })
    }

    fn show(&mut self, form: &Form, found: &mut Found<'_, '_>, steps: &[Vec<u8>]) -> Result<(), NotDone> {
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

fn failed(path: &Path, cause: &io::Error) -> NotDone {
    Error::new(ErrorKind::StoreIo, format!("Reading {} failed: {cause}", path.display())).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("liveapi-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        dir
    }

    struct Nobody;

    impl Visitor for Nobody {
        fn visit(&mut self, _: &SourceEntry<'_>, _: &mut dyn Content) -> Result<(), NotDone> {
            Ok(())
        }
    }

    fn walked(dir: &Path, kind: EntryType, content: &[u8], stop: bool) -> String {
        let path = dir.join("a.tar");
        let mut builder = tar::Builder::new(File::create(&path).unwrap());
        let mut append = |kind, name: &str, content: &[u8]| {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(kind);
            header.set_path(name).unwrap();
            header.set_size(content.len() as u64);
            header.set_cksum();
            builder.append(&header, content).unwrap();
        };
        append(kind, "long", content);
        append(EntryType::Regular, "homedir/mail/cur/1", b"message");
        builder.into_inner().unwrap();
        let file = File::open(&path).unwrap();
        match Tar::open(file, &path, ArchiveContent::BackupOrHome)
            .unwrap()
            .walk(&mut Nobody, &AtomicBool::new(stop))
        {
            Ok(()) => "fine".to_owned(),
            Err(NotDone::Failed(error)) => error.to_string(),
            Err(NotDone::Refused(refusal)) => refusal.to_string(),
        }
    }

    #[test]
    fn nothing_in_it_decides_how_much_memory_is_used() {
        let dir = scratch("archive");
        let large = vec![b'a'; 2 * 1024 * 1024];
        assert_eq!(walked(&dir, EntryType::Regular, &large, false), "fine");
        for kind in [EntryType::GNULongName, EntryType::GNULongLink, EntryType::XHeader] {
            let told = walked(&dir, kind, &large, false);
            assert!(told.contains("a header or name in it is larger than 1 MiB"), "{kind:?}: {told}");
        }
        let told = walked(&dir, EntryType::GNULongName, &[b'a'; 5000], false);
        assert!(told.contains("a path of more than 4096 bytes"), "{told}");
        let told = walked(&dir, EntryType::Regular, &large, true);
        assert!(told.contains("interrupted by a signal"), "{told}");
        std::fs::remove_dir_all(dir).unwrap();
    }
}
