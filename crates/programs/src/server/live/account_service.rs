//! What pages and scripts of an account ask over a LiveAPI socket.

use std::sync::Arc;

use crate::live::{MemoryLimit, MemoryShare, Service, Turns};
use crate::server::dispatch::{Dispatcher, Room, at_once, is_quick_text, is_small, line_of_account};
use crate::server::origin::Origin;
use liveapi_core::api::{Call, Error, ErrorKind, Outcome};
use liveapi_core::base::ration;
use liveapi_core::store::AccountName;
use liveapi_core::tags::{self, Form, Variables, World};

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
    fn answer(&self, request: &str, variables: &Variables) -> Vec<u8> {
        tags::answer_within(self, request, variables)
    }

    fn answer_at_once(&self, request: &str) -> Option<Vec<u8>> {
        if !self.dispatcher.can_be_quick() || !is_small(request.len()) {
            return None;
        }
        let (family, module, func) = tags::called(request)?;
        let is_quick = is_quick_text(request, (family, &module, &func));
        is_quick.then(|| at_once(|| Some(tags::answer_in(self, request))))?
    }

    fn memory(&self) -> Option<(MemoryShare, MemoryLimit)> {
        let context = &self.dispatcher.context;
        let all = context.settings().socket_memory;
        let share = context.socket_memory.share(self.account.to_string());
        // A quarter of one mebibyte is one.
        Some((share, MemoryLimit::of_mebibytes(all, all.div_ceil(4))))
    }

    fn line(&self) -> Option<(Arc<Turns>, String)> {
        Some((Arc::clone(&self.dispatcher.context.turns), line_of_account(&self.account)))
    }
}

impl World for AccountService {
    fn call(&self, call: &Call<'_>) -> Result<Outcome, Error> {
        let gate = &self.dispatcher.gate;
        let may = gate
            .by_socket(&self.account, &self.id)
            .and_then(|caller| Ok((gate.may(&caller, call, None)?, caller)));
        match may {
            Ok((allowed, caller)) => {
                self.dispatcher.call(&caller, &allowed, self.origin, call, Room::Whole).0
            }
            Err(denied) => {
                if ration::is_spent() {
                    // It is asked again elsewhere.
                    return Err(Error::new(ErrorKind::Busy, denied.why));
                }
                self.dispatcher.context.log.denied(self.origin, &denied);
                Err(Error::new(ErrorKind::Authentication, denied.why))
            }
        }
    }

    fn form(&self, name: &str) -> Option<&str> {
        self.form.get(name)
    }
}
