//! What was read from files, kept for calls to come within a stated memory.
//!
//! Nobody ever waits for the lock: whoever finds it taken reads the files, so a child that was forked while another
//! thread held it goes on. Whether what is kept may still be believed is for those to say who keep it.

use std::collections::BTreeMap;
use std::sync::Mutex;

/// Things by the paths they were read from; what is too much pushes all else out.
pub(super) struct BoundedCache<T> {
    most: usize,
    /// Most bytes of one thing.
    most_of_one: usize,
    entries: BTreeMap<Vec<u8>, Entry<T>>,
    bytes: usize,
}

/// A thing as it was read.
struct Entry<T> {
    /// For whom its files were found good: with other rights they may not be.
    user: u32,
    bytes: usize,
    thing: T,
}

impl<T: Clone> BoundedCache<T> {
    /// One of at most so many bytes, of which one thing takes at most so many.
    pub(super) const fn new(most: usize, most_of_one: usize) -> Mutex<Self> {
        Mutex::new(Self { most, most_of_one, entries: BTreeMap::new(), bytes: 0 })
    }

    /// What is kept of that path for that user.
    pub(super) fn find(cache: &Mutex<Self>, path: &[u8], user: u32) -> Option<T> {
        let cache = cache.try_lock().ok()?;
        let entry = cache.entries.get(path).filter(|entry| entry.user == user)?;
        Some(entry.thing.clone())
    }

    /// Keeps what takes so many bytes beside its path.
    pub(super) fn keep(cache: &Mutex<Self>, path: &[u8], user: u32, thing: T, size: usize) {
        let Ok(mut cache) = cache.try_lock() else { return };
        let bytes = path.len() + size_of::<Entry<T>>() + size;
        cache.forget(path);
        if bytes > cache.most_of_one {
            return;
        }
        if cache.bytes + bytes > cache.most {
            (cache.entries, cache.bytes) = (BTreeMap::new(), 0);
        }
        cache.bytes += bytes;
        cache.entries.insert(path.to_vec(), Entry { user, bytes, thing });
    }

    fn forget(&mut self, path: &[u8]) {
        if let Some(old) = self.entries.remove(path) {
            self.bytes -= old.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_memory_is_bounded_and_one_thing_pushes_out_nothing() {
        let cache = BoundedCache::new(10_000, 2_500);
        let keep = |name: &str, size| BoundedCache::keep(&cache, name.as_bytes(), 1, size, size);
        let find = |name: &str| BoundedCache::find(&cache, name.as_bytes(), 1);
        keep("a", 1000);
        keep("a", 1100);
        assert_eq!((find("a"), BoundedCache::find(&cache, b"a", 2)), (Some(1100), None));
        keep("large", 2500);
        assert_eq!((find("large"), find("a")), (None, Some(1100)), "too large for all");
        keep("a", 2500);
        assert_eq!((find("a"), cache.lock().unwrap().bytes), (None, 0), "what was there is no longer true");
        for number in 0..1000 {
            keep(&number.to_string(), 1000);
            let cache = cache.lock().unwrap();
            let bytes: usize = cache.entries.values().map(|entry| entry.bytes).sum();
            assert!(cache.bytes == bytes && bytes <= 10_000, "{number}");
        }
        assert_eq!(find("999"), Some(1000));
        let held = cache.lock().unwrap();
        BoundedCache::keep(&cache, b"b", 1, 1, 1);
        assert_eq!(BoundedCache::find(&cache, b"999", 1), None, "nobody waits");
        drop(held);
        assert_eq!((find("999"), find("b")), (Some(1000), None));
    }
}
