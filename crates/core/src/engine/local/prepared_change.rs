//! A call that changes one mailbox, read up to the change: so many of them can be made in one step.

use crate::api::{Done, NotDone, Params};
use crate::engine::local::context::Context;
use crate::store::{Account, Address, Change, Changed, MailboxChange};

/// Reads such a call: refuses what can be refused without the mailbox.
pub(super) type Prepare = for<'p> fn(&Context<'_>, &Params<'p>) -> Result<PreparedChange<'p>, NotDone>;

/// What a call answers once its change is made.
type MakeAnswer<'p> = dyn FnOnce(&Address, Changed) -> Done + 'p;

/// A change that a call asks for, and what it answers once that is made.
pub(super) struct PreparedChange<'p> {
    account: Account,
    address: Address,
    what: Change<'p>,
    answer: Box<MakeAnswer<'p>>,
}

impl<'p> PreparedChange<'p> {
    pub(super) fn new(
        account: Account,
        address: Address,
        what: Change<'p>,
        answer: impl FnOnce(&Address, Changed) -> Done + 'p,
    ) -> Self {
        Self { account, address, what, answer: Box::new(answer) }
    }

    /// The change, for the store.
    pub(super) fn change(&self) -> MailboxChange<'_> {
        MailboxChange { account: &self.account, address: &self.address, what: self.what }
    }

    /// What the call answers.
    pub(super) fn answer(self, result: Result<Changed, NotDone>) -> Result<Done, NotDone> {
        result.map(|changed| (self.answer)(&self.address, changed))
    }

    /// Makes the change by itself.
    pub(super) fn make(self, context: &Context<'_>) -> Result<Done, NotDone> {
        let result = context.store.change_mailbox(self.change());
        self.answer(result)
    }
}
