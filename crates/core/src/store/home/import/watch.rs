//! What goes along with an import: who is told how far it is, and who may stop it.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::api::{Error, ErrorKind};

/// Who is told how far it is.
pub trait ImportProgress {
    /// A part of the work begins; `total` bytes, or 0 if that is not known.
    fn begin(&mut self, what: &'static str, total: u64);
    /// So many more bytes are done.
    fn advance(&mut self, bytes: u64);
    /// All is done, well or not.
    fn end(&mut self);
}

/// What goes along with the work: who is told, and who may stop it.
pub struct ImportWatch<'a> {
    pub progress: &'a mut dyn ImportProgress,
    /// Set when the work shall stop; looked at between files and within large ones.
    pub stop: &'a AtomicBool,
}

impl ImportWatch<'_> {
    /// Fails once the work shall stop.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Busy, "It was interrupted by a signal; start it again"));
        }
        Ok(())
    }
}
