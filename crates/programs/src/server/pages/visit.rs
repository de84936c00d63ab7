//! A request for a page: who asks, what the address is, and what is answered at once or prepared to run.

use super::file::{self, slashed, tagged};
use super::find::{PageTarget, find};
use super::host::PageHost;
use super::prepare::{PageRequest, Visit};
use super::sentence::sentence_page;
use super::trust::Distrust;
use crate::server::accept::handler::Response;
use crate::server::auth::{Credentials, How, Identified, Who};
use crate::server::dispatch::Dispatcher;
use crate::server::http::{HttpError, Reply, Request};
use crate::server::origin::{Origin, ServiceKind};
use crate::server::routes;
use crate::server::settings::Settings;
use liveapi_core::store::AccountName;

/// Below which part of the path pages are.
const FRONTEND: &str = "frontend";
/// The page of old themes that liveapid has by itself, where the folder has none of that name.
const OLD_PAGE: [&str; 2] = ["mail", "dopasswdpop.html"];

/// Whether an address is one of a page.
pub(crate) fn is_meant(settings: &Settings, request: &Request, origin: Origin) -> bool {
    let is_frontend = |path: Vec<String>| match &path[..] {
        [first, second, ..] if routes::is_security_token(first) => second == FRONTEND,
        [first, ..] => first == FRONTEND,
        [] => false,
    };
    settings.pages.folder.is_some()
        && origin.service == ServiceKind::Cpanel
        && request.path().is_ok_and(is_frontend)
}

/// Answers a request that [`is_meant`] for a page, or prepares to. `None`: there is no such page, but the daemon has
/// one of its own.
pub(crate) fn answer(host: &PageHost, request: &Request, origin: Origin) -> Option<Response<Visit>> {
    answered(host, request, origin).unwrap_or_else(|bad| {
        host.dispatcher.context.log.refused(origin, &bad);
        Some(Response::Whole(Reply::from(&bad)))
    })
}

fn answered(
    host: &PageHost,
    request: &Request,
    origin: Origin,
) -> Result<Option<Response<Visit>>, HttpError> {
    let path = request.path()?;
    let mut parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let token = parts.first().copied().filter(|part| routes::is_security_token(part));
    parts.drain(..usize::from(token.is_some()));
    let asked = parts.clone();
    parts.remove(0);
    let settings = host.dispatcher.context.settings();
    let Some(pages) = &settings.pages.folder else { return Ok(None) };
    let (caller, account, id) = match visitor(&host.dispatcher, request, origin, token, &asked)? {
        Ok(known) => known,
        Err(reply) => return Ok(Some(Response::Whole(reply))),
    };
    let refuse = |Distrust(why): Distrust| {
        let name = parts.join("/");
        host.say("warning", &format!("The page /{} is not served: {why}", name.escape_debug()));
        sentence_page(403, "This page is not served. The server's log says why.")
    };
    let token = token.filter(|_| caller.how == How::Session);
    let target = match find(pages, &parts, request.names_folder()) {
        Ok(PageTarget::Missing) if parts.ends_with(&OLD_PAGE) => return Ok(None),
        Ok(target) => target,
        Err(distrust) => return Ok(Some(Response::Whole(refuse(distrust)))),
    };
    let reply = match target {
        PageTarget::Script(script) => {
            let page = PageRequest { request, origin, caller, account, id, token };
            match page.prepare(host, &settings, pages, script)? {
                Ok(visit) => return Ok(Some(Response::Page(Box::new(visit)))),
                Err(reply) => reply,
            }
        }
        PageTarget::Tagged(path, name) => tagged(host, request, origin, (account, id), &path, &name)?,
        PageTarget::File(path, kind, name) => file::file(&path, kind, &name)?,
        PageTarget::Folder if request.method() != "POST" => slashed(request),
        PageTarget::Folder | PageTarget::Missing => sentence_page(404, "There is no page of that name."),
    };
    Ok(Some(Response::Whole(reply)))
}

/// Who asks, if it is an account, with the account's id; else what is said to him. `asked`: the path without the security token.
fn visitor(
    dispatcher: &Dispatcher,
    request: &Request,
    origin: Origin,
    security_token: Option<&str>,
    asked: &[&str],
) -> Result<Result<(Identified, AccountName, String), Reply>, HttpError> {
    let cookie = request.cookie();
    let credentials = Credentials {
        service: origin.service,
        peer: origin.peer,
        authorization: request.field("authorization")?,
        code: request.field("x-cpanel-otp")?,
        cookie: Some(cookie.as_str()).filter(|cookie| !cookie.is_empty()),
        security_token,
    };
    let caller = match routes::identify(dispatcher, request, &credentials, asked, origin) {
        Ok(caller) => caller,
        Err(reply) => return Ok(Err(reply)),
    };
    let refuse = |why| Ok(Err(routes::refuse(dispatcher, origin, why)));
    match &caller.who {
        Who::Account(account) => {
            let account = account.clone();
            match dispatcher.gate.account_id(&account) {
                Ok(id) => Ok(Ok((caller, account, id))),
                Err(denied) => Ok(Err(routes::denied(dispatcher, origin, &denied))),
            }
        }
        Who::Mailbox(..) => refuse("Permission denied: pages are for accounts, not for mailboxes"),
        Who::Root | Who::Reseller(_) => {
            refuse("Permission denied: pages are for accounts; log in as one of them")
        }
    }
}
