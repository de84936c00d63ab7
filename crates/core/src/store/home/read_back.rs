//! The last word before success: what stands in the file now.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use super::layout::SHADOW;
use super::shadow;
use crate::api::Error;
use crate::base::files::{Folder, failure};

/// A hash that was written.
pub(super) struct WrittenHash<'h, 'n> {
    pub(super) name: &'n str,
    pub(super) hash: &'h str,
    /// Where its line stands in the new file.
    pub(super) place: Range<usize>,
}

/// Whether, through the file's name, as Dovecot opens it, each line stands where it was put, and its hash is the one
/// computed from the caller's bytes. Whatever fails here fails after the change: none of it may be told as "unchanged".
pub(super) fn verify(
    folder: &Folder,
    written: &[WrittenHash<'_, '_>],
) -> Result<Vec<Result<(), Error>>, Error> {
    let path = folder.path_of(SHADOW);
    let lost = |why: &str| failure::state_unknown(&path, why);
    let start = written.iter().map(|hash| hash.place.start).min().unwrap_or(0);
    let end = written.iter().map(|hash| hash.place.end).max().unwrap_or(0);
    let opened =
        folder.open_checked(SHADOW).map_err(|error| lost(&format!("reading it back failed: {error}")))?;
    let (fd, _) = opened.ok_or_else(|| lost("it is gone"))?;
    let mut file = std::fs::File::from(fd);
    let mut stored = vec![0; end - start];
    file.seek(SeekFrom::Start(start as u64))
        .and_then(|_| file.read_exact(&mut stored))
        .map_err(|cause| lost(&format!("reading it back failed: {cause}")))?;
    let check = |written: &WrittenHash<'_, '_>| {
        let line = &stored[written.place.start - start..written.place.end - start];
        match shadow::stored_hash(line, written.name) {
            Some((found, _)) if found == written.hash.as_bytes() => Ok(()),
            _ => Err(lost("another hash than the one written was read back")),
        }
    };
    Ok(written.iter().map(check).collect())
}
