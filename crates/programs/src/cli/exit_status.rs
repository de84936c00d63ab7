//! The exit statuses that scripts may rely on.

/// No call was made.
pub(super) const NOT_CALLED: u8 = 1;
/// With `--strict-exit`: the answer is not a success.
pub(super) const NOT_DONE: u8 = 2;
