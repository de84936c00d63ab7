//! What pages and scripts of an account ask over a LiveAPI socket.

use std::sync::Arc;

use super::super::Daemon;
use super::super::connection::From;
use super::super::routes;
use crate::api::{Call, Error, ErrorKind, Outcome};
use crate::live::Service;
use crate::store::AccountName;
use crate::tags::{self, Form, World};

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
        tags::answer_in(self, request)
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
