//! One private JSON file, read again only when somebody changed it.
//!
//! The admin command writes these files while the daemon runs. So every look compares the file's stamp, which
//! costs one system call, and nothing has to be told to read anew.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use liveapi_core::api::{Error, ErrorKind, NotDone};
use liveapi_core::base::files::{PrivateFolder, Stamp};

/// A file of records of one kind. A field that this version does not know is refused: it could be one that
/// takes a right away.
pub(super) struct JsonFile<T> {
    folder: PrivateFolder,
    name: &'static str,
    seen: Mutex<Option<Snapshot<T>>>,
}

/// Records, and the state of the file that they were read from.
struct Snapshot<T> {
    stamp: Option<Stamp>,
    records: Arc<Vec<T>>,
}

impl<T: Clone + Serialize + DeserializeOwned> JsonFile<T> {
    /// The file of that name in a folder, which is created if it is not there.
    pub(super) fn open(folder: &Path, name: &'static str) -> Result<Self, Error> {
        let book = Self { folder: PrivateFolder::at(folder)?, name, seen: Mutex::new(None) };
        book.records()?;
        Ok(book)
    }

    /// The records as they are now.
    pub(super) fn records(&self) -> Result<Arc<Vec<T>>, Error> {
        let stamp = self.folder.stamp(self.name)?;
        // Poisoned or not, the pair is written in one go.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = seen.as_ref().filter(|seen| seen.stamp == stamp) {
            return Ok(Arc::clone(&seen.records));
        }
        let (records, stamp) = match self.folder.read(self.name)? {
            Some((bytes, stamp)) => (Arc::new(self.parse(&bytes)?), Some(stamp)),
            None => (Arc::default(), None),
        };
        let settled = stamp.is_none_or(|stamp| stamp.is_settled());
        *seen = settled.then(|| Snapshot { stamp, records: Arc::clone(&records) });
        Ok(records)
    }

    /// Changes the records; on a refusal the file stays as it was. `change` may run more than once.
    pub(super) fn edit<R>(
        &self,
        mut change: impl FnMut(&mut Vec<T>) -> Result<R, NotDone>,
    ) -> Result<R, NotDone> {
        let mut done = None;
        self.folder.edit(self.name, |bytes| {
            let mut records = self.parse(bytes)?;
            done = Some(change(&mut records)?);
            let mut text = serde_json::to_vec_pretty(&records).map_err(|cause| {
                Error::new(ErrorKind::Internal, format!("Writing {} failed: {cause}", self.name))
            })?;
            text.push(b'\n');
            Ok::<_, NotDone>(Some(text))
        })?;
        done.ok_or_else(|| Error::new(ErrorKind::Internal, "A change of a file was not made").into())
    }

    fn parse(&self, bytes: &[u8]) -> Result<Vec<T>, Error> {
        if bytes.is_empty() {
            return Ok(Vec::new());
        }
        // The parser's own words may quote a secret; its place cannot.
        serde_json::from_slice(bytes).map_err(|cause| {
            let path = self.folder.path_of(self.name);
            let sentence = format!(
                "{} is not read: what stands at line {}, column {} is not known to this version; restore the file from a backup, or remove it and create its users and tokens anew",
                path.display(),
                cause.line(),
                cause.column()
            );
            Error::new(ErrorKind::Config, sentence)
        })
    }
}
