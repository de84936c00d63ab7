//! Where the rows go: one line for each item, in the order of the items, written before the next one.

use std::fs::{File, OpenOptions};
use std::io::{IsTerminal, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::input::Input;
use super::journal::Journal;
use liveapi_core::api::{Error, ErrorKind};
use liveapi_core::engine::batch::BatchRow;

/// Where the rows of a batch go.
pub(super) enum Results {
    Standard,
    File(File, String),
}

impl Results {
    /// Opens it. A file is made anew, also by a run that goes on: it writes all rows again.
    pub(super) fn open(
        path: Option<&Path>,
        input: &Input,
        journal: Option<&Journal>,
    ) -> Result<Self, String> {
        let Some(path) = path else { return Ok(Self::Standard) };
        let others = [("file of the calls", input.path()), ("journal", journal.map(Journal::path))];
        for (what, other) in others {
            if other.is_some_and(|other| is_same(path, other)) {
                return Err(format!("--results names the {what}, {}; name another file", path.display()));
            }
        }
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
        let file = file.map_err(|cause| {
            format!("The file {} of --results cannot be written: {}", path.display(), cause.kind())
        })?;
        Ok(Self::File(file, path.display().to_string()))
    }

    /// Whether a progress bar would run into the rows.
    pub(super) fn is_on_terminal(&self) -> bool {
        matches!(self, Self::Standard) && std::io::stdout().is_terminal()
    }

    /// Writes a row and its line end at once.
    pub(super) fn write(&mut self, row: &BatchRow) -> Result<(), Error> {
        let line = format!("{}\n", row.json);
        let (written, what) = match self {
            Self::Standard => {
                let mut out = std::io::stdout().lock();
                (out.write_all(line.as_bytes()).and_then(|()| out.flush()), "Standard output")
            }
            Self::File(file, path) => (file.write_all(line.as_bytes()), path.as_str()),
        };
        written.map_err(|cause| {
            Error::new(
                ErrorKind::StoreIo,
                format!("{what} takes no more results ({cause}), so no more is sent"),
            )
        })
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    let id = |path: &Path| std::fs::metadata(path).map(|found| (found.dev(), found.ino()));
    matches!((id(one), id(other)), (Ok(one), Ok(other)) if one == other)
}
