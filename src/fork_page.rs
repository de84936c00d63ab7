//! The page by which a forked child knows that it is one.

use std::sync::atomic::AtomicU64;

use liveapi_core::base::process::{PageMaker, offer_page};

/// Lets the engine make the page when it first needs one. Every way to a client passes here.
pub(super) fn offer() {
    static MAKER: PageMaker = make;
    offer_page(&MAKER);
}

/// A page that the kernel empties in every child, for the rest of the process; none from a kernel that cannot.
fn make() -> Option<&'static AtomicU64> {
    const BYTES: usize = 4096;
    let (rights, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: a new mapping at a place that the kernel chooses touches no memory that is in use.
    let page = unsafe { libc::mmap(std::ptr::null_mut(), BYTES, rights, kind, -1, 0) };
    if page == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: the mapping just made, in full.
    if unsafe { libc::madvise(page, BYTES, libc::MADV_WIPEONFORK) } != 0 {
        // SAFETY: the same mapping; nobody else knows of it.
        unsafe { libc::munmap(page, BYTES) };
        return None;
    }
    // SAFETY: at the start of a page, so aligned; zero, which is a valid value; never unmapped; and written only
    // through the atomic, by this process or by the kernel before a child runs.
    Some(unsafe { &*page.cast::<AtomicU64>() })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    #[test]
    fn a_page_holds_what_is_stored() {
        let word = super::make().unwrap();
        assert_eq!(word.swap(7, Ordering::AcqRel), 0);
        assert_eq!(word.load(Ordering::Acquire), 7);
    }
}
