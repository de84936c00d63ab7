//! What is being done at a server, as the subject of a sentence.

use std::fmt;

use crate::api::Call;
use crate::engine::config::Server;

/// What was sent: a call, or the login that goes before it.
#[derive(Clone, Copy)]
pub(crate) struct Step<'s> {
    pub(crate) server: &'s Server,
    pub(crate) call: &'s Call<'s>,
    pub(crate) is_login: bool,
}

impl fmt::Display for Step<'_> {
    /// “The call Email::addpop to whm://root@host:2087”.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Call { module, func, .. } = self.call;
        f.write_str(if self.is_login { "The login for the call " } else { "The call " })?;
        if !module.is_empty() {
            write!(f, "{module}::")?;
        }
        write!(f, "{func} to {}", self.server.shown())
    }
}
