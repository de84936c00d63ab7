//! The lines of password files for `fuzz/`: what must hold for any bytes that a customer may have in such a file.

use super::line_draft::LineDraft;
use super::{lines, shadow};
use crate::base::files::{Splice, pieces};

const NAME: &str = "user";
const HASH: &str = "$6$salt$hash";

/// Changes, suspends and removes the mailbox `user` in a file of these bytes.
pub fn password_lines(file: &[u8]) {
    let mut draft = LineDraft::new(file, std::iter::once(NAME));
    let (line, suspended) = shadow::hashed_line(draft.line(NAME), NAME, HASH, 20_000);
    draft.set(NAME, line);
    let changed = spliced(file, &draft.finish().splices);
    assert_eq!(
        shadow::stored_hash(&changed, NAME),
        Some((HASH.as_bytes(), suspended)),
        "the new hash is not the one that is read"
    );
    assert_eq!(others(&changed), others(file), "a change touched another line");

    for suspended in [true, false] {
        let mut draft = LineDraft::new(&changed, std::iter::once(NAME));
        if let Some(line) = draft.line(NAME).and_then(|line| shadow::marked_line(line, suspended)) {
            draft.set(NAME, line);
        }
        let marked = spliced(&changed, &draft.finish().splices);
        assert_eq!(shadow::stored_hash(&marked, NAME).map(|(hash, _)| hash), Some(HASH.as_bytes()));
        assert_eq!(others(&marked), others(file), "a suspension touched another line");
    }
    let locked = spliced(&changed, &shadow::mark_account(&changed, true));
    assert_eq!(shadow::stored_hash(&locked, NAME), Some((HASH.as_bytes(), true)), "not suspended");
    assert_eq!(spliced(&locked, &shadow::mark_account(&locked, true)), locked, "suspended twice");

    let mut draft = LineDraft::new(file, std::iter::once(NAME));
    draft.remove(NAME);
    let removed = spliced(file, &draft.finish().splices);
    assert_eq!(removed, spliced(file, &lines::remove(file, NAME)), "removed in two ways");
    assert!(lines::find(&removed, NAME.as_bytes()).is_none(), "a removed mailbox is still there");
    assert_eq!(others(&removed), others(file), "a removal touched another line");
}

fn spliced(file: &[u8], splices: &[Splice]) -> Vec<u8> {
    pieces(file, splices).concat()
}

/// The lines that are not the mailbox's own, in their order.
fn others(file: &[u8]) -> Vec<&[u8]> {
    let own = |line: &&[u8]| {
        let rest = line.strip_prefix(NAME.as_bytes());
        rest.is_some_and(|rest| matches!(rest.first(), None | Some(b':' | b'\r')))
    };
    let lines = file.split(|&byte| byte == b'\n');
    lines.filter(|line| !line.is_empty() && !own(line)).collect()
}
