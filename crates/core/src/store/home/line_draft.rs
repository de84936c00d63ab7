//! A file of lines under many changes at once: what becomes of the lines of some names.
//!
//! The result has the very bytes that the changes made one after the other would leave: lines stay where they are,
//! new ones come at the end in the order in which they were set, and every byte of other lines stays.

use std::collections::HashMap;
use std::ops::Range;

use super::lines;
use crate::base::files::Splice;

/// For so few names each is searched by itself, which is quicker than looking at every line.
const FEW_NAMES: usize = 3;

/// A file under change.
pub(super) struct LineDraft<'f, 'n> {
    file: &'f [u8],
    names: HashMap<&'n str, NamedLines>,
    /// Lines behind the file's own; none where one was removed again.
    new: Vec<Option<NewLine<'n>>>,
}

/// What has become of the lines of a name.
#[derive(Default)]
struct NamedLines {
    /// Those in the file.
    old: Vec<Range<usize>>,
    /// The first of them, where it was changed.
    first: Option<Vec<u8>>,
    are_removed: bool,
    /// Among the new lines.
    new: Option<usize>,
}

struct NewLine<'n> {
    name: &'n str,
    line: Vec<u8>,
}

/// The changes of a file, and where the lines that were set stand in the new one.
pub(super) struct Drafted<'n> {
    pub(super) splices: Vec<Splice>,
    pub(super) places: HashMap<&'n str, Range<usize>>,
}

impl<'f, 'n> LineDraft<'f, 'n> {
    /// A draft in which the lines of these names may change.
    pub(super) fn new(file: &'f [u8], names: impl Iterator<Item = &'n str>) -> Self {
        let mut names: HashMap<&str, NamedLines> = names.map(|name| (name, NamedLines::default())).collect();
        if names.len() <= FEW_NAMES {
            for (name, lines) in &mut names {
                lines.old = lines::all(file, name.as_bytes()).collect();
            }
        } else {
            for (name, range) in lines::named(file) {
                if let Some(lines) = std::str::from_utf8(name).ok().and_then(|name| names.get_mut(name)) {
                    lines.old.push(range);
                }
            }
        }
        Self { file, names, new: Vec::new() }
    }

    /// The first line of a name as it is by now: the one that every first-match reader takes.
    pub(super) fn line(&self, name: &str) -> Option<&[u8]> {
        let lines = self.names.get(name)?;
        if let (Some(old), false) = (lines.old.first(), lines.are_removed) {
            return Some(lines.first.as_deref().unwrap_or(&self.file[old.clone()]));
        }
        lines.new.and_then(|at| self.new[at].as_ref()).map(|new| new.line.as_slice())
    }

    /// Whether more lines of the name follow the first one.
    pub(super) fn has_duplicates(&self, name: &str) -> bool {
        self.names.get(name).is_some_and(|lines| lines.old.len() > 1 && !lines.are_removed)
    }

    /// Replaces the first line of a name, or adds it.
    pub(super) fn set(&mut self, name: &'n str, line: Vec<u8>) {
        let lines = self.names.entry(name).or_default();
        if !lines.old.is_empty() && !lines.are_removed {
            lines.first = Some(line);
            return;
        }
        let line = Some(NewLine { name, line });
        match lines.new {
            Some(at) => self.new[at] = line,
            None => {
                lines.new = Some(self.new.len());
                self.new.push(line);
            }
        }
    }

    /// Removes every line of a name: a duplicate left behind would come alive.
    pub(super) fn remove(&mut self, name: &'n str) {
        let lines = self.names.entry(name).or_default();
        lines.are_removed = !lines.old.is_empty();
        if let Some(at) = lines.new.take() {
            self.new[at] = None;
        }
    }

    /// What the file becomes. No splice where nothing was set and nothing removed.
    pub(super) fn finish(self) -> Drafted<'n> {
        let mut changed: Vec<(Range<usize>, Vec<u8>, Option<&'n str>)> = Vec::new();
        for (name, lines) in self.names {
            if lines.are_removed {
                let whole = |line: &Range<usize>| line.start..(line.end + 1).min(self.file.len());
                changed.extend(lines.old.iter().map(|line| (whole(line), Vec::new(), None)));
            } else if let (Some(line), Some(old)) = (lines.first, lines.old.first()) {
                changed.push((old.clone(), line, Some(name)));
            }
        }
        changed.sort_unstable_by_key(|(range, ..)| range.start);
        let (mut splices, mut places) = (Vec::with_capacity(changed.len() + 1), HashMap::new());
        // How long the new file is, as far as it is known, up to `seen` in the old one.
        let (mut length, mut seen) = (0, 0);
        for (range, insert, name) in changed {
            length += range.start - seen;
            if let Some(name) = name {
                places.insert(name, length..length + insert.len());
            }
            (length, seen) = (length + insert.len(), range.end);
            splices.push(Splice { range, insert });
        }
        if !self.new.is_empty() {
            length += self.file.len() - seen;
            let is_open = ends_open(self.file, &splices);
            let mut insert = if is_open { b"\n".to_vec() } else { Vec::new() };
            for new in self.new.into_iter().flatten() {
                let start = length + insert.len();
                places.insert(new.name, start..start + new.line.len());
                insert.extend_from_slice(&new.line);
                insert.push(b'\n');
            }
            if !insert.is_empty() {
                splices.push(Splice { range: self.file.len()..self.file.len(), insert });
            }
        }
        Drafted { splices, places }
    }
}

/// Whether the last line of the file, with these changes, lacks its line feed.
fn ends_open(file: &[u8], splices: &[Splice]) -> bool {
    match splices.last() {
        // A removed last line takes its line feed along, or has none and leaves that of the line before.
        Some(last) if last.range.end == file.len() => last.insert.last().is_some_and(|&byte| byte != b'\n'),
        _ => file.last().is_some_and(|&byte| byte != b'\n'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::files::pieces;

    const FILES: [&str; 9] = [
        "",
        "a:1",
        "a:1\n",
        "#a:c\n\na:1\r\nb:2\nz\0z:3\na:4\nlast:5",
        "b\nb\r\nb:2:3\n",
        "c:1\nb:2",
        "a\rz:1\na:2\n",
        "\n\n\nb:2\n\n",
        "a:1\na:2\na:3",
    ];
    const NAMES: [&str; 5] = ["a", "b", "c", "d", "last"];

    /// The same changes, each of them on the file that the one before it left.
    fn one_by_one(file: &str, changes: &[(usize, Option<usize>)]) -> Vec<u8> {
        let mut file = file.as_bytes().to_vec();
        for &(name, value) in changes {
            let name = NAMES[name];
            let splices = match value {
                Some(value) => vec![lines::put(&file, name, &format!("{name}:{}", "x".repeat(value)))],
                None => lines::remove(&file, name),
            };
            file = pieces(&file, &splices).concat();
        }
        file
    }

    fn at_once(file: &str, changes: &[(usize, Option<usize>)]) -> Vec<u8> {
        let mut draft = LineDraft::new(file.as_bytes(), changes.iter().map(|(name, _)| NAMES[*name]));
        for &(name, value) in changes {
            let name = NAMES[name];
            match value {
                Some(value) => draft.set(name, format!("{name}:{}", "x".repeat(value)).into_bytes()),
                None => draft.remove(name),
            }
        }
        let Drafted { splices, places } = draft.finish();
        let new = pieces(file.as_bytes(), &splices).concat();
        for (name, place) in places {
            let line = lines::find(&new, name.as_bytes()).map(|found| found.range);
            assert_eq!(line, Some(place), "{name} in {:?}", String::from_utf8_lossy(&new));
        }
        new
    }

    #[test]
    fn many_changes_at_once_leave_the_bytes_of_the_same_one_by_one() {
        let mut number = 1_u64;
        let mut below = |most: u64| {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((number >> 33) % most).unwrap()
        };
        for _ in 0..20_000 {
            let file = FILES[below(FILES.len() as u64)];
            let changes: Vec<_> =
                (0..=below(7)).map(|_| (below(5), (below(3) > 0).then_some(below(4)))).collect();
            assert_eq!(
                String::from_utf8_lossy(&at_once(file, &changes)),
                String::from_utf8_lossy(&one_by_one(file, &changes)),
                "{file:?} {changes:?}"
            );
        }
    }

    #[test]
    fn what_changes_nothing_writes_nothing() {
        for file in FILES {
            let mut draft = LineDraft::new(file.as_bytes(), NAMES.into_iter());
            draft.remove("d");
            assert!(draft.finish().splices.is_empty(), "{file:?}");
        }
    }
}
