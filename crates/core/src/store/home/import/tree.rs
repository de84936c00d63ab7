//! A home directory, or the folder of an unpacked backup, read by descriptors.
//!
//! Whoever owns the folders may change them while they are read: so nothing is looked up by a path, no
//! link is followed, and a file is examined again once it is open.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::entry::{self, Content, EntryKind, MAX_STEPS, Role, SourceEntry, Visitor};
use super::refusal::refusal;
use crate::api::{Error, NotDone};
use crate::base::files::Folder;
use crate::base::files::failure;
use crate::store::home::record;

/// Largest account file beside a home, in bytes.
const MAX_BESIDE: u64 = 1024 * 1024;

/// A home directory that stands by itself.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) path: PathBuf,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// A folder whose files are shown by their paths in a backup.
pub(super) struct Tree {
    root: Folder,
    /// What stands above the root in the paths of a backup.
    prefix: Vec<Vec<u8>>,
    home: Option<Home>,
    /// Whose files are believed, besides root's and the process's own user's.
    owner: u32,
    /// Files that a cPanel server keeps outside of the home, by their paths in a backup.
    beside: Vec<(Vec<Vec<u8>>, Vec<u8>)>,
    /// Names in the root that are read in another way.
    skips: &'static [&'static str],
}

/// The home as an archive beside the rest of a backup.
const HOME_ARCHIVES: [&str; 5] =
    ["homedir.tar", "homedir.tar.gz", "homedir.tar.zst", "homedir.tar.xz", "homedir.tar.bz2"];

impl Tree {
    /// Opens a folder; it must look like a home or like a backup. What has a folder `cp` is a backup, and its home may
    /// be an archive in it, which is given back.
    pub(super) fn open(path: &Path) -> Result<(Self, Option<(File, PathBuf)>), NotDone> {
        let root = Folder::named(path)?;
        let stat =
            |folder: &Folder, name: &str| rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).ok();
        if stat(&root, "cp").is_none() {
            return Ok((Self::of_home(root)?, None));
        }
        let mine = rustix::fs::fstat(&root).map_err(|e| failure::io("Examining", path, e))?;
        let of = |root, owner, skips: &'static [&'static str]| Self {
            root,
            prefix: Vec::new(),
            home: None,
            owner,
            beside: Vec::new(),
            skips,
        };
        let homedir = stat(&root, "homedir");
        let is_filled =
            root.entry(b"homedir").is_ok_and(|home| stat(&home, "etc").or(stat(&home, "mail")).is_some());
        let packed = HOME_ARCHIVES.iter().find(|name| stat(&root, name).is_some());
        match (homedir, packed) {
            (_, Some(name)) if !is_filled => {
                let shown = root.path_of(name);
                let fail = |errno| failure::io("Opening", &shown, errno);
                let file = File::from(open_file(&root, *name).map_err(fail)?);
                let kind = rustix::fs::fstat(&file).map_err(fail)?.st_mode;
                if FileType::from_raw_mode(kind) != FileType::RegularFile {
                    return Err(failure::not_trusted(&shown, "it is no file").into());
                }
                Ok((of(root, mine.st_uid, &HOME_ARCHIVES), Some((file, shown))))
            }
            (Some(homedir), _) => Ok((of(root, homedir.st_uid, &[]), None)),
            _ => Err(refusal(
                "It has a folder cp, so it is an unpacked backup, but its home is missing: neither a folder homedir nor homedir.tar is beside cp; unpack the home's archive into a folder homedir there (mkdir homedir; tar -xf homedir.tar -C homedir)",
            )),
        }
    }

    /// Opens a home, whatever its owner has put into it.
    pub(super) fn of_home(root: Folder) -> Result<Self, NotDone> {
        let path = root.path().to_owned();
        let mine = rustix::fs::fstat(&root).map_err(|e| failure::io("Examining", &path, e))?;
        if rustix::fs::statat(&root, "etc", AtFlags::SYMLINK_NOFOLLOW).is_err() {
            return Err(refusal(
                "It is neither a cPanel home directory (it has no folder etc) nor an unpacked backup (it has no folders homedir and cp); name the folder that holds them",
            ));
        }
        let home = Home { uid: mine.st_uid, gid: mine.st_gid, path: path.clone() };
        let prefix = vec![b"homedir".to_vec()];
        Ok(Self { root, prefix, owner: home.uid, home: Some(home), beside: beside(&path), skips: &[] })
    }

    pub(super) fn path(&self) -> &Path {
        self.root.path()
    }

    pub(super) fn home(&self) -> Option<&Home> {
        self.home.as_ref()
    }

    /// Shows every entry that mail may need.
    pub(super) fn walk(&self, visitor: &mut dyn Visitor) -> Result<(), NotDone> {
        for (path, bytes) in &self.beside {
            let size = bytes.len() as u64;
            let entry = SourceEntry {
                path,
                kind: EntryKind::File,
                size,
                mode: 0o600,
                changed: (0, 0),
                trusted: true,
            };
            visitor.visit(&entry, &mut Kept(bytes))?;
        }
        self.walk_folder(&self.root, &mut self.prefix.clone(), visitor)
    }

    fn walk_folder(
        &self,
        folder: &Folder,
        path: &mut Vec<Vec<u8>>,
        visitor: &mut dyn Visitor,
    ) -> Result<(), NotDone> {
        let fail = |errno| failure::io("Reading", folder.path(), errno);
        for name in rustix::fs::Dir::read_from(folder).map_err(fail)? {
            let name = name.map_err(fail)?.file_name().to_bytes().to_vec();
            if name == b"." || name == b".." {
                continue;
            }
            if path.is_empty() && self.skips.iter().any(|skipped| skipped.as_bytes() == name) {
                continue;
            }
            path.push(name.clone());
            if entry::leads_on(path) || entry::role(path) != Role::Other {
                self.show(folder, &name, path, visitor)?;
            }
            path.pop();
        }
        Ok(())
    }

    fn show(
        &self,
        folder: &Folder,
        name: &[u8],
        path: &mut Vec<Vec<u8>>,
        visitor: &mut dyn Visitor,
    ) -> Result<(), NotDone> {
        let shown = folder.path_of(&String::from_utf8_lossy(name));
        let stat = match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            // Mail comes and goes.
            Err(Errno::NOENT) => return Ok(()),
            Err(errno) => return Err(failure::io("Examining", &shown, errno).into()),
        };
        if path.len() > MAX_STEPS {
            return Err(failure::not_trusted(&shown, "its folders are nested too deeply").into());
        }
        let entry = self.entry(path, &stat);
        let is_folder = entry.kind == EntryKind::Folder;
        visitor.visit(&entry, &mut OnDisk { folder, name, stat: &stat })?;
        if !is_folder || !entry::leads_on(path) {
            return Ok(());
        }
        match folder.entry(name) {
            Ok(inner) => self.walk_folder(&inner, path, visitor),
            Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(failure::io("Opening", &shown, errno).into()),
        }
    }

    fn entry<'e>(&self, path: &'e [Vec<u8>], stat: &Stat) -> SourceEntry<'e> {
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => EntryKind::Folder,
            FileType::RegularFile if stat.st_nlink > 1 => EntryKind::Shared,
            FileType::RegularFile => EntryKind::File,
            FileType::Symlink => EntryKind::Link,
            _ => EntryKind::Special,
        };
        // A further name can be given to another's file, so root's are believed with one name only.
        let others = kind != EntryKind::Shared && (stat.st_uid == 0 || stat.st_uid == me());
        SourceEntry {
            path,
            size: if kind == EntryKind::Folder { 0 } else { u64::try_from(stat.st_size).unwrap_or(0) },
            mode: stat.st_mode & 0o777,
            changed: (stat.st_mtime, u32::try_from(stat.st_mtime_nsec).unwrap_or(0)),
            trusted: others || stat.st_uid == self.owner,
            kind,
        }
    }
}

fn me() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// A file that is opened when its content is wanted.
struct OnDisk<'a> {
    folder: &'a Folder,
    name: &'a [u8],
    stat: &'a Stat,
}

impl Content for OnDisk<'_> {
    fn open(&mut self) -> Result<Option<Box<dyn Read + '_>>, Error> {
        let path = self.folder.path_of(&String::from_utf8_lossy(self.name));
        let fd = match open_file(self.folder, self.name) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(failure::io("Opening", &path, errno)),
        };
        let now = rustix::fs::fstat(&fd).map_err(|e| failure::io("Examining", &path, e))?;
        let was = self.stat;
        if (now.st_dev, now.st_ino, now.st_mode, now.st_uid)
            != (was.st_dev, was.st_ino, was.st_mode, was.st_uid)
            || now.st_nlink > was.st_nlink
        {
            return Err(failure::not_trusted(&path, "it was exchanged while it was read; try again"));
        }
        Ok(Some(Box::new(File::from(fd))))
    }
}

/// A file that was read before.
struct Kept<'a>(&'a [u8]);

impl Content for Kept<'_> {
    fn open(&mut self) -> Result<Option<Box<dyn Read + '_>>, Error> {
        Ok(Some(Box::new(self.0)))
    }
}

/// Non-blocking: opening a FIFO would otherwise wait for a writer for ever.
fn open_file(folder: impl std::os::fd::AsFd, name: impl rustix::path::Arg) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    rustix::fs::openat(folder, name, flags, Mode::empty())
}

/// What a cPanel server knows of a home's account: its file, found two folders above the home or in
/// its usual place, and the files that stand beside that one.
fn beside(home: &Path) -> Vec<(Vec<Vec<u8>>, Vec<u8>)> {
    let Some(name) = home.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let roots = [home.parent().and_then(Path::parent), Some(Path::new("/"))];
    for root in roots.into_iter().flatten() {
        let Some(account) = outside(&root.join("var/cpanel/users").join(name)) else { continue };
        let text = String::from_utf8_lossy(&account).into_owned();
        let mut found = vec![(vec![b"cp".to_vec(), name.into()], account)];
        let mut add = |path: [&str; 2], file: &Path| {
            found.extend(outside(file).map(|bytes| (path.map(|step| step.into()).to_vec(), bytes)));
        };
        add(["userdata", "main"], &root.join("var/cpanel/userdata").join(name).join("main"));
        add(["suspended", name], &root.join("var/cpanel/suspended").join(name));
        let main = record::value(&text, "DNS").map(str::trim);
        for domain in main.into_iter().chain(record::further_domains(&text)) {
            if crate::store::Domain::parse(domain).is_ok_and(|parsed| parsed.as_str() == domain) {
                add(["va", domain], &root.join("etc/valiases").join(domain));
                add(["vad", domain], &root.join("etc/vdomainaliases").join(domain));
            }
        }
        return found;
    }
    Vec::new()
}

/// A file of the system, not of the account: of root or the process's own user.
fn outside(path: &Path) -> Option<Vec<u8>> {
    let file = File::from(open_file(rustix::fs::CWD, path).ok()?);
    let stat = rustix::fs::fstat(&file).ok()?;
    let regular = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    if !regular || (stat.st_uid != 0 && stat.st_uid != me()) {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(MAX_BESIDE).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
