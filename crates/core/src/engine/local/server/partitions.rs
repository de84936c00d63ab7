//! How full file systems are.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::api::{Error, ErrorKind, Field, Row};

/// What the kernel has mounted for this process.
const MOUNTS: &str = "/proc/self/mounts";

/// A row for each file system on a device, and for the one at `/`.
pub(super) fn rows() -> Result<Vec<Row>, Error> {
    let mounts = std::fs::read_to_string(MOUNTS).map_err(|cause| {
        Error::new(ErrorKind::StoreIo, format!("Reading {MOUNTS} failed: {cause}; is /proc mounted?"))
    })?;
    let mut seen = HashSet::new();
    Ok(mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            let (device, place) = (words.next()?, PathBuf::from(unescaped(words.next()?)));
            let is_meant = device.starts_with('/') || place.as_os_str() == "/";
            // A device that is mounted in several places, and a file in a container that is a mount, count once.
            (is_meant && place.is_dir() && seen.insert(device.to_owned())).then(|| row(device, &place))?
        })
        .collect())
}

fn row(device: &str, place: &PathBuf) -> Option<Row> {
    // One that does not answer is left out: nobody knows how full it is.
    let stat = rustix::fs::statvfs(place).ok()?;
    let kibibytes = |blocks: u64| u64::try_from(u128::from(blocks) * u128::from(stat.f_frsize) / 1024).ok();
    let (total, free) = (kibibytes(stat.f_blocks)?, kibibytes(stat.f_bfree)?);
    let (used, available) = (total.saturating_sub(free), kibibytes(stat.f_bavail)?);
    let inodes_used = stat.f_files.saturating_sub(stat.f_ffree);
    let number = |number: u64| Field::Int(number.cast_signed());
    Some(Row(vec![
        ("disk", Field::Text(device.rsplit('/').next().unwrap_or(device).to_owned())),
        ("device", Field::Text(device.to_owned())),
        ("filesystem", Field::Text(device.to_owned())),
        ("mount", Field::Text(place.to_string_lossy().into_owned())),
        ("total", number(total)),
        ("used", number(used)),
        ("available", number(available)),
        ("percentage", number(share(used, used + available))),
        ("inodes_total", number(stat.f_files)),
        ("inodes_used", number(inodes_used)),
        ("inodes_available", number(stat.f_ffree)),
        ("inodes_ipercentage", number(share(inodes_used, stat.f_files))),
    ]))
}

/// Of a hundred, rounded up, as `df` has it.
fn share(part: u64, whole: u64) -> u64 {
    if whole == 0 {
        0
    } else {
        u64::try_from((u128::from(part) * 100).div_ceil(u128::from(whole))).unwrap_or(100)
    }
}

/// A path as the kernel writes it: blanks and the like as three octal digits behind a backslash.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let octal = part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match octal.filter(u8::is_ascii) {
            Some(byte) => out.extend([char::from(byte)].into_iter().chain(part[3..].chars())),
            None => out.extend(['\\'].into_iter().chain(part.chars())),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_there_and_paths_are_read() {
        let rows = rows().unwrap();
        let root =
            rows.iter().find(|row| matches!(row.get("mount"), Some(Field::Text(place)) if place == "/"));
        let number = |name| match root.unwrap().get(name) {
            Some(Field::Int(number)) => *number,
            other => panic!("{name}: {other:?}"),
        };
        assert!(number("total") > 0 && number("used") > 0 && (1..=100).contains(&number("percentage")));
        assert_eq!(unescaped("/a\\040b\\134c\\x"), "/a b\\c\\x");
        assert_eq!((share(0, 0), share(1, 1000), share(3, 3)), (0, 1, 100));
    }
}
