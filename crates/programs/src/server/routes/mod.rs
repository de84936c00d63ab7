//! From an address to what it asks for.

mod asked;
mod cpanel;
mod legacy;
mod login;
mod page;
mod shape;
mod visitor;
mod whm;
mod xmlin;

use std::time::Instant;

use asked::{Asked, Form};
use page::Page;
use visitor::Visitor;

pub(super) use asked::call;

use super::auth::{Denied, Identified, Reason, Shown};
use super::connection::From;
use super::http::{Bad, Reply, Request};
use super::pace::Slot;
use super::shell::file;
use super::{Daemon, Service};

/// Digits of a security token.
const TOKEN_DIGITS: usize = 10;

/// What an address means.
enum Target<'p> {
    Login,
    Logout,
    /// Functions of cPanel, under the names that their parameters give.
    Cpanel(Form),
    /// A function of WHM.
    Whm(&'p str, Form),
    /// A function of UAPI.
    Execute(&'p str, &'p str),
    /// The page that old scripts call.
    ChangePassword,
    /// A file of the pages: its version and name.
    File(&'p str, &'p str),
    /// A page for a browser.
    Page(Page),
}

/// Answers a request.
pub(super) fn answer(daemon: &Daemon, request: &Request, from: From) -> Reply {
    let answered = told(daemon, request, from, routed(daemon, request, from, |_| true));
    answered.unwrap_or_else(|| Reply::from(&Bad::defect()))
}

/// Answers a request if that is quickly done.
pub(super) fn answer_at_once(daemon: &Daemon, request: &Request, from: From) -> Option<Reply> {
    let is_quick = |slot: Option<Slot>| slot.is_some_and(|slot| daemon.pace.is_quick(slot));
    told(daemon, request, from, routed(daemon, request, from, is_quick))
}

fn told(
    daemon: &Daemon,
    request: &Request,
    from: From,
    answered: Result<Option<Reply>, Bad>,
) -> Option<Reply> {
    let reply = answered.unwrap_or_else(|bad| {
        daemon.log.refused(from, &bad);
        Some(Reply::from(&bad))
    });
    // A page with a form of its own gets no window of the browser's over it.
    let bare = |reply: &Reply| reply.status() == 401 && Visitor::of(request).has_own_form();
    reply.map(|reply| if bare(&reply) { reply.without("WWW-Authenticate") } else { reply })
}

/// The answer, unless `goes_on` says of the call's pace that it is not to be made here.
fn routed(
    daemon: &Daemon,
    request: &Request,
    from: From,
    goes_on: impl Fn(Option<Slot>) -> bool,
) -> Result<Option<Reply>, Bad> {
    let path = request.path()?;
    let mut parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let security_token = parts.first().copied().filter(|part| is_security_token(part));
    if security_token.is_some() {
        parts.remove(0);
    }
    let visitor = Visitor::of(request);
    let target = target(&parts, from.service).or_else(|bad| match visitor.wants_page() {
        true => Ok(Target::Page(Page::of(&parts, bad))),
        false => Err(bad),
    })?;
    let params = request.params()?;
    let cookie = request.cookie();
    let shown = Shown {
        service: from.service,
        peer: from.peer,
        authorization: request.field("authorization")?,
        code: request.field("x-cpanel-otp")?.or_else(|| params.get("tfa_token")),
        cookie: Some(cookie.as_str()).filter(|cookie| !cookie.is_empty()),
        security_token,
    };
    let document = xmlin::document(&params);
    let asked = match target {
        Target::Cpanel(form) => match &document {
            Ok(Some(document)) => xmlin::asked(document, cpanel::user(&params), form),
            Ok(None) => cpanel::by_parameters(&params, form),
            Err(bad) => Err(bad.clone()),
        },
        Target::Execute(module, func) => Ok(cpanel::execute(&params, module, func)),
        Target::Whm(func, form) => whm::function(&params, func, form),
        Target::ChangePassword => Ok(legacy::change_password(&params)),
        Target::File(version, name) => {
            return file::reply(version, name, request.says("accept-encoding").as_deref()).map(Some);
        }
        _ if !goes_on(None) => return Ok(None),
        Target::Page(page) => return page.answer(daemon, &shown, &parts, from).map(Some),
        Target::Login => return Ok(Some(login::log_in(daemon, &params, visitor, from))),
        Target::Logout => return Ok(Some(login::log_out(daemon, &shown, visitor, from))),
    };
    let slot = asked.as_ref().ok().and_then(|asked| daemon.pace.slot(&shown, &asked.call));
    if !goes_on(slot) {
        return Ok(None);
    }
    if visitor.is_abused(&shown) {
        return Ok(Some(login::denied(daemon, from, None, &Denied::foreign())));
    }
    let begun = Instant::now();
    let caller = match daemon.gate.identify(&shown) {
        Ok(caller) => caller,
        Err(denied) => return Ok(Some(login::denied(daemon, from, None, &denied))),
    };
    let reply = asked?.answer(daemon, &caller, from);
    if let Some(slot) = slot {
        daemon.pace.took(slot, begun.elapsed());
    }
    Ok(Some(reply))
}

/// Who asks for a live page. Or what is said to somebody who is nobody here: a browser gets the form to log in,
/// which leads to the page.
pub(super) fn identify(
    daemon: &Daemon,
    request: &Request,
    shown: &Shown<'_>,
    parts: &[&str],
    from: From,
) -> Result<Identified, Reply> {
    let visitor = Visitor::of(request);
    if visitor.is_abused(shown) {
        return Err(login::denied(daemon, from, None, &Denied::foreign()));
    }
    daemon.gate.identify(shown).map_err(|denied| {
        let is_form = visitor.wants_page() && shown.authorization.is_none();
        if is_form && denied.reason == Reason::Login {
            return page::ask(shown, parts, from);
        }
        let reply = login::denied(daemon, from, None, &denied);
        if visitor.has_own_form() { reply.without("WWW-Authenticate") } else { reply }
    })
}

/// What is said to somebody who may not have a page.
pub(super) fn refuse(daemon: &Daemon, from: From, why: &str) -> Reply {
    login::denied(daemon, from, None, &Denied::permission(why))
}

/// Whether the first part of a path is a session's security token.
pub(super) fn is_security_token(part: &str) -> bool {
    let digits = part.strip_prefix("cpsess").unwrap_or_default();
    digits.len() == TOKEN_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn target<'p>(parts: &[&'p str], service: Service) -> Result<Target<'p>, Bad> {
    Ok(match parts {
        ["login", ..] => Target::Login,
        [file::FOLDER, version, name] => Target::File(version, name),
        ["logout", ..] => Target::Logout,
        ["json-api", "cpanel"] => Target::Cpanel(Form::Json),
        ["xml-api", "cpanel"] => Target::Cpanel(Form::Xml),
        ["json-api" | "xml-api", function] if service != Service::Whm => {
            return Err(Bad::nothing_there(format!(
                "The function “{}” of WHM is not on this port; WHM's are 2087 and 2086",
                function.escape_debug()
            )));
        }
        ["json-api", function] => Target::Whm(function, Form::Json),
        ["xml-api", function] => Target::Whm(function, Form::Xml),
        ["execute", module, function] => Target::Execute(module, function),
        ["frontend", _, "mail", "dopasswdpop.html"] => Target::ChangePassword,
        _ => {
            return Err(Bad::nothing_there(
                "Nothing is at this address. There are /json-api/cpanel, /json-api/FUNCTION (WHM), /execute/MODULE/FUNCTION (UAPI), /xml-api/…, /login and /logout",
            ));
        }
    })
}
