//! Somebody whose password was right.

use super::LoginMark;
use super::caller::Who;

/// Somebody whose password and code were right.
pub(super) struct LoggedIn {
    pub(super) who: Who,
    pub(super) user: String,
    pub(super) mark: LoginMark,
}
