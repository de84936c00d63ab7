//! Changes of single ranges in the bytes of a file.

use std::ops::Range;

/// Replaces one range of the old bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Splice {
    /// Where, in the old bytes.
    pub range: Range<usize>,
    /// With what.
    pub insert: Vec<u8>,
}

/// The new content as pieces of the old one and of the splices; nothing is copied.
pub fn pieces<'a>(file: &'a [u8], splices: &'a [Splice]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::with_capacity(splices.len() * 2 + 1);
    let mut at = 0;
    for splice in splices {
        pieces.push(&file[at..splice.range.start]);
        pieces.push(&splice.insert);
        at = splice.range.end;
    }
    pieces.push(&file[at..]);
    pieces
}
