//! Backups in one file and YAML: their parsers are the programs'.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::entry::Visitor;
use crate::api::NotDone;

/// The formats of backups, whose parsers only programs carry.
pub trait Formats: std::fmt::Debug {
    /// Opens a file that must be the archive of a backup.
    fn archive(&self, path: &Path) -> Result<Box<dyn Archive>, NotDone>;

    /// Reads a YAML text; nothing if it is none.
    fn yaml(&self, text: &[u8]) -> Option<serde_json::Value>;
}

/// A backup as one file.
pub trait Archive {
    /// Shows every entry that mail may need, from the first to the last, as often as it is called.
    fn walk(&mut self, visitor: &mut dyn Visitor, stop: &AtomicBool) -> Result<(), NotDone>;
}
