//! Who may have a live page, and what is said to everybody else.

use super::visitor::Visitor;
use super::{login, page};
use crate::server::auth::{Credentials, Denied, Identified, Reason};
use crate::server::dispatch::Dispatcher;
use crate::server::http::{Reply, Request};
use crate::server::origin::Origin;

/// Who asks for a live page. Or what is said to somebody who is nobody here: a browser gets the form to log in,
/// which leads to the page.
pub(crate) fn identify(
    dispatcher: &Dispatcher,
    request: &Request,
    credentials: &Credentials<'_>,
    parts: &[&str],
    origin: Origin,
) -> Result<Identified, Reply> {
    let visitor = Visitor::of(request);
    if visitor.is_abused(credentials) {
        return Err(login::denied(&dispatcher.context, origin, None, &Denied::foreign()));
    }
    dispatcher.gate.identify(credentials).map_err(|denied| {
        let is_form = visitor.wants_page() && credentials.authorization.is_none();
        if is_form && denied.reason == Reason::Login {
            return page::ask(credentials, parts, origin);
        }
        let reply = login::denied(&dispatcher.context, origin, None, &denied);
        if visitor.has_own_form() { reply.without("WWW-Authenticate") } else { reply }
    })
}

/// What is said to somebody who may not have a page.
pub(crate) fn refuse(dispatcher: &Dispatcher, origin: Origin, why: &str) -> Reply {
    login::denied(&dispatcher.context, origin, None, &Denied::permission(why))
}

/// What is said to somebody who is denied a page.
pub(crate) fn denied(dispatcher: &Dispatcher, origin: Origin, denied: &Denied) -> Reply {
    login::denied(&dispatcher.context, origin, None, denied)
}
