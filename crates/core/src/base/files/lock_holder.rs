//! Which process holds a lock, for the sentence that says that it does.

use std::fmt;
use std::os::fd::AsFd;

/// A process that holds a lock.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LockHolder {
    pid: u32,
    /// Its program's name; empty if it is not to be seen.
    name: String,
    is_stopped: bool,
}

impl LockHolder {
    /// Who holds the lock of an open file, as far as the system tells.
    pub(super) fn of(file: impl AsFd) -> Option<Self> {
        let stat = rustix::fs::fstat(file).ok()?;
        let locks = std::fs::read_to_string("/proc/locks").ok()?;
        let device = (rustix::fs::major(stat.st_dev), rustix::fs::minor(stat.st_dev));
        let pid = pid_of(&locks, device, stat.st_ino)?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let field =
            |key: &str| status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().trim();
        Some(Self {
            pid,
            name: field("Name:").chars().filter(|c| !c.is_control()).collect(),
            is_stopped: field("State:").starts_with(['T', 't']),
        })
    }
}

impl fmt::Display for LockHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.pid)?;
        if !self.name.is_empty() {
            write!(f, " ({})", self.name)?;
        }
        if self.is_stopped {
            f.write_str(", which is stopped: continue it (kill -CONT) or end it")?;
        }
        Ok(())
    }
}

/// The process of a line like `1: FLOCK  ADVISORY  WRITE 4711 08:01:131090 0 EOF`. Some file systems show another
/// device there than to programs, so a single line with the file's number is enough.
fn pid_of(locks: &str, device: (u32, u32), inode: u64) -> Option<u32> {
    let held = locks.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (&"FLOCK", pid, place) = (fields.get(1)?, fields.get(4)?, fields.get(5)?) else { return None };
        let mut place = place.split(':');
        let (major, minor) = (place.next()?, place.next()?);
        let number: u64 = place.next()?.parse().ok()?;
        let device = (u32::from_str_radix(major, 16).ok()?, u32::from_str_radix(minor, 16).ok()?);
        // 0 is a process that is not to be seen from here.
        Some((pid.parse().ok().filter(|pid| *pid > 0)?, device, number))
    });
    let same: Vec<(u32, (u32, u32), u64)> = held.filter(|(_, _, number)| *number == inode).collect();
    match same[..] {
        [(pid, _, _)] => Some(pid),
        _ => same.iter().find(|(_, of, _)| *of == device).map(|(pid, _, _)| *pid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_file_tells_the_process() {
        let locks = "1: FLOCK  ADVISORY  WRITE 17 08:01:99 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 18 08:01:99 0 EOF\n2: POSIX  ADVISORY  WRITE 19 08:01:98 0 EOF\n3: FLOCK  ADVISORY  WRITE 20 00:1f:97 0 EOF\n4: FLOCK  ADVISORY  WRITE 21 fe:00:97 0 EOF\n";
        assert_eq!(pid_of(locks, (8, 1), 99), Some(17));
        assert_eq!(pid_of(locks, (0, 0x2a), 99), Some(17), "another device, but one line only");
        assert_eq!((pid_of(locks, (0xfe, 0), 97), pid_of(locks, (0, 0x1f), 97)), (Some(21), Some(20)));
        assert_eq!(
            (pid_of(locks, (9, 9), 97), pid_of(locks, (8, 1), 98), pid_of("", (8, 1), 99)),
            (None, None, None)
        );
    }
}
