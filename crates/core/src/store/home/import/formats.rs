//! Backups in one file and YAML: their parsers are the programs'.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::entry::Visitor;
use crate::api::NotDone;

/// The formats of backups, whose parsers only programs carry.
pub trait Formats: std::fmt::Debug {
    /// Takes a file that must be an archive; the path is for people.
    fn archive(&self, file: File, path: &Path, holds: ArchiveContent) -> Result<Box<dyn Archive>, NotDone>;

    /// Reads a YAML text; nothing if it is none.
    fn yaml(&self, text: &[u8]) -> Option<serde_json::Value>;
}

/// What an archive has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveContent {
    /// A backup of an account, or a home alone: its paths tell.
    BackupOrHome,
    /// What is in a home, as `homedir.tar` of a backup has it.
    Home,
}

/// A backup as one file.
pub trait Archive {
    /// Shows every entry that mail may need, from the first to the last, as often as it is called.
    fn walk(&mut self, visitor: &mut dyn Visitor, stop: &AtomicBool) -> Result<(), NotDone>;

    /// Whether it holds a home and nothing else of the account; known once it was walked.
    fn is_bare_home(&self) -> bool;
}
