//! What all bytes of an archive pass on their way.

use std::cell::Cell;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use liveapi_core::api::{Error, ErrorKind};

/// Most bytes of headers and long names before one entry.
pub(super) const MAX_HEADERS: u64 = 1024 * 1024;
/// Most bytes behind the archive's end mark; GNU tar fills up to 10 KiB, tapes more.
pub(super) const MAX_TAIL: u64 = 16 * 1024 * 1024;
/// The end mark: two blocks of zeros.
pub(super) const END_MARK: u64 = 1024;

/// Counts zeros at the end, keeps to the budget, can be stopped.
pub(super) struct Watched<'s> {
    inner: Box<dyn Read + 's>,
    zeros: u64,
    budget: Rc<Cell<u64>>,
    stop: &'s AtomicBool,
}

impl<'s> Watched<'s> {
    pub(super) fn new(inner: Box<dyn Read + 's>, budget: Rc<Cell<u64>>, stop: &'s AtomicBool) -> Self {
        Self { inner, zeros: 0, budget, stop }
    }

    /// How many zeros were read last.
    pub(super) fn zeros(&self) -> u64 {
        self.zeros
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("stopped"));
        }
        let length = self.inner.read(buffer)?;
        match self.budget.get() {
            u64::MAX => {}
            left => match left.checked_sub(length as u64) {
                Some(left) => self.budget.set(left),
                None => return Err(io::Error::other("a header or name in it is larger than 1 MiB")),
            },
        }
        match buffer[..length].iter().rposition(|byte| *byte != 0) {
            Some(last) => self.zeros = (length - last - 1) as u64,
            None => self.zeros += length as u64,
        }
        Ok(length)
    }
}

/// A fault of the archive, or that somebody stopped its reading.
pub(super) fn broken(path: &Path, cause: &io::Error, stop: &AtomicBool) -> Error {
    if stop.load(Ordering::Relaxed) {
        return Error::new(ErrorKind::Busy, "It was interrupted by a signal; start it again");
    }
    let sentence =
        format!("The archive {} is damaged or cut off: {cause}; make or copy it once more", path.display());
    Error::new(ErrorKind::StoreIo, sentence)
}
