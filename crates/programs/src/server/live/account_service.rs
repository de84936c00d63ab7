//! What pages and scripts of an account ask over a LiveAPI socket.

use std::sync::Arc;
use std::time::Instant;

use crate::live::Service;
use crate::server::dispatch::Dispatcher;
use crate::server::dispatch::Slot;
use crate::server::origin::Origin;
use liveapi_core::api::{Args, Call, Error, ErrorKind, Outcome};
use liveapi_core::store::AccountName;
use liveapi_core::tags::{self, Form, World};

/// Answers for one account: the same calls that its session could make, for nobody else, and in the same log.
pub(crate) struct AccountService {
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) account: AccountName,
    /// What tells the account from a later one of its name, which this is not for.
    pub(crate) id: String,
    /// Who caused the page to run; the machine itself where nobody did.
    pub(crate) origin: Origin,
    /// What the page's visitor sent, for `$FORM{'name'}`.
    pub(crate) form: Form,
}

impl Service for AccountService {
    fn answer(&self, request: &str) -> Vec<u8> {
        self.timed(request, self.slot(request))
    }

    fn answer_at_once(&self, request: &str) -> Option<Vec<u8>> {
        let slot = self.slot(request).filter(|slot| self.dispatcher.fast_path.is_quick(*slot))?;
        Some(self.timed(request, Some(slot)))
    }
}

impl AccountService {
    /// Where it is kept how long such a request took; nothing for one that must always be able to wait.
    fn slot(&self, request: &str) -> Option<Slot> {
        let (family, module, func) = tags::called(request).filter(|_| self.dispatcher.can_be_quick())?;
        let call = Call { family, module: &module, func: &func, args: Args::default() };
        self.dispatcher.fast_path.slot_of(self.account.as_str(), &call)
    }

    fn timed(&self, request: &str, slot: Option<Slot>) -> Vec<u8> {
        let begun = Instant::now();
        let answer = tags::answer_in(self, request);
        if let Some(slot) = slot {
            self.dispatcher.fast_path.took(slot, begun.elapsed());
        }
        answer
    }
}

impl World for AccountService {
    fn call(&self, call: &Call<'_>) -> Result<Outcome, Error> {
        let gate = &self.dispatcher.gate;
        let may = gate
            .by_socket(&self.account, &self.id)
            .and_then(|caller| Ok((gate.may(&caller, call, None)?, caller)));
        match may {
            Ok((allowed, caller)) => self.dispatcher.call(&caller, &allowed, self.origin, call).0,
            Err(denied) => {
                self.dispatcher.context.log.denied(self.origin, &denied);
                Err(Error::new(ErrorKind::Authentication, denied.why))
            }
        }
    }

    fn form(&self, name: &str) -> Option<&str> {
        self.form.get(name)
    }
}
