//! Changes of mailboxes, as a store takes them: one, or many that become one step on the disk.

use super::{Account, Address, Quota, Secret};

/// One change of one mailbox.
#[derive(Clone, Copy, Debug)]
pub struct MailboxChange<'a> {
    /// Whose mailbox it is.
    pub account: &'a Account,
    pub address: &'a Address,
    pub what: Change<'a>,
}

/// What a change does.
#[derive(Clone, Copy, Debug)]
pub enum Change<'a> {
    /// Creates the mailbox, which the secret opens at once.
    Create { secret: Secret<'a>, quota: Quota },
    /// Removes the mailbox; its mail too, unless it shall be kept.
    Delete { keep_mail: bool },
    /// Changes what opens the mailbox.
    SetPassword(Secret<'a>),
    /// Changes the limit; mail that is there already stays.
    SetQuota(Quota),
    /// Suspends the login, or takes that back; password and mail stay.
    SuspendLogin(bool),
}

/// What becomes of the changes behind one that is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnRefusal {
    /// They are made.
    GoOn,
    /// They are not begun, and have no result.
    Stop,
}
