//! What an import reads from: a folder or an archive.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::entry::Visitor;
use super::formats::{Archive, Formats};
use super::refusal::refusal;
use super::tree::{Home, Tree};
use crate::api::NotDone;

/// A source, opened; it may be read more than once.
pub(super) enum ImportSource {
    Tree(Tree),
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
            Self::folder(&path)
        } else if metadata.is_file() {
            Ok(Self::Archive(formats.archive(&path)?))
        } else {
            Err(refusal("It is neither a folder nor a file; name a home directory or a backup of an account"))
        }
    }

    /// Opens a folder, which must be a home or an unpacked backup.
    pub(super) fn folder(path: &Path) -> Result<Self, NotDone> {
        Ok(Self::Tree(Tree::open(path)?))
    }

    /// Shows every entry that mail may need.
    pub(super) fn walk(&mut self, visitor: &mut dyn Visitor, stop: &AtomicBool) -> Result<(), NotDone> {
        match self {
            Self::Tree(tree) => tree.walk(visitor),
            Self::Archive(archive) => archive.walk(visitor, stop),
        }
    }

    /// The folder, if the source is one.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Tree(tree) => Some(tree.path()),
            Self::Archive(_) => None,
        }
    }

    /// The home, if the source is one and no backup.
    pub(super) fn home(&self) -> Option<&Home> {
        match self {
            Self::Tree(tree) => tree.home(),
            Self::Archive(_) => None,
        }
    }
}
