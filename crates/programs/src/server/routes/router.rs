//! Answers a request with what its address asks for.

use super::call_request::CallRequest;
use super::login;
use super::page::ShellPage;
use super::security_token::is_security_token;
use super::target::Target;
use super::visitor::Visitor;
use super::xmlin;
use crate::server::auth::{Credentials, Denied};
use crate::server::dispatch::{Dispatcher, at_once, is_quick, is_small};
use crate::server::http::{HttpError, Reply, Request};
use crate::server::openapi;
use crate::server::origin::Origin;
use crate::server::shell::file;

/// Answers a request; may take its time.
pub(crate) fn answer(dispatcher: &Dispatcher, request: &Request, origin: Origin) -> Reply {
    let answered = routed(dispatcher, request, origin, Lane::Any);
    finished(dispatcher, request, origin, answered).unwrap_or_else(|| Reply::from(&HttpError::defect()))
}

/// Answers a request if that is quickly done.
pub(crate) fn answer_at_once(dispatcher: &Dispatcher, request: &Request, origin: Origin) -> Option<Reply> {
    if !is_small(request.size()) {
        return None;
    }
    finished(dispatcher, request, origin, routed(dispatcher, request, origin, Lane::Quick))
}

/// Where a request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    /// Where other connections wait: only what is quick.
    Quick,
    Any,
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

/// The answer, unless it is not to be made in this lane.
fn routed(
    dispatcher: &Dispatcher,
    request: &Request,
    origin: Origin,
    lane: Lane,
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
            called(dispatcher, call, &credentials, visitor, origin, lane)
        }
        Target::File(version, name) => {
            file::reply(version, name, request.says("accept-encoding").as_deref()).map(Some)
        }
        _ if lane == Lane::Quick => Ok(None),
        Target::Description => Ok(Some(described(dispatcher, &credentials, origin))),
        Target::Page(page) => page.answer(dispatcher, &credentials, &parts, origin).map(Some),
        Target::Login => Ok(Some(login::log_in(dispatcher, &params, security_token, visitor, origin))),
        Target::Logout => Ok(Some(login::log_out(dispatcher, &credentials, visitor, origin))),
    }
}

/// The document of a port, for users who are logged in: it says what this server can do.
fn described(dispatcher: &Dispatcher, credentials: &Credentials<'_>, origin: Origin) -> Reply {
    match dispatcher.gate.identify(credentials) {
        Ok(_) => Reply::json(200, openapi::document(origin.service).to_string().into_bytes()),
        Err(denied) => login::denied(&dispatcher.context, origin, None, &denied),
    }
}

/// The answer to a call, whose sender must be known before he learns what is wrong with it.
fn called(
    dispatcher: &Dispatcher,
    call: Result<CallRequest<'_>, HttpError>,
    credentials: &Credentials<'_>,
    visitor: Visitor,
    origin: Origin,
    lane: Lane,
) -> Result<Option<Reply>, HttpError> {
    if lane == Lane::Quick && !call.as_ref().is_ok_and(|call| is_quick(credentials, &call.call)) {
        return Ok(None);
    }
    if visitor.is_abused(credentials) {
        return Ok(Some(login::denied(&dispatcher.context, origin, None, &Denied::foreign())));
    }
    let caller = match dispatcher.gate.identify(credentials) {
        Ok(caller) => caller,
        Err(denied) => return Ok(Some(login::denied(&dispatcher.context, origin, None, &denied))),
    };
    let call = call?;
    Ok(match lane {
        Lane::Quick => at_once(|| Some(call.answer(dispatcher, &caller, origin))),
        Lane::Any => Some(call.answer(dispatcher, &caller, origin)),
    })
}
