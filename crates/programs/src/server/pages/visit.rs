//! A request for a page: who asks, what the address is, and what is answered at once or prepared to run.

use std::sync::Arc;

use super::file::{self, slashed, tagged};
use super::find::{Found, find};
use super::prepare::{Visit, Visitor};
use super::trust::Distrust;
use crate::live::script::{self, HTML};
use crate::server::auth::{How, Identified, Shown, Who};
use crate::server::connection::From;
use crate::server::http::{Bad, Reply, Request};
use crate::server::settings::Settings;
use crate::server::{Daemon, Service, routes};
use liveapi_core::store::AccountName;

/// Below which part of the path pages are.
const FRONTEND: &str = "frontend";
/// The page of old themes that liveapid has by itself, where the folder has none of that name.
const OLD_PAGE: [&str; 2] = ["mail", "dopasswdpop.html"];
/// What is sent to a client.
pub(in crate::server) enum Answer {
    /// A whole answer.
    Reply(Reply),
    /// A script's, which is still to run.
    Page(Box<Visit>),
}

/// Whether an address is one of a page.
pub(in crate::server) fn is_meant(settings: &Settings, request: &Request, from: From) -> bool {
    let is_frontend = |path: Vec<String>| match &path[..] {
        [first, second, ..] if routes::is_security_token(first) => second == FRONTEND,
        [first, ..] => first == FRONTEND,
        [] => false,
    };
    settings.pages.folder.is_some()
        && from.service == Service::Cpanel
        && request.path().is_ok_and(is_frontend)
}

/// Answers a request that [`is_meant`] for a page, or prepares to. `None`: there is no such page, but the daemon has
/// one of its own.
pub(in crate::server) fn answer(daemon: &Arc<Daemon>, request: &Request, from: From) -> Option<Answer> {
    let answered = answered(daemon, request, from);
    answered.unwrap_or_else(|bad| {
        daemon.log.refused(from, &bad);
        Some(Answer::Reply(Reply::from(&bad)))
    })
}

fn answered(daemon: &Arc<Daemon>, request: &Request, from: From) -> Result<Option<Answer>, Bad> {
    let path = request.path()?;
    let mut parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let token = parts.first().copied().filter(|part| routes::is_security_token(part));
    parts.drain(..usize::from(token.is_some()));
    let asked = parts.clone();
    parts.remove(0);
    let settings = daemon.settings();
    let Some(pages) = &settings.pages.folder else { return Ok(None) };
    let (caller, account) = match visitor(daemon, request, from, token, &asked)? {
        Ok(known) => known,
        Err(reply) => return Ok(Some(Answer::Reply(reply))),
    };
    let refuse = |Distrust(why): Distrust| {
        daemon
            .log
            .say("warning", &format!("The page /{} is not served: {why}", parts.join("/").escape_debug()));
        sorry(403, "This page is not served. The server's log says why.")
    };
    let token = token.filter(|_| caller.how == How::Session);
    let found = match find(pages, &parts, request.names_folder()) {
        Ok(Found::Missing) if parts.ends_with(&OLD_PAGE) => return Ok(None),
        Ok(found) => found,
        Err(distrust) => return Ok(Some(Answer::Reply(refuse(distrust)))),
    };
    let reply = match found {
        Found::Script(script) => {
            let visitor = Visitor { request, from, caller, account, token };
            match visitor.prepare(daemon, &settings, pages, script)? {
                Ok(visit) => return Ok(Some(Answer::Page(Box::new(visit)))),
                Err(reply) => reply,
            }
        }
        Found::Tagged(path, name) => tagged(daemon, request, from, account, &path, &name)?,
        Found::File(path, kind, name) => file::file(&path, kind, &name)?,
        Found::Folder if request.method() != "POST" => slashed(request),
        Found::Folder | Found::Missing => sorry(404, "There is no page of that name."),
    };
    Ok(Some(Answer::Reply(reply)))
}

/// Who asks, if it is an account; else what is said to him. `asked`: the path without the security token.
fn visitor(
    daemon: &Daemon,
    request: &Request,
    from: From,
    security_token: Option<&str>,
    asked: &[&str],
) -> Result<Result<(Identified, AccountName), Reply>, Bad> {
    let cookie = request.cookie();
    let shown = Shown {
        service: from.service,
        peer: from.peer,
        authorization: request.field("authorization")?,
        code: request.field("x-cpanel-otp")?,
        cookie: Some(cookie.as_str()).filter(|cookie| !cookie.is_empty()),
        security_token,
    };
    let caller = match routes::identify(daemon, request, &shown, asked, from) {
        Ok(caller) => caller,
        Err(reply) => return Ok(Err(reply)),
    };
    let refuse = |why| Ok(Err(routes::refuse(daemon, from, why)));
    match &caller.who {
        Who::Account(account) => {
            let account = account.clone();
            Ok(Ok((caller, account)))
        }
        Who::Mailbox(..) => refuse("Permission denied: pages are for accounts, not for mailboxes"),
        Who::Root | Who::Reseller(_) => {
            refuse("Permission denied: pages are for accounts; log in as one of them")
        }
    }
}

/// A page with a sentence.
pub(super) fn sorry(status: u16, sentence: &str) -> Reply {
    Reply::text(status, HTML, script::page(sentence))
}
