//! One change in a group, and what has come of it so far.

use crate::api::NotDone;
use crate::store::{Change, Changed, MailboxChange};

pub(super) struct Member<'c> {
    pub(super) change: &'c MailboxChange<'c>,
    /// What is to be stored, once it is computed.
    pub(super) hash: Option<String>,
    pub(super) changed: Changed,
    /// Whether its Maildir was made.
    pub(super) has_maildir: bool,
    failed: Option<NotDone>,
}

impl<'c> Member<'c> {
    pub(super) fn new(change: &'c MailboxChange<'c>) -> Self {
        Self { change, hash: None, changed: Changed::default(), has_maildir: false, failed: None }
    }

    pub(super) fn name(&self) -> &'c str {
        self.change.address.local.as_str()
    }

    /// Whether nothing was refused of it, and nothing failed.
    pub(super) fn is_alive(&self) -> bool {
        self.failed.is_none()
    }

    /// Ends it; a failure says what is as it was.
    pub(super) fn fail(&mut self, failed: NotDone) {
        let address = self.change.address;
        self.failed = Some(match self.change.what {
            Change::Create { .. } => {
                failed.unchanged(&format!("The list of mailboxes of “{}”", address.domain))
            }
            Change::SetPassword(_) => failed.unchanged(&format!("The password of “{address}”")),
            Change::SetQuota(_) => failed.unchanged(&format!("The quota of “{address}”")),
            Change::SuspendLogin(_) => failed.unchanged(&format!("The login of “{address}”")),
            // Its steps are more than one, and say themselves how far they came.
            Change::Delete { .. } => failed,
        });
    }

    pub(super) fn result(self) -> Result<Changed, NotDone> {
        self.failed.map_or(Ok(self.changed), Err)
    }
}
