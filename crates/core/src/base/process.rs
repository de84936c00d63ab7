//! What belongs to one process and must not be used by its forked children.
//!
//! A child inherits copies of its parent's connections. Using one would mix the answers of two processes and
//! encrypt two texts with one key and counter; even closing one would send a farewell in the parent's name. So
//! whatever a fork may not share stands in a [`PerProcess`], stamped with the process's generation: a child
//! has another generation, finds nothing of its own, makes it anew, and never drops what it inherited.
//!
//! The generation is a word in a page that the kernel empties in every child (`MADV_WIPEONFORK`). That also sees
//! children made by a bare system call, and costs one load. Making such a page is unsafe code, so it comes from
//! the C ABI's room by [`offer_page`]; programs, which never fork, and kernels before 4.14 compare process ids
//! instead. Ids alone would not do for hosts: they are used again, and a late child of a
//! daemon could take its dead grandparent's connection for its own.

use std::sync::atomic::{AtomicU64, Ordering};

use once_cell::race::{OnceBox, OnceRef};

/// Makes the page: a word that holds 0 now, and in every child right after its fork.
pub type PageMaker = fn() -> Option<&'static AtomicU64>;

static OFFERED: OnceRef<'static, PageMaker> = OnceRef::new();
static WORD: OnceBox<Option<&'static AtomicU64>> = OnceBox::new();
/// Generations so far, the ancestors' included, so that none is ever used twice along a line of forks.
static LAST: AtomicU64 = AtomicU64::new(0);
/// Tells generations that are process ids from counted ones.
const IS_ID: u64 = 1 << 63;

/// Names the maker of the page; it runs when the first generation is asked for.
pub fn offer_page(page: &'static PageMaker) {
    // Called before each call of the default client, so the common case only reads.
    if OFFERED.get().is_none() {
        let _ = OFFERED.set(page);
    }
}

/// The word that tells this process from its ancestors.
fn generation() -> u64 {
    let page = WORD.get_or_init(|| Box::new(OFFERED.get().and_then(|page| page())));
    let Some(word) = page else {
        return IS_ID | u64::from(rustix::process::getpid().as_raw_nonzero().get().unsigned_abs());
    };
    match word.load(Ordering::Acquire) {
        0 => begin(word),
        known => known,
    }
}

/// The first question in this process; of several threads that ask at once one decides.
fn begin(word: &AtomicU64) -> u64 {
    let next = LAST.fetch_add(1, Ordering::AcqRel) + 1;
    match word.compare_exchange(0, next, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => next,
        Err(decided) => decided,
    }
}

/// A value of which every process has its own.
///
/// The processes of a line of forks stand in a chain, the oldest first. The cells never block: a child that
/// was forked while another thread filled one does not wait for that thread.
pub struct PerProcess<T: Send + Sync + 'static>(OnceBox<Own<T>>);

/// The value of one process, and the next in the chain of forks.
struct Own<T: Send + Sync + 'static> {
    generation: u64,
    /// Always there until it is dropped.
    value: Option<T>,
    /// That of the child in which this memory is a copy.
    next: PerProcess<T>,
}

impl<T: Send + Sync + 'static> PerProcess<T> {
    /// A holder without a value, fit for a static.
    pub const fn new() -> Self {
        Self(OnceBox::new())
    }

    /// This process's value, made now if there is none.
    pub fn get<E>(&self, make: impl Fn() -> Result<T, E>) -> Result<&T, E> {
        self.get_from(|_| make())
    }

    /// As [`Self::get`], where the value may be made of the parent's, of which this memory holds a copy. A lock in
    /// it may be held by a thread that this process does not have; it must only be tried.
    pub fn get_from<E>(&self, make: impl Fn(Option<&T>) -> Result<T, E>) -> Result<&T, E> {
        let generation = generation();
        let mut cell = self;
        let mut parent: Option<&T> = None;
        loop {
            let own = cell.0.get_or_try_init(|| {
                Ok(Box::new(Own { generation, value: Some(make(parent)?), next: Self::new() }))
            })?;
            match &own.value {
                // Only the youngest counts: an ancestor may have had this process's id.
                Some(value) if own.generation == generation && own.next.0.get().is_none() => {
                    return Ok(value);
                }
                value => (cell, parent) = (&own.next, value.as_ref()),
            }
        }
    }
}

impl<T: Send + Sync + 'static> Default for PerProcess<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Send + Sync + 'static> Drop for Own<T> {
    fn drop(&mut self) {
        if self.generation != generation() {
            // An ancestor's. Its memory stays with this process; its connections stay with that one.
            std::mem::forget(self.value.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn one_value_is_made_and_dropped_with_its_holder() {
        let value = Arc::new(());
        let holder = PerProcess::new();
        for _ in 0..3 {
            let got: Result<&Arc<()>, ()> = holder.get(|| Ok(Arc::clone(&value)));
            assert!(Arc::ptr_eq(got.unwrap(), &value));
        }
        assert_eq!(Arc::strong_count(&value), 2);
        drop(holder);
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn a_failure_is_not_kept() {
        let holder = PerProcess::new();
        assert_eq!(holder.get(|| Err::<u8, _>("no")), Err("no"));
        assert_eq!(holder.get(|| Ok::<_, &str>(7)), Ok(&7));
    }

    #[test]
    fn an_ancestors_value_is_neither_used_nor_dropped() {
        let value = Arc::new(());
        let inherited =
            Own { generation: u64::MAX, value: Some(Arc::clone(&value)), next: PerProcess::new() };
        let holder = PerProcess(OnceBox::with_value(Box::new(inherited)));
        let own = Arc::new(());
        assert!(Arc::ptr_eq(holder.get(|| Ok::<_, ()>(Arc::clone(&own))).unwrap(), &own));
        drop(holder);
        assert_eq!((Arc::strong_count(&value), Arc::strong_count(&own)), (2, 1));
    }

    #[test]
    fn a_childs_value_may_be_made_of_its_parents() {
        let inherited = Own { generation: u64::MAX, value: Some(7), next: PerProcess::new() };
        let holder = PerProcess(OnceBox::with_value(Box::new(inherited)));
        let made = |parent: Option<&i32>| Ok::<_, ()>(parent.map_or(0, |parent| parent + 1));
        assert_eq!(holder.get_from(made), Ok(&8));
        assert_eq!(PerProcess::new().get_from(made), Ok(&0));
    }

    #[test]
    fn an_emptied_word_begins_another_generation() {
        let word = AtomicU64::new(0);
        let first = begin(&word);
        assert_eq!(begin(&word), first);
        word.store(0, Ordering::Release);
        assert!(begin(&word) > first);
    }
}
