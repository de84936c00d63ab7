//! A backup as one file: tar, also compressed with gzip.
//!
//! An archive may come from anywhere. It is read as a stream of entries and never unpacked by its own
//! paths; a path that would lead elsewhere makes all of it refused. Nothing in it decides how much memory
//! is used: names and headers have a budget, contents are streamed.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::read::MultiGzDecoder;
use tar::EntryType;

use liveapi_core::api::{Error, ErrorKind, NotDone};
use liveapi_core::store::home::import::entry::{self, Content, EntryKind, Role, SourceEntry, Visitor};
use liveapi_core::store::home::import::{Archive, refusal};

/// Most bytes of headers and long names before one entry.
const MAX_HEADERS: u64 = 1024 * 1024;
/// Most bytes behind the archive's end mark; GNU tar fills up to 10 KiB.
const MAX_TAIL: u64 = 16 * 1024 * 1024;
/// The end mark: two blocks of zeros.
const END_MARK: u64 = 1024;
/// How much is read from the disk at once.
const BUFFER: usize = 128 * 1024;
/// Where a tar header names its kind, and how that begins.
const MAGIC: (usize, &[u8]) = (257, b"ustar");
/// First steps of the paths that mail needs; what stands before them is the archive's own folder.
const TOP: [&[u8]; 5] = [b"homedir", b"cp", b"shadow", b"va", b"vad"];
const USERDATA: &[u8] = b"userdata";
/// The home as an archive inside the archive, as old backups have it.
const NESTED: &[u8] = b"homedir.tar";

/// Such a file.
pub(super) struct Tar {
    file: File,
    path: PathBuf,
    compressed: bool,
}

impl Tar {
    /// Opens it and looks at its first bytes.
    pub(super) fn open(path: &Path) -> Result<Self, NotDone> {
        let io = |cause: io::Error| failed(path, &cause);
        let file = File::open(path).map_err(io)?;
        let mut head = Vec::new();
        (&file).take(512).read_to_end(&mut head).map_err(io)?;
        let compressed = head.starts_with(&[0x1f, 0x8b]);
        let is_tar = head.get(MAGIC.0..).is_some_and(|rest| rest.starts_with(MAGIC.1));
        if !compressed && !is_tar {
            let known: [(&[u8], &str); 3] =
                [(b"BZh", "bzip2"), (&[0x28, 0xb5, 0x2f, 0xfd], "zstd"), (&[0xfd, b'7', b'z'], "xz")];
            let other = known.iter().find(|(magic, _)| head.starts_with(magic));
            return Err(refusal(match other {
                Some((_, name)) => {
                    format!(
                        "It is compressed with {name}, which is not read here; unpack it and import the folder"
                    )
                }
                None => "It is no tar archive; name a cpmove or backup file (.tar or .tar.gz) or a folder"
                    .to_owned(),
            }));
        }
        Ok(Self { file, path: path.to_owned(), compressed })
    }
}

impl Archive for Tar {
    /// Reads to the very end, so that the checksum is compared too.
    fn walk(&mut self, visitor: &mut dyn Visitor, stop: &AtomicBool) -> Result<(), NotDone> {
        self.file.rewind().map_err(|cause| failed(&self.path, &cause))?;
        let file = BufReader::with_capacity(BUFFER, &self.file);
        let inner: Box<dyn Read> =
            if self.compressed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        let budget = Rc::new(Cell::new(MAX_HEADERS));
        let mut archive = tar::Archive::new(Watched { inner, zeros: 0, budget: budget.clone(), stop });
        let mut root = Root::default();
        let path = &self.path;
        for found in archive.entries().map_err(|cause| broken(path, &cause, stop))? {
            let mut found = found.map_err(|cause| broken(path, &cause, stop))?;
            budget.set(u64::MAX);
            let stored = found.header().entry_size().unwrap_or(0).max(found.size());
            show(path, &mut root, &mut found, visitor, stop)?;
            budget.set(stored.saturating_add(MAX_HEADERS));
        }
        let mut rest = archive.into_inner();
        budget.set(MAX_TAIL);
        io::copy(&mut rest, &mut io::sink()).map_err(|cause| broken(path, &cause, stop))?;
        if rest.zeros < END_MARK {
            return Err(broken(path, &io::Error::other("its end mark is missing"), stop).into());
        }
        root.finish()
    }
}

fn show<R: Read>(
    archive: &Path,
    root: &mut Root,
    found: &mut tar::Entry<'_, R>,
    visitor: &mut dyn Visitor,
    stop: &AtomicBool,
) -> Result<(), NotDone> {
    let kind = found.header().entry_type();
    if matches!(kind, EntryType::XGlobalHeader) {
        return Ok(());
    }
    let name = found.path_bytes().into_owned();
    let steps = entry::steps(&name).map_err(|why| {
        let shown: String = String::from_utf8_lossy(&name).escape_debug().take(200).collect();
        refusal(format!(
            "The archive holds {why}: {shown}; no backup of cPanel does, so all of it is refused"
        ))
    })?;
    let Some(steps) = root.strip(steps)? else { return Ok(()) };
    if entry::role(&steps) == Role::Other && !entry::leads_on(&steps) {
        return Ok(());
    }
    let kind = match kind {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => EntryKind::File,
        EntryType::Directory => EntryKind::Folder,
        EntryType::Symlink => EntryKind::Link,
        EntryType::Link => {
            // A name that leads elsewhere is one of nothing that was taken from here.
            let target = found.link_name_bytes().and_then(|name| entry::steps(&name).ok());
            EntryKind::HardLink(
                target.map(|steps| root.strip(steps)).transpose()?.flatten().unwrap_or_default(),
            )
        }
        _ => EntryKind::Special,
    };
    let header = found.header();
    let changed = i64::try_from(header.mtime().unwrap_or(0)).unwrap_or(0);
    let entry = SourceEntry {
        path: &steps,
        size: if kind == EntryKind::File { found.size() } else { 0 },
        mode: header.mode().unwrap_or(0o600) & 0o777,
        changed: (changed, 0),
        trusted: true,
        kind,
    };
    visitor.visit(&entry, &mut Packed { found, archive, stop })
}

/// The folder in which an archive holds everything, e.g. `cpmove-bob`; or none.
#[derive(Default)]
struct Root {
    seen: Option<Option<Vec<u8>>>,
    nested: bool,
    home: bool,
}

impl Root {
    /// The steps below it; nothing for paths that mail does not need.
    fn strip(&mut self, mut steps: Vec<Vec<u8>>) -> Result<Option<Vec<Vec<u8>>>, NotDone> {
        let is_top = |step: &Vec<u8>| TOP.contains(&step.as_slice()) || step == USERDATA;
        let root = match &steps[..] {
            [first, ..] if is_top(first) => None,
            [_, second, ..] if is_top(second) => Some(steps.remove(0)),
            _ => {
                self.nested |= steps.last().is_some_and(|step| step == NESTED);
                return Ok(None);
            }
        };
        if *self.seen.get_or_insert_with(|| root.clone()) != root {
            return Err(refusal(
                "The archive holds more than one backup; give each in an archive of its own",
            ));
        }
        self.home |= steps[0] == b"homedir";
        Ok(Some(steps))
    }

    fn finish(&self) -> Result<(), NotDone> {
        if self.home {
            return Ok(());
        }
        Err(refusal(if self.nested {
            "The backup holds the home as another archive, homedir.tar; unpack both and import the folder"
        } else {
            "The archive is no backup of a cPanel account: it has no folder homedir; name a cpmove or backup file"
        }))
    }
}

/// The content of an entry.
struct Packed<'a, 'e, R: Read> {
    found: &'a mut tar::Entry<'e, R>,
    archive: &'a Path,
    stop: &'a AtomicBool,
}

impl<R: Read> Content for Packed<'_, '_, R> {
    fn open(&mut self) -> Result<Option<Box<dyn Read + '_>>, Error> {
        Ok(Some(Box::new(self)))
    }
}

impl<R: Read> Read for Packed<'_, '_, R> {
    /// An end before the end is told when the next entry is looked for.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let told = |cause| io::Error::other(broken(self.archive, &cause, self.stop).to_string());
        self.found.read(buffer).map_err(told)
    }
}

/// What all bytes of an archive pass: counts zeros at the end, keeps to the budget, can be stopped.
struct Watched<'s> {
    inner: Box<dyn Read + 's>,
    zeros: u64,
    budget: Rc<Cell<u64>>,
    stop: &'s AtomicBool,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("stopped"));
        }
        let length = self.inner.read(buffer)?;
        match self.budget.get() {
            u64::MAX => {}
            left => match left.checked_sub(length as u64) {
                Some(left) => self.budget.set(left),
                None => return Err(io::Error::other("a header or name in it is larger than 1 MiB")),
            },
        }
        match buffer[..length].iter().rposition(|byte| *byte != 0) {
            Some(last) => self.zeros = (length - last - 1) as u64,
            None => self.zeros += length as u64,
        }
        Ok(length)
    }
}

fn failed(path: &Path, cause: &io::Error) -> NotDone {
    Error::new(ErrorKind::StoreIo, format!("Reading {} failed: {cause}", path.display())).into()
}

fn broken(path: &Path, cause: &io::Error, stop: &AtomicBool) -> Error {
    if stop.load(Ordering::Relaxed) {
        return Error::new(ErrorKind::Busy, "It was interrupted by a signal; start it again");
    }
    let sentence =
        format!("The archive {} is damaged or cut off: {cause}; make or copy it once more", path.display());
    Error::new(ErrorKind::StoreIo, sentence)
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
        match Tar::open(&path).unwrap().walk(&mut Nobody, &AtomicBool::new(stop)) {
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
