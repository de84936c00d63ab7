//! What goes along with an import: who is told how far it is, and who may stop it.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

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
    /// How far it is.
    pub phase: &'a ImportPhase,
}

/// Whether an import may still be given up where it stands: until the account is entered, as a killed one is; what it
/// leaves then, the next one removes.
#[derive(Debug, Default)]
pub struct ImportPhase(AtomicU8);

impl ImportPhase {
    const WORKING: u8 = 0;
    const ENTERING: u8 = 1;
    const GIVEN_UP: u8 = 2;

    /// Gives it up, if the account is not being entered: it never will be. Whether it is given up.
    pub fn give_up(&self) -> bool {
        self.0.compare_exchange(Self::WORKING, Self::GIVEN_UP, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn enter(&self) -> bool {
        self.0.compare_exchange(Self::WORKING, Self::ENTERING, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

impl ImportWatch<'_> {
    /// Fails once the work shall stop.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) { Err(interrupted()) } else { Ok(()) }
    }

    /// From here on it is brought to an end, unless it was to stop before.
    pub(super) fn begin_entering(&self) -> Result<(), Error> {
        self.check()?;
        if self.phase.enter() { Ok(()) } else { Err(interrupted()) }
    }
}

fn interrupted() -> Error {
    Error::new(ErrorKind::Busy, "It was interrupted by a signal; start it again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_being_entered_is_not_given_up_and_what_was_given_up_is_not_entered() {
        let phase = ImportPhase::default();
        assert!(phase.enter() && !phase.give_up());
        let phase = ImportPhase::default();
        assert!(phase.give_up() && !phase.enter());
    }
}
