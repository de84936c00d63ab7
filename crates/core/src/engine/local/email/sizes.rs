//! Sizes as cPanel writes them: bytes, MB as a text, and words for people.

pub(super) const BYTES_PER_MEBIBYTE: u64 = 1024 * 1024;

/// The used part of a limit in per cent, rounded down; 0 without a limit.
pub(super) fn percent(used: u64, limit: Option<u64>) -> u64 {
    limit.map_or(0, |limit| {
        u64::try_from(u128::from(used) * 100 / u128::from(limit.max(1))).unwrap_or(u64::MAX)
    })
}

/// The same with all its decimals.
pub(super) fn exact_percent(used: u64, limit: Option<u64>) -> f64 {
    limit.map_or(0.0, |limit| used as f64 * 100.0 / limit.max(1) as f64)
}

/// Mebibytes, which cPanel calls MB, with two decimals unless they are zero.
pub(super) fn mebibytes(bytes: u64) -> String {
    decimals(bytes, BYTES_PER_MEBIBYTE)
}

/// Recorded: a no-break space before the unit, and `None` for nothing.
pub(super) fn human(bytes: u64) -> String {
    let units = [(1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"), (1, "bytes")];
    match units.into_iter().find(|(size, _)| bytes >= *size) {
        Some((size, unit)) => format!("{}\u{a0}{unit}", decimals(bytes, size)),
        None => "None".to_owned(),
    }
}

fn decimals(bytes: u64, unit: u64) -> String {
    // Rounded, as recorded: 21,542 bytes are 21.04 KB.
    let (bytes, unit) = (u128::from(bytes), u128::from(unit));
    let hundredths = (bytes * 100 + unit / 2) / unit;
    match hundredths % 100 {
        0 => (hundredths / 100).to_string(),
        rest => format!("{}.{rest:02}", hundredths / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_for_people() {
        for (bytes, text) in [
            (0, "None"),
            (1, "1\u{a0}bytes"),
            (21_542, "21.04\u{a0}KB"),
            (10_485_760, "10\u{a0}MB"),
            (1 << 42, "4\u{a0}TB"),
        ] {
            assert_eq!(human(bytes), text);
        }
        assert_eq!((mebibytes(0), mebibytes(524_288)), ("0".to_owned(), "0.50".to_owned()));
        assert_eq!((percent(95, Some(100)), percent(5, None), percent(u64::MAX, Some(1))), (95, 0, u64::MAX));
        assert_eq!((exact_percent(1, Some(8)), exact_percent(5, None)), (12.5, 0.0));
    }
}
