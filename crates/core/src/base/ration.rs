//! How much a piece of work may read, where others wait for it to end.
//!
//! What is quick cannot be known from the last time: between two calls a customer may put a file of any size in the
//! place of a small one. So the work itself is rationed: it ends at the first file, folder or list of names that is
//! too much, before that is read, and whoever began it does it again where it may take its time.

use std::cell::Cell;

use super::{Error, ErrorKind};

/// What looking at one file or folder counts for at least, in bytes.
pub const LOOK: usize = 512;

thread_local! {
    /// What is left for the work of this thread; nothing where it may read what it likes.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
    static SPENT: Cell<bool> = const { Cell::new(false) };
}

/// Ends the ration also if the work panics.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        LEFT.set(None);
        SPENT.set(false);
    }
}

/// Does work that may read that many bytes; nothing if it wanted more, whatever it answered then. To be used for work
/// that changes nothing.
pub fn within<T>(bytes: usize, work: impl FnOnce() -> T) -> Option<T> {
    let _end = End;
    LEFT.set(Some(bytes));
    SPENT.set(false);
    let done = work();
    (!is_spent()).then_some(done)
}

/// Whether the work of this thread wanted more than its ration, and what it answers counts for nothing.
pub fn is_spent() -> bool {
    SPENT.get()
}

/// Takes bytes from the ration, if there is one.
pub(crate) fn take(bytes: usize) -> Result<(), Error> {
    let Some(left) = LEFT.get() else { return Ok(()) };
    match left.checked_sub(bytes) {
        Some(left) if !SPENT.get() => {
            LEFT.set(Some(left));
            Ok(())
        }
        _ => {
            SPENT.set(true);
            Err(Error::new(
                ErrorKind::Busy,
                "This is more than can be read at once; it has to be read elsewhere",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends_where_its_ration_ends() {
        assert!(take(usize::MAX).is_ok());
        assert_eq!(within(10, || (take(4).is_ok(), take(6).is_ok())), Some((true, true)));
        let mut seen = Vec::new();
        let done = within(10, || seen.extend([take(11).is_ok(), take(1).is_ok(), !is_spent()]));
        assert_eq!((done, seen), (None, vec![false, false, false]));
        assert!(!is_spent() && take(usize::MAX).is_ok());
        let panicked = std::panic::catch_unwind(|| within(1, || std::panic::resume_unwind(Box::new(()))));
        assert!(panicked.is_err() && take(usize::MAX).is_ok());
    }
}
