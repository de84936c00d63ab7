//! Answers a request with what its address asks for.

use std::time::Instant;

use super::call_request::CallRequest;
use super::login;
use super::page::ShellPage;
use super::security_token::is_security_token;
use super::target::Target;
use super::visitor::Visitor;
use super::xmlin;
use crate::server::auth::{Credentials, Denied};
use crate::server::dispatch::Dispatcher;
use crate::server::dispatch::Slot;
use crate::server::http::{HttpError, Reply, Request};
use crate::server::origin::Origin;
use crate::server::shell::file;

/// Answers a request; may take its time.
pub(crate) fn answer(dispatcher: &Dispatcher, request: &Request, origin: Origin) -> Reply {
    let answered = routed(dispatcher, request, origin, |_| true);
    finished(dispatcher, request, origin, answered).unwrap_or_else(|| Reply::from(&HttpError::defect()))
}

/// Answers a request if that is quickly done.
pub(crate) fn answer_at_once(dispatcher: &Dispatcher, request: &Request, origin: Origin) -> Option<Reply> {
    let is_quick = |slot: Option<Slot>| slot.is_some_and(|slot| dispatcher.fast_path.is_quick(slot));
    finished(dispatcher, request, origin, routed(dispatcher, request, origin, is_quick))
}

/// The reply of an answer or of what is wrong with the request, which is logged.
fn finished(
    dispatcher: &Dispatcher,
    request: &Request,
    origin: Origin,
    answered: Result<Option<Reply>, HttpError>,
) -> Option<Reply> {
    let reply = answered.unwrap_or_else(|bad| {
        dispatcher.context.log.refused(origin, &bad);
        Some(Reply::from(&bad))
    });
    // A page with a form of its own gets no window of the browser's over it.
    let bare = |reply: &Reply| reply.status() == 401 && Visitor::of(request).has_own_form();
    reply.map(|reply| if bare(&reply) { reply.without("WWW-Authenticate") } else { reply })
}

/// The answer, unless `goes_on` says of the call's slot that it is not to be made here.
fn routed(
    dispatcher: &Dispatcher,
    request: &Request,
    origin: Origin,
    goes_on: impl Fn(Option<Slot>) -> bool,
) -> Result<Option<Reply>, HttpError> {
    let path = request.path()?;
    let mut parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let security_token = parts.first().copied().filter(|part| is_security_token(part));
    if security_token.is_some() {
        parts.remove(0);
    }
    let visitor = Visitor::of(request);
    let target = Target::of(&parts, origin.service).or_else(|bad| match visitor.wants_page() {
        true => Ok(Target::Page(ShellPage::of(&parts, bad))),
        false => Err(bad),
    })?;
    let params = request.params()?;
    let cookie = request.cookie();
    let credentials = Credentials {
        service: origin.service,
        peer: origin.peer,
        authorization: request.field("authorization")?,
        code: request.field("x-cpanel-otp")?.or_else(|| params.get("tfa_token")),
        cookie: Some(cookie.as_str()).filter(|cookie| !cookie.is_empty()),
        security_token,
    };
    match target {
        Target::Call(callee) => {
            let document = xmlin::document(&params);
            let call = callee.request(&params, &document);
            called(dispatcher, call, &credentials, visitor, origin, goes_on)
        }
        Target::File(version, name) => {
            file::reply(version, name, request.says("accept-encoding").as_deref()).map(Some)
        }
        _ if !goes_on(None) => Ok(None),
        Target::Page(page) => page.answer(dispatcher, &credentials, &parts, origin).map(Some),
        Target::Login => Ok(Some(login::log_in(dispatcher, &params, visitor, origin))),
        Target::Logout => Ok(Some(login::log_out(dispatcher, &credentials, visitor, origin))),
    }
}

/// The answer to a call, whose sender must be known before he learns what is wrong with it.
fn called(
    dispatcher: &Dispatcher,
    call: Result<CallRequest<'_>, HttpError>,
    credentials: &Credentials<'_>,
    visitor: Visitor,
    origin: Origin,
    goes_on: impl Fn(Option<Slot>) -> bool,
) -> Result<Option<Reply>, HttpError> {
    let slot = call.as_ref().ok().and_then(|call| dispatcher.fast_path.slot(credentials, &call.call));
    if !goes_on(slot) {
        return Ok(None);
    }
    if visitor.is_abused(credentials) {
        return Ok(Some(login::denied(&dispatcher.context, origin, None, &Denied::foreign())));
    }
    let begun = Instant::now();
    let caller = match dispatcher.gate.identify(credentials) {
        Ok(caller) => caller,
        Err(denied) => return Ok(Some(login::denied(&dispatcher.context, origin, None, &denied))),
    };
    let reply = call?.answer(dispatcher, &caller, origin);
    if let Some(slot) = slot {
        dispatcher.fast_path.took(slot, begun.elapsed());
    }
    Ok(Some(reply))
}
