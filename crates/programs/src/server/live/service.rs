//! What pages and scripts of an account ask over a LiveAPI socket.

use std::sync::Arc;
use std::time::Instant;

use super::super::Daemon;
use super::super::connection::From;
use super::super::pace::Slot;
use super::super::routes;
use crate::live::Service;
use liveapi_core::api::{Args, Call, Error, ErrorKind, Outcome};
use liveapi_core::store::AccountName;
use liveapi_core::tags::{self, Form, World};

/// Answers for one account: the same calls that its session could make, for nobody else, and in the same log.
pub(in super::super) struct AccountService {
    pub(in super::super) daemon: Arc<Daemon>,
    pub(in super::super) account: AccountName,
    /// Who caused the page to run; the machine itself where nobody did.
    pub(in super::super) from: From,
    /// What the page's visitor sent, for `$FORM{'name'}`.
    pub(in super::super) form: Form,
}

impl Service for AccountService {
    fn answer(&self, request: &str) -> Vec<u8> {
        self.timed(request, self.slot(request))
    }

    fn answer_at_once(&self, request: &str) -> Option<Vec<u8>> {
        let slot = self.slot(request).filter(|slot| self.daemon.pace.is_quick(*slot))?;
        Some(self.timed(request, Some(slot)))
    }
}

impl AccountService {
    /// Where it is kept how long such a request took; nothing for one that must always be able to wait.
    fn slot(&self, request: &str) -> Option<Slot> {
        let (family, module, func) = tags::called(request).filter(|_| self.daemon.can_be_quick())?;
        let call = Call { family, module: &module, func: &func, args: Args::default() };
        self.daemon.pace.slot_of(self.account.as_str(), &call)
    }

    fn timed(&self, request: &str, slot: Option<Slot>) -> Vec<u8> {
        let begun = Instant::now();
        let answer = tags::answer_in(self, request);
        if let Some(slot) = slot {
            self.daemon.pace.took(slot, begun.elapsed());
        }
        answer
    }
}

impl World for AccountService {
    fn call(&self, call: &Call<'_>) -> Result<Outcome, Error> {
        let gate = &self.daemon.gate;
        let may =
            gate.by_socket(&self.account).and_then(|caller| Ok((gate.may(&caller, call, None)?, caller)));
        match may {
            Ok((allowed, caller)) => routes::call(&self.daemon, &caller, &allowed, self.from, call).0,
            Err(denied) => {
                self.daemon.log.denied(self.from, &denied);
                Err(Error::new(ErrorKind::Authentication, denied.why))
            }
        }
    }

    fn form(&self, name: &str) -> Option<&str> {
        self.form.get(name)
    }
}
