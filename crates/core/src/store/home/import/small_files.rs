//! The files of a source that are kept in memory: password files, forwarders, the account's own.

use std::io::Read;

use super::anomaly::{Anomalies, AnomalyKind, Treatment};
use super::entry::{Content, EntryKind, SourceEntry, shown};
use super::refusal::refusal;
use super::survey::oddity;
use crate::api::{Error, ErrorKind, NotDone};
use crate::base::files::MAX_BYTES;

/// Largest password file, as in a store.
pub(super) const MAX_PASSWORD_FILE: u64 = MAX_BYTES.unsigned_abs();
/// Largest other file that is kept in memory.
pub(super) const MAX_SMALL: u64 = 1024 * 1024;
/// Most bytes of all files that are kept in memory.
const MAX_ALL: u64 = 256 * 1024 * 1024;

/// How much of them was read: a source may come from anybody, and shall not fill the memory.
#[derive(Default)]
pub(super) struct SmallFiles {
    bytes: u64,
}

impl SmallFiles {
    /// Reads a file of less than `most` bytes; nothing if it is no file, which is told as an anomaly.
    pub(super) fn read(
        &mut self,
        entry: &SourceEntry<'_>,
        content: &mut dyn Content,
        most: u64,
        anomalies: &mut Anomalies,
    ) -> Result<Option<Vec<u8>>, NotDone> {
        if entry.kind != EntryKind::File || !entry.trusted {
            let foreign = (AnomalyKind::Special, "a folder, or a file of a foreign owner");
            let (kind, what) = oddity(&entry.kind).unwrap_or(foreign);
            anomalies.add((&shown(entry.path), None), kind, what, Treatment::NotTaken);
            return Ok(None);
        }
        let large = || {
            let size = most / (1024 * 1024);
            refusal(format!("{} is larger than {size} MiB, which no such file is", shown(entry.path)))
        };
        if entry.size >= most {
            return Err(large());
        }
        let Some(reader) = content.open()? else { return Ok(None) };
        let mut bytes = Vec::new();
        reader.take(most).read_to_end(&mut bytes).map_err(|cause| {
            Error::new(ErrorKind::StoreIo, format!("Reading {} failed: {cause}", shown(entry.path)))
        })?;
        self.bytes += bytes.len() as u64;
        if bytes.len() as u64 >= most {
            return Err(large());
        }
        if self.bytes > MAX_ALL {
            return Err(refusal("Its password files and forwarders together are larger than 256 MiB"));
        }
        Ok(Some(bytes))
    }
}
