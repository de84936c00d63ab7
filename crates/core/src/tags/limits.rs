//! How much of everything a page may have, so that a hostile one ends soon.

/// Longest page that is read, in bytes.
pub const MAX_PAGE_BYTES: usize = 16 * 1024 * 1024;
/// Longest page that is written, in bytes; also the most that the variables in a page may add up to.
pub const MAX_OUTPUT_BYTES: usize = 64 * 1024 * 1024;
/// Most tags in a page.
pub const MAX_TAGS: usize = 100_000;
/// How deep conditions may stand inside each other.
pub const MAX_DEPTH: usize = 32;
/// Most arguments of a call, names of a template, parts of a condition.
pub(crate) const MAX_PARTS: usize = 200;
