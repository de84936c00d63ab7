//! Bytes that come piece by piece and may hold a password.

use zeroize::{Zeroize, Zeroizing};

/// Adds bytes. Growing by itself would leave a copy of a password behind that nobody wipes.
pub fn append(all: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    append_within(all, more, usize::MAX);
}

/// The same for bytes that will be `most` in the end: no more memory is taken than for that many.
pub fn append_within(all: &mut Zeroizing<Vec<u8>>, more: &[u8], most: usize) {
    let needed = all.len() + more.len();
    if needed > all.capacity() {
        let mut larger = Vec::with_capacity(needed.max((2 * all.len()).min(most)));
        larger.extend_from_slice(all);
        std::mem::replace(&mut **all, larger).zeroize();
    }
    all.extend_from_slice(more);
}
