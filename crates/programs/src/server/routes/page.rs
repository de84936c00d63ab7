//! Pages: whoever is logged in gets them, and everybody else the form to log in.

use super::super::Daemon;
use super::super::auth::{Reason, Shown};
use super::super::connection::From;
use super::super::http::{Bad, Reply};
use super::super::shell::login::Said;
use super::super::shell::{self, file};
use super::login;

/// A page that a browser asks for.
pub(super) struct Page {
    /// Whether it is the API Shell, or on other ports what they are for.
    is_home: bool,
    /// What is said where there is none. Programs that show a login of their own always get that.
    nothing: Bad,
}

impl Page {
    /// The page of a path at which nothing else is.
    pub(super) fn of(parts: &[&str], nothing: Bad) -> Self {
        Self { is_home: matches!(parts, [] | [file::FOLDER]), nothing }
    }

    /// The page, or the form to log in.
    pub(super) fn answer(
        self,
        daemon: &Daemon,
        shown: &Shown<'_>,
        parts: &[&str],
        from: From,
    ) -> Result<Reply, Bad> {
        if shown.authorization.is_some() {
            return Err(self.nothing);
        }
        match daemon.gate.identify(shown) {
            Ok(who) if self.is_home => {
                let token = format!("/{}", shown.security_token.unwrap_or_default());
                Ok(shell::home(from.service, &who.user, &token))
            }
            Ok(_) => Err(self.nothing),
            Err(denied) if denied.reason == Reason::Login => Ok(ask(shown, parts, from)),
            Err(denied) => Ok(login::denied(daemon, from, None, &denied)),
        }
    }
}

/// The form. At the port's bare address nothing was refused yet.
pub(super) fn ask(shown: &Shown<'_>, parts: &[&str], from: From) -> Reply {
    match shown.security_token {
        Some(_) => {
            login::ask(401, Said::Note("The session has ended. Log in again."), &parts.join("/"), from)
        }
        None if parts.is_empty() => login::ask(200, Said::Nothing, "", from),
        None => login::ask(401, Said::Nothing, &parts.join("/"), from),
    }
}
