//! A backup or a home as one file: tar, also compressed with gzip, bzip2, xz or zstd.
//!
//! An archive may come from anywhere. It is read as a stream of entries and never unpacked by its own
//! paths; a path that would lead elsewhere makes all of it refused. Nothing in it decides how much memory
//! is used: names and headers have a budget, contents are streamed. What is not understood is refused: a
//! message comes over as its bytes were, or not at all.

mod entries;
mod form;
mod place;
mod sparse;
mod unpacked;
mod walk;
mod watched;

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use self::entries::{BLOCK, End, Found, entries, is_header, steps};
use self::form::{Form, FormFinder, is_nested};
use self::place::{Homes, NO_BACKUP, is_home_archive, placed};
use self::unpacked::unpacked;
use self::walk::Walk;
use self::watched::broken;
use liveapi_core::api::{Error, ErrorKind, NotDone};
use liveapi_core::store::home::import::entry::Visitor;
use liveapi_core::store::home::import::{Archive, ArchiveContent, refusal};

/// Where a tar header names its kind, and how that begins, in all but the oldest archives.
const MAGIC: (usize, &[u8]) = (257, b"ustar");

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
        (&file).take(BLOCK as u64).read_to_end(&mut head).map_err(|cause| failed(path, &cause))?;
        let is_old = <&[u8; BLOCK]>::try_from(head.as_slice()).is_ok_and(is_header);
        // One whose first header is damaged is still told as such.
        let is_tar = is_old || head.get(MAGIC.0..).is_some_and(|rest| rest.starts_with(MAGIC.1));
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

fn failed(path: &Path, cause: &io::Error) -> NotDone {
    Error::new(ErrorKind::StoreIo, format!("Reading {} failed: {cause}", path.display())).into()
}

#[cfg(test)]
mod tests {
    use liveapi_core::store::home::import::entry::{Content, SourceEntry};
    use tar::EntryType;

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
