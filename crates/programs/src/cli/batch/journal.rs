//! The journal of a batch: what was begun, and what came of it, so that a later run begins nothing twice.
//!
//! The first line says to which file and settings it belongs. `b 3 4` says that the calls of lines 3 and 4 were about
//! to be sent; it is on disk before they are. `e {…}` is the row of a call that has ended. A last line without its
//! end was cut off by the end of its run, which then had not acted on it. No line holds a parameter.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::checked_input::CheckedInput;
use crate::cli::effective::effective;
use crate::cli::program::Program;
use liveapi_core::api::{Error, ErrorKind};
use liveapi_core::engine::batch::{BatchRow, Status};
use liveapi_core::engine::{Client, Options};

/// To what a journal belongs.
pub(super) struct BatchIdentity(Value);

impl BatchIdentity {
    /// The file by its digest, and who answers for whom: the same file against another server is another batch.
    pub(super) fn new(
        input: &CheckedInput,
        program: Program,
        client: &Client,
        url: Option<&str>,
    ) -> Result<Self, String> {
        let options = Options { url: url.map(str::to_owned), ..Options::default() };
        let settings = effective(options).map_err(|error| error.to_string())?;
        let url = settings.into_iter().find(|setting| setting.key == "url").map(|setting| setting.value);
        Ok(Self(json!({
            "liveapi_batch": 1,
            "sha256": input.digest,
            "items": input.items,
            "program": program.name(),
            "url": url,
            "user": client.user(),
        })))
    }
}

/// What a journal says of a line.
pub(super) enum Past {
    /// It was not begun, or nothing was done.
    Nothing,
    /// It was begun, and nobody knows the end.
    Begun,
    Row(BatchRow),
}

/// A line's state in one word: 0 nothing, 1 begun, else the place of its row and 2.
type LineState = u64;
const BEGUN: LineState = 1;
const ENDED: LineState = 2;

/// A journal that nobody else writes to.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    /// By the number of the line.
    states: Vec<LineState>,
}

impl Journal {
    /// Opens a journal or makes one.
    pub(super) fn open(path: &Path, identity: &BatchIdentity, input: &CheckedInput) -> Result<Self, String> {
        let fail =
            |why: String| format!("The journal {} is not used, and nothing was sent: {why}", path.display());
        let nofollow = (rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits().cast_signed();
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).mode(0o600).custom_flags(nofollow);
        let file = options.open(path).map_err(|cause| fail(format!("it cannot be opened: {cause}")))?;
        let found = file.metadata().map_err(|cause| fail(format!("it cannot be examined: {cause}")))?;
        if !found.is_file() {
            return Err(fail("it is no regular file".to_owned()));
        }
        file.try_lock().map_err(|cause| match cause {
            TryLockError::WouldBlock => fail("another batch is using it".to_owned()),
            TryLockError::Error(cause) => fail(format!("it cannot be locked: {cause}")),
        })?;
        let lines =
            usize::try_from(input.lines).map_err(|_| fail("the file has too many lines".to_owned()))?;
        let mut journal = Self { path: path.to_owned(), file, states: vec![0; lines + 1] };
        journal.read(identity).map_err(fail)?;
        Ok(journal)
    }

    /// Where the journal is, for the sentence that says how to go on.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What was said of a line before this run.
    pub(super) fn past(&self, number: u64) -> Result<Past, Error> {
        let state = usize::try_from(number).ok().and_then(|index| self.states.get(index)).copied();
        match state.unwrap_or_default() {
            0 => Ok(Past::Nothing),
            BEGUN => Ok(Past::Begun),
            place => self.row_at(place - ENDED).map(Past::Row),
        }
    }

    /// Says that the calls of these lines are about to be sent; returns when that is on disk.
    pub(super) fn begin(&self, numbers: &[u64]) -> Result<(), Error> {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        self.append(&format!("b {}\n", numbers.join(" ")))?;
        self.sync()
    }

    /// Says what came of a call; it reaches the disk with the next that is begun. One that was begun and not sent is
    /// as one that was not begun.
    pub(super) fn ended(&self, row: &BatchRow) -> Result<(), Error> {
        self.append(&format!("e {}\n", row.json))
    }

    /// Returns when all of it is on disk.
    pub(super) fn sync(&self) -> Result<(), Error> {
        self.file.sync_data().map_err(|cause| self.fail(&cause))
    }

    fn append(&self, line: &str) -> Result<(), Error> {
        (&self.file).write_all(line.as_bytes()).map_err(|cause| self.fail(&cause))
    }

    fn fail(&self, cause: &std::io::Error) -> Error {
        let sentence =
            format!("The journal {} cannot be written ({cause}), so no more is sent", self.path.display());
        Error::new(ErrorKind::StoreIo, sentence)
    }

    /// Reads what is there, cuts off a last line without its end, or writes the first line.
    fn read(&mut self, identity: &BatchIdentity) -> Result<(), String> {
        let cannot = |cause: std::io::Error| format!("it cannot be read: {cause}");
        let mut reader = BufReader::new(self.file.try_clone().map_err(cannot)?);
        reader.rewind().map_err(cannot)?;
        let (mut place, mut number, mut line) = (0, 0, Vec::new());
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line).map_err(cannot)? as u64;
            if !line.ends_with(b"\n") {
                break;
            }
            let text = std::str::from_utf8(&line).unwrap_or_default().trim_end();
            if number == 0 {
                belongs(text, identity)?;
            } else {
                self.take(text, place)
                    .ok_or_else(|| format!("line {} is not a journal's line", number + 1))?;
            }
            (place, number) = (place + length, number + 1);
        }
        self.file.set_len(place).map_err(|cause| format!("it cannot be written: {cause}"))?;
        if number == 0 {
            self.append(&format!("{}\n", identity.0))
                .and_then(|()| self.sync())
                .map_err(|error| error.to_string())?;
            self.sync_folder().map_err(|cause| format!("its folder cannot be flushed: {cause}"))?;
        }
        Ok(())
    }

    fn sync_folder(&self) -> std::io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }

    /// Takes one line, which begins at that place of the file.
    fn take(&mut self, line: &str, place: u64) -> Option<()> {
        if let Some(numbers) = line.strip_prefix("b ") {
            for number in numbers.split(' ') {
                *self.states.get_mut(number.parse::<usize>().ok()?)? = BEGUN;
            }
            return Some(());
        }
        let json = line.strip_prefix("e ")?;
        let row: Value = serde_json::from_str(json).ok()?;
        let state = self.states.get_mut(usize::try_from(row["item"].as_u64()?).ok()?)?;
        *state = match Status::of_word(row["status"].as_str()?)? {
            // Nothing was done, so it is tried again.
            Status::Failed | Status::Unsent => 0,
            Status::Done | Status::Refused | Status::Unknown => place + ENDED,
        };
        Some(())
    }

    fn row_at(&self, place: u64) -> Result<BatchRow, Error> {
        let read = || -> std::io::Result<String> {
            let mut reader = BufReader::new(&self.file);
            reader.seek(SeekFrom::Start(place))?;
            let mut line = String::new();
            reader.read_line(&mut line)?;
            Ok(line)
        };
        let line = read().map_err(|cause| self.fail(&cause))?;
        let row = line.trim_end().strip_prefix("e ").and_then(|json| BatchRow::written(json.to_owned()));
        row.ok_or_else(|| {
            Error::new(
                ErrorKind::StoreIo,
                format!("The journal {} was changed while it was read", self.path.display()),
            )
        })
    }
}

/// Whether a journal's first line is that of this batch.
fn belongs(line: &str, identity: &BatchIdentity) -> Result<(), String> {
    let found: Value = serde_json::from_str(line).unwrap_or_default();
    if found["liveapi_batch"] != identity.0["liveapi_batch"] {
        return Err("it is no journal of a batch; name another file".to_owned());
    }
    for (name, what) in [
        ("sha256", "another file of calls, or of this one before it was changed"),
        ("program", "another program"),
        ("url", "another url"),
        ("user", "another user"),
    ] {
        if found[name] != identity.0[name] {
            return Err(format!("it belongs to {what}; name another journal"));
        }
    }
    Ok(())
}
