//! What tells one state of a file from another.

use std::time::Duration;

use rustix::fs::Stat;

use crate::base::clock;

const SECOND: i64 = 1_000_000_000;

/// The state of a file: which one it is, how long, and when it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    device: u64,
    number: u64,
    size: i64,
    /// In nanoseconds since 1970, as all times here.
    modified: i64,
    changed: i64,
}

impl Stamp {
    /// The state by what the kernel says of the file.
    pub fn of(stat: &Stat) -> Self {
        // Owners may set absurd times of modification; those of changes are the kernel's.
        let nanoseconds =
            |seconds: i64, rest: u64| seconds.saturating_mul(SECOND).saturating_add_unsigned(rest);
        Self {
            device: stat.st_dev,
            number: stat.st_ino,
            size: stat.st_size,
            modified: nanoseconds(stat.st_mtime, stat.st_mtime_nsec),
            changed: nanoseconds(stat.st_ctime, stat.st_ctime_nsec),
        }
    }

    /// Whether the next change will show. Times of files advance in steps of some milliseconds and numbers of
    /// files are used again, so of two changes within one step the second may look like the first.
    pub fn is_settled(&self) -> bool {
        self.was_settled(clock::now())
    }

    /// The same at that time since 1970: whether a change since then shows.
    pub fn was_settled(&self, then: Duration) -> bool {
        i64::try_from(then.as_nanos()).is_ok_and(|then| self.changed.saturating_add(SECOND) < then)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::scratch;

    #[test]
    fn a_file_settles_a_second_after_its_last_change() {
        let path = scratch("stamp").join("f");
        std::fs::write(&path, "1").unwrap();
        let stamp = || Stamp::of(&rustix::fs::stat(&path).unwrap());
        let first = stamp();
        assert!(!first.is_settled());
        std::thread::sleep(std::time::Duration::from_millis(1100));
        assert!(stamp().is_settled());
        std::fs::write(&path, "2").unwrap();
        assert!(stamp() != first && !stamp().is_settled());
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
}
