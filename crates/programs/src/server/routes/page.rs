//! Pages: whoever is logged in gets them, and everybody else the form to log in.

use super::login;
use crate::server::auth::{Credentials, Reason};
use crate::server::dispatch::Dispatcher;
use crate::server::http::{HttpError, Reply};
use crate::server::origin::Origin;
use crate::server::shell::login::Notice;
use crate::server::shell::{self, file};

/// A page that a browser asks for.
pub(super) struct ShellPage {
    /// Whether it is the API Shell, or on other ports what they are for.
    is_home: bool,
    /// What is said where there is none. Programs that show a login of their own always get that.
    nothing: HttpError,
}

impl ShellPage {
    /// The page of a path at which nothing else is.
    pub(super) fn of(parts: &[&str], nothing: HttpError) -> Self {
        Self { is_home: matches!(parts, [] | [file::FOLDER]), nothing }
    }

    /// The page, or the form to log in.
    pub(super) fn answer(
        self,
        dispatcher: &Dispatcher,
        credentials: &Credentials<'_>,
        parts: &[&str],
        origin: Origin,
    ) -> Result<Reply, HttpError> {
        if credentials.authorization.is_some() {
            return Err(self.nothing);
        }
        match dispatcher.gate.identify(credentials) {
            Ok(who) if self.is_home => {
                let token = format!("/{}", credentials.security_token.unwrap_or_default());
                Ok(shell::home(origin.service, &who.user, &token))
            }
            Ok(_) => Err(self.nothing),
            Err(denied) if denied.reason == Reason::Login => Ok(ask(credentials, parts, origin)),
            Err(denied) => Ok(login::denied(&dispatcher.context, origin, None, &denied)),
        }
    }
}

/// The form. At the port's bare address nothing was refused yet.
pub(super) fn ask(credentials: &Credentials<'_>, parts: &[&str], origin: Origin) -> Reply {
    match credentials.security_token {
        Some(_) => {
            login::ask(401, Notice::Note("The session has ended. Log in again."), &parts.join("/"), origin)
        }
        None if parts.is_empty() => login::ask(200, Notice::Nothing, "", origin),
        None => login::ask(401, Notice::Nothing, &parts.join("/"), origin),
    }
}
