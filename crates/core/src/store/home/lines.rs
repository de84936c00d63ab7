//! Colon-separated line files: finding a line, and changing that line's bytes only.
//!
//! Files in the wild hold carriage returns, comments, duplicates, lines with too few fields, NUL
//! bytes and no final line feed. None of that is ours to repair: an edit is a list of splices, and
//! every byte outside them stays.

use std::ops::Range;

use memchr::memmem;

use crate::base::files::Splice;

/// A line, without its line feed, and whether more of its name follow.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FoundLine {
    pub(super) range: Range<usize>,
    pub(super) has_duplicates: bool,
}

/// The first line whose first field is `key`: the one that Dovecot and every first-match reader take.
pub(super) fn find(file: &[u8], key: &[u8]) -> Option<FoundLine> {
    let mut lines = all(file, key);
    let range = lines.next()?;
    Some(FoundLine { range, has_duplicates: lines.next().is_some() })
}

/// All lines whose first field is `key`, in order.
pub(super) fn all<'a>(file: &'a [u8], key: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut needle = Vec::with_capacity(key.len() + 1);
    needle.push(b'\n');
    needle.extend_from_slice(key);
    let finder = memmem::Finder::new(&needle).into_owned();
    let mut at = if file.starts_with(key) { Some(0) } else { None };
    let mut next = 0;
    std::iter::from_fn(move || {
        loop {
            let start = match at.take() {
                Some(start) => start,
                None => next + finder.find(file.get(next..)?)? + 1,
            };
            let end = end_of_line(file, start);
            next = end;
            let behind = start + key.len();
            match file.get(behind) {
                None | Some(b':' | b'\n') => return Some(start..end),
                // A carriage return anywhere else is part of another name.
                Some(b'\r') if behind + 1 == end => return Some(start..end),
                _ => {}
            }
        }
    })
}

/// The name and the range of every line, in order; what [`all`] finds for each name.
pub(super) fn named(file: &[u8]) -> impl Iterator<Item = (&[u8], Range<usize>)> {
    let mut start = 0;
    std::iter::from_fn(move || {
        if start >= file.len() {
            return None;
        }
        let range = start..end_of_line(file, start);
        start = range.end + 1;
        let line = &file[range.clone()];
        let name = line.strip_suffix(b"\r").unwrap_or(line);
        let end = memchr::memchr(b':', name).unwrap_or(name.len());
        Some((&name[..end], range))
    })
}

fn end_of_line(file: &[u8], start: usize) -> usize {
    memchr::memchr(b'\n', &file[start..]).map_or(file.len(), |length| start + length)
}

/// The fields of a line; a carriage return at its end is part of the line end, not of a field.
pub(super) fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.strip_suffix(b"\r").unwrap_or(line).split(|&byte| byte == b':')
}

/// Adds a line at the end; a last line without line feed gets one first.
pub(super) fn append(file: &[u8], line: &str) -> Splice {
    let open_end = file.last().is_some_and(|&byte| byte != b'\n');
    let insert = format!("{}{line}\n", if open_end { "\n" } else { "" });
    Splice { range: file.len()..file.len(), insert: insert.into_bytes() }
}

/// Replaces the first line of that key, or adds it.
pub(super) fn put(file: &[u8], key: &str, line: &str) -> Splice {
    match find(file, key.as_bytes()) {
        Some(found) => Splice { range: found.range, insert: line.as_bytes().to_vec() },
        None => append(file, line),
    }
}

/// Removes every line of that key: a duplicate left behind would come alive.
pub(super) fn remove(file: &[u8], key: &str) -> Vec<Splice> {
    all(file, key.as_bytes())
        .map(|line| {
            let end = (line.end + 1).min(file.len());
            Splice { range: line.start..end, insert: Vec::new() }
        })
        .collect()
}

/// Removes every line whose second field is `value`, as `key: value` files have it.
pub(super) fn remove_value(file: &[u8], value: &str) -> Vec<Splice> {
    let mut splices = Vec::new();
    let mut start = 0;
    for line in file.split_inclusive(|&byte| byte == b'\n') {
        let end = start + line.len();
        let field = fields(line.strip_suffix(b"\n").unwrap_or(line)).nth(1);
        if field.is_some_and(|field| field.trim_ascii() == value.as_bytes()) {
            splices.push(Splice { range: start..end, insert: Vec::new() });
        }
        start = end;
    }
    splices
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::files::pieces;

    const FILE: &[u8] = b"#admin:c\n\nadmins:1\nadmin:2:x\r\nz\0z:3\nadmin:4\nlast:5";

    fn applied(file: &[u8], splices: &[Splice]) -> Vec<u8> {
        pieces(file, splices).concat()
    }

    #[test]
    fn the_first_whole_name_is_found() {
        let line = find(FILE, b"admin").unwrap();
        assert_eq!((&FILE[line.range.clone()], line.has_duplicates), (&b"admin:2:x\r"[..], true));
        assert_eq!(fields(&FILE[line.range]).collect::<Vec<_>>(), [&b"admin"[..], b"2", b"x"]);
        assert_eq!(&FILE[find(FILE, b"last").unwrap().range], b"last:5");
        assert_eq!(&FILE[find(FILE, b"#admin").unwrap().range], b"#admin:c");
        for absent in [&b"adm"[..], b"admin:", b"x", b"dmin", b"lastt"] {
            assert_eq!(find(FILE, absent), None, "{absent:?}");
        }
        assert_eq!(find(b"admin\rzz:x2\nadmin:4\nadmin\r\n", b"admin").unwrap().range, 12..19);
        assert_eq!(find(b"admin\rzz:x2\nadmin\r", b"admin").unwrap().range, 12..18);
        assert_eq!(find(b"", b"a"), None);
        assert_eq!(find(b"a", b"a").unwrap().range, 0..1);
        assert_eq!(find(b"aa\na\n", b"a").unwrap().range, 3..4);
    }

    #[test]
    fn lines_by_their_value() {
        let file = b"a.example: bob\nb.example:  bob\r\n#bob\nbob\nc.example: bobby\nd.example: bob";
        assert_eq!(applied(file, &remove_value(file, "bob")), b"#bob\nbob\nc.example: bobby\n");
        assert!(remove_value(b"", "bob").is_empty() && remove_value(b"bob:\n", "bob").is_empty());
    }

    #[test]
    fn edits_touch_one_line() {
        assert_eq!(applied(FILE, &[append(FILE, "n:1")]), [FILE, b"\nn:1\n"].concat());
        assert_eq!(applied(b"", &[append(b"", "n:1")]), b"n:1\n");
        assert_eq!(applied(b"a:1\nb:2\n", &[put(b"a:1\nb:2\n", "a", "a:9")]), b"a:9\nb:2\n");
        assert_eq!(applied(b"b:2\n", &[put(b"b:2\n", "a", "a:9")]), b"b:2\na:9\n");
        assert_eq!(applied(FILE, &remove(FILE, "admin")), b"#admin:c\n\nadmins:1\nz\0z:3\nlast:5");
        assert_eq!(applied(b"a:1\nb:2", &remove(b"a:1\nb:2", "b")), b"a:1\n");
        assert_eq!(applied(b"a:1", &remove(b"a:1", "b")), b"a:1");
    }
}
