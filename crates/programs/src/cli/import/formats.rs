//! The parsers that an import needs.

use std::fs::File;
use std::path::Path;

use super::archive::Tar;
use liveapi_core::api::NotDone;
use liveapi_core::store::home::import::{Archive, ArchiveContent, Formats};

/// Reads tar archives, compressed or not, and YAML.
#[derive(Debug)]
pub(in crate::cli) struct Parsers;

impl Formats for Parsers {
    fn archive(&self, file: File, path: &Path, holds: ArchiveContent) -> Result<Box<dyn Archive>, NotDone> {
        Ok(Box::new(Tar::open(file, path, holds)?))
    }

    fn yaml(&self, text: &[u8]) -> Option<serde_json::Value> {
        yaml_serde::from_slice(text).ok()
    }
}
