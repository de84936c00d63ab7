//! What an import reads from: a folder or an archive.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::entry::Visitor;
use super::formats::{Archive, ArchiveContent, Formats};
use super::refusal::refusal;
use super::tree::{Home, Tree};
use crate::api::NotDone;
use crate::base::files::Folder;

/// A source, opened; it may be read more than once.
pub(super) enum ImportSource {
    /// A folder, and the archive in it that holds the home, if there is one.
    Tree(Tree, Option<Box<dyn Archive>>),
    Archive(Box<dyn Archive>),
}

impl ImportSource {
    /// Opens what an administrator named. Links in that path are theirs and followed; below, none is.
    pub(super) fn open(path: &Path, formats: &dyn Formats) -> Result<Self, NotDone> {
        let fail = |cause: std::io::Error| {
            refusal(format!("It cannot be opened: {cause}; name a home directory or a backup of an account"))
        };
        let path = std::fs::canonicalize(path).map_err(fail)?;
        let metadata = std::fs::metadata(&path).map_err(fail)?;
        if metadata.is_dir() {
            let (tree, home) = Tree::open(&path)?;
            let home =
                home.map(|(file, path)| formats.archive(file, &path, ArchiveContent::Home)).transpose()?;
            Ok(Self::Tree(tree, home))
        } else if metadata.is_file() {
            let file = File::open(&path).map_err(fail)?;
            Ok(Self::Archive(formats.archive(file, &path, ArchiveContent::BackupOrHome)?))
        } else {
            Err(refusal("It is neither a folder nor a file; name a home directory or a backup of an account"))
        }
    }

    /// Opens the home of an account that is there.
    pub(super) fn home_in_use(path: &Path) -> Result<Self, NotDone> {
        Ok(Self::Tree(Tree::of_home(Folder::named(path)?)?, None))
    }

    /// Shows every entry that mail may need, and what is told.
    pub(super) fn walk(&mut self, visitor: &mut dyn Visitor, stop: &AtomicBool) -> Result<(), NotDone> {
        match self {
            Self::Tree(tree, home) => {
                tree.walk(visitor)?;
                home.as_mut().map_or(Ok(()), |home| home.walk(visitor, stop))
            }
            Self::Archive(archive) => archive.walk(visitor, stop),
        }
    }

    /// The folder, if the source is one.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Tree(tree, _) => Some(tree.path()),
            Self::Archive(_) => None,
        }
    }

    /// The home, if the source is one and no backup.
    pub(super) fn home(&self) -> Option<&Home> {
        match self {
            Self::Tree(tree, _) => tree.home(),
            Self::Archive(_) => None,
        }
    }

    /// Whether it is a home and nothing else; of an archive this is known once it was walked.
    pub(super) fn is_bare_home(&self) -> bool {
        match self {
            Self::Tree(tree, _) => tree.home().is_some(),
            Self::Archive(archive) => archive.is_bare_home(),
        }
    }
}
