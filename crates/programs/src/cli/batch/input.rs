//! The file of a batch: read once to check it, and once to send it.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::checked_input::CheckedInput;
use super::journal::{Journal, Past};
use liveapi_core::api::{Error, ErrorKind, Family};
use liveapi_core::engine::batch::{BatchRow, Item, ItemText, SourceItem, Status};
use liveapi_core::engine::is_idempotent;

/// Longest line, in bytes.
const MAX_LINE_BYTES: u64 = 1024 * 1024;
/// Most that is taken from standard input, which cannot be read twice and is kept in memory.
const MAX_STDIN_BYTES: u64 = 64 * 1024 * 1024;

/// The file, or standard input.
pub(super) struct Input {
    /// For people.
    what: String,
    source: InputSource,
}

enum InputSource {
    File(PathBuf, File),
    Memory(Zeroizing<Vec<u8>>),
}

impl Input {
    /// Opens it. Only a regular file can be read twice.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        if path == Path::new("-") {
            let mut bytes = Zeroizing::new(Vec::new());
            let read = std::io::stdin().lock().take(MAX_STDIN_BYTES + 1).read_to_end(&mut bytes);
            read.map_err(|cause| format!("Standard input cannot be read: {}", cause.kind()))?;
            if bytes.len() as u64 > MAX_STDIN_BYTES {
                return Err(
                    "Standard input is larger than 64 MiB; put the calls into a file and name it".to_owned()
                );
            }
            return Ok(Self { what: "standard input".to_owned(), source: InputSource::Memory(bytes) });
        }
        let what = format!("the file {}", path.display());
        let is_file = std::fs::metadata(path).map(|found| found.is_file());
        match is_file {
            Ok(true) => {}
            Ok(false) => {
                return Err(format!(
                    "{what} is no regular file, and is read twice; use --batch - for a pipe"
                ));
            }
            Err(cause) => return Err(format!("{what} cannot be read: {}", cause.kind())),
        }
        let file = File::open(path).map_err(|cause| format!("{what} cannot be read: {}", cause.kind()))?;
        Ok(Self { what, source: InputSource::File(path.to_owned(), file) })
    }

    /// The file's path, if it has one.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.source {
            InputSource::File(path, _) => Some(path),
            InputSource::Memory(_) => None,
        }
    }

    /// Reads all of it; the complaint names the first line that is wrong, and quotes nothing of it.
    pub(super) fn check(
        &mut self,
        check: impl Fn(&str) -> Result<(), Error>,
    ) -> Result<CheckedInput, String> {
        let what = self.what.clone();
        let (mut items, mut number, mut digest) = (0, 0, Sha256::new());
        for line in self.lines()? {
            number += 1;
            let wrong = |why: &str| format!("Line {number} of {what} cannot be sent, so nothing was: {why}");
            let line = line.map_err(|why| wrong(&why))?;
            digest.update(line.as_bytes());
            if is_blank(&line) {
                continue;
            }
            check(&line).map_err(|error| wrong(&error.to_string()))?;
            items += 1;
        }
        if items == 0 {
            return Err(format!("There is no call in {what}"));
        }
        let digest = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(CheckedInput { items, lines: number, digest })
    }

    /// The items by the numbers of their lines, as far as they were not made before.
    pub(super) fn items<'i>(
        &'i mut self,
        journal: Option<&'i Journal>,
        family: Family,
    ) -> Result<impl Iterator<Item = Result<SourceItem<'i>, Error>>, String> {
        let lines =
            (1..).zip(self.lines()?).filter(|(_, line)| !line.as_ref().is_ok_and(|line| is_blank(line)));
        Ok(lines.map(move |(number, line)| {
            let line = line.map_err(|why| {
                Error::new(
                    ErrorKind::BadParams,
                    format!("Line {number} was changed while it was read: {why}"),
                )
            })?;
            match journal.map_or(Ok(Past::Nothing), |journal| journal.past(number))? {
                Past::Row(row) => Ok(SourceItem::Known(number, row)),
                Past::Begun => begun(number, line, family),
                Past::Nothing => Ok(SourceItem::Item(number, ItemText::Owned(line))),
            }
        }))
    }

    fn lines(&mut self) -> Result<InputLines<'_>, String> {
        let reader: Box<dyn BufRead> = match &mut self.source {
            InputSource::File(_, file) => {
                file.rewind()
                    .map_err(|cause| format!("{} cannot be read again: {}", self.what, cause.kind()))?;
                Box::new(BufReader::with_capacity(64 * 1024, file))
            }
            InputSource::Memory(bytes) => Box::new(Cursor::new(bytes.as_slice())),
        };
        Ok(InputLines(reader))
    }
}

/// An item that a run before this one began, and of which it had no answer when it ended.
fn begun<'i>(number: u64, line: Zeroizing<String>, family: Family) -> Result<SourceItem<'i>, Error> {
    let row = {
        let item = Item::read(&line, family)?;
        if is_idempotent(&item.call()?) {
            None
        } else {
            let sentence = "The call was begun by a run before this one, which ended without an answer to it. Whether it was done is not known: look at what it should have changed before you repeat it";
            let error = Error::new(ErrorKind::OutcomeUnknown, sentence);
            Some(BatchRow::without_answer(number, &item, None, Status::Unknown, error))
        }
    };
    Ok(match row {
        Some(row) => SourceItem::Known(number, row),
        None => SourceItem::Item(number, ItemText::Owned(line)),
    })
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// Lines with their ends. They may hold passwords, so they are wiped.
struct InputLines<'l>(Box<dyn BufRead + 'l>);

impl Iterator for InputLines<'_> {
    type Item = Result<Zeroizing<String>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Zeroizing::new(Vec::with_capacity(512));
        match (&mut self.0).take(MAX_LINE_BYTES + 1).read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) if line.len() as u64 > MAX_LINE_BYTES => Some(Err("it is longer than 1 MiB".to_owned())),
            Ok(_) => Some(match String::from_utf8(std::mem::take(&mut *line)) {
                Ok(text) => Ok(Zeroizing::new(text)),
                Err(_) => Err("it is not UTF-8".to_owned()),
            }),
            Err(cause) => Some(Err(format!("it cannot be read: {}", cause.kind()))),
        }
    }
}
