//! What tells one state of a file from another.

use rustix::fs::Stat;

use crate::base::clock;

const SECOND: i128 = 1_000_000_000;

/// The state of a file: which one it is, how long, and when it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp([i128; 5]);

impl Stamp {
    /// The state by what the kernel says of the file.
    pub fn of(stat: &Stat) -> Self {
        let nanoseconds = |seconds: i64, rest: u64| i128::from(seconds) * SECOND + i128::from(rest);
        Self([
            i128::from(stat.st_dev),
            i128::from(stat.st_ino),
            i128::from(stat.st_size),
            nanoseconds(stat.st_mtime, stat.st_mtime_nsec),
            nanoseconds(stat.st_ctime, stat.st_ctime_nsec),
        ])
    }

    /// Whether the next change will show. Times of files advance in steps of some milliseconds and numbers of
    /// files are used again, so of two changes within one step the second may look like the first.
    pub fn is_settled(&self) -> bool {
        i128::try_from(clock::now().as_nanos()).is_ok_and(|now| self.0[4] + SECOND < now)
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
