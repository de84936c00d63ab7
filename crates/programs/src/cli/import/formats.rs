//! The parsers that an import needs.

use std::path::Path;

use super::archive::Tar;
use liveapi_core::api::NotDone;
use liveapi_core::store::home::import::{Archive, Formats};

/// Reads tar archives, compressed or not, and YAML.
#[derive(Debug)]
pub(in crate::cli) struct Parsers;

impl Formats for Parsers {
    fn archive(&self, path: &Path) -> Result<Box<dyn Archive>, NotDone> {
        Ok(Box::new(Tar::open(path)?))
    }

    fn yaml(&self, text: &[u8]) -> Option<serde_json::Value> {
        yaml_serde::from_slice(text).ok()
    }
}
