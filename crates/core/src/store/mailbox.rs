//! A mailbox, as lists show it, and what a change of its password found.

use super::{Address, Quota};

/// One mailbox, as lists show it.
#[derive(Clone, Debug)]
pub struct Mailbox {
    pub address: Address,
    /// Whether login is suspended (`!`, `!!` or `*LOCKED*` before the hash).
    pub login_suspended: bool,
    /// Whether mail for it is refused.
    pub incoming_suspended: bool,
    pub quota: Quota,
}

/// What a change of password found on its way; the change itself is done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Changed {
    /// Login of the mailbox is suspended and stays so.
    pub still_suspended: bool,
    /// The file names the mailbox more than once; the first line counts, and was changed.
    pub duplicates: bool,
}
