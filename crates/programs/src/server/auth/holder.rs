//! Who may hold tokens and a second factor, as it is now.

use super::{Owner, Who};

/// An owner that is there, and what it may do.
pub(crate) struct Holder {
    pub(crate) owner: Owner,
    pub(super) who: Who,
    /// What is older than this, in seconds since 1970, belonged to another one of that name. Known of those alone
    /// that have no id, which tells it better.
    pub(super) since: u64,
    /// Whether nothing but the name is known of it.
    pub(super) by_name: bool,
}
