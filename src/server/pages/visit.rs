//! A request for a page: who asks, and what is answered at once or prepared to run.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::environment;
use super::find::{Found, Script, find};
use super::places::Place;
use super::trust::Distrust;
use crate::api::Error;
use crate::live::script::{self, HTML, Ids, Launch, PATH, Variables, Way};
use crate::server::auth::{How, Identified, Shown, Who};
use crate::server::connection::From;
use crate::server::http::{Bad, Reply, Request};
use crate::server::live::AccountService;
use crate::server::settings::Settings;
use crate::server::{Daemon, Service, routes};
use crate::store::{Account, AccountName, MailStore};
use crate::tags::{Form, render};

/// Below which part of the path pages are.
const FRONTEND: &str = "frontend";
/// The page of old themes that liveapid has by itself, where the folder has none of that name.
const OLD_PAGE: [&str; 2] = ["mail", "dopasswdpop.html"];
/// The largest file that is served beside pages, in bytes.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// What is sent to a client.
pub(in crate::server) enum Answer {
    /// A whole answer.
    Reply(Reply),
    /// A script's, which is still to run.
    Page(Box<Visit>),
}

/// A script that is ready to run for a visitor.
pub(in crate::server) struct Visit {
    pub(super) launch: Launch,
    pub(super) caller: Identified,
    pub(super) account: AccountName,
    /// Its path below the folder of pages.
    pub(super) name: String,
    pub(super) body: Zeroizing<Vec<u8>>,
    pub(super) form: Form,
    /// The session's security token, as paths begin with it.
    pub(super) token: Option<String>,
    pub(super) old: bool,
    pub(super) head_only: bool,
    /// Given back when the page has ended.
    pub(super) _place: Place,
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
        Found::Tagged(file, name) => tagged(daemon, request, from, account, &file, &name)?,
        Found::File(file, kind, name) => static_file(&file, kind, &name)?,
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

/// A visitor of a script.
struct Visitor<'r> {
    request: &'r Request,
    from: From,
    caller: Identified,
    account: AccountName,
    token: Option<&'r str>,
}

impl Visitor<'_> {
    /// Makes a script ready to run; or says why it cannot.
    fn prepare(
        self,
        daemon: &Daemon,
        settings: &Settings,
        pages: &Path,
        script: Script,
    ) -> Result<Result<Visit, Reply>, Bad> {
        let Self { request, from, caller, account, token } = self;
        let full = || sorry(503, "Too many pages are running at this moment. Try again in some seconds.");
        let place = daemon.places.take(&account, settings.pages.at_once, settings.pages.per_account);
        let Some(place) = place else { return Ok(Err(full().with("Retry-After", "2"))) };
        let launch = match launch(daemon, settings, &account, &script) {
            Ok(launch) => launch,
            Err(why) => {
                let why = format!("The page /{} is not run: {why}", script.name.escape_debug());
                daemon.log.say("error", &why);
                return Ok(Err(sorry(500, "This page cannot be started. The server's log says why.")));
            }
        };
        let mut launch = launch;
        environment::of_request(&mut launch.variables, request, from, pages, &script, token)?;
        launch.variables.set("REMOTE_USER", account.as_str());
        Ok(Ok(Visit {
            launch,
            caller,
            account,
            name: script.name,
            body: Zeroizing::new(request.body().to_vec()),
            // What is no form has no fields.
            form: request.params().map(|params| params.form()).unwrap_or_default(),
            token: token.map(str::to_owned),
            old: request.is_old(),
            head_only: request.method() == "HEAD",
            _place: place,
        }))
    }
}

/// How a script is started for an account; without what the request brings.
fn launch(
    daemon: &Daemon,
    settings: &Settings,
    account: &AccountName,
    script: &Script,
) -> Result<Launch, String> {
    let owner = daemon.account(account).map_err(|error| error.to_string())?;
    let ids = ids(owner.as_ref(), account)?;
    if let Some(ids) = ids {
        readable(script, ids)?;
    }
    let home = owner.map_or_else(|| "/".to_owned(), |owner| owner.home);
    let mut variables = Variables::of_account(account.as_str(), &home);
    for (name, value) in &settings.pages.environment {
        variables.set(name, value);
    }
    let words = script.kind.command(Way::Cgi, &script.file, PATH.as_ref()).map_err(|e| e.to_string())?;
    Ok(Launch {
        words: words.into_iter().map(Into::into).collect(),
        folder: script.file.parent().map(Path::to_owned),
        variables,
        inherits: false,
        ids,
        limits: settings.pages.limits,
        own_group: true,
    })
}

/// The ids that a page of the account takes; none if they are the daemon's own.
fn ids(owner: Option<&Account>, account: &AccountName) -> Result<Option<Ids>, String> {
    let me = rustix::process::geteuid();
    match owner {
        Some(owner) if owner.uid == 0 => {
            Err(format!("the account “{account}” belongs to root, and no page runs as root"))
        }
        Some(owner) if owner.uid == me.as_raw() => Ok(None),
        Some(owner) if me.is_root() => Ok(Some(Ids { uid: owner.uid, gid: owner.gid })),
        Some(owner) => Err(format!(
            "the account “{account}” belongs to uid {}, and liveapid runs as uid {}; pages of several users need root",
            owner.uid,
            me.as_raw()
        )),
        None if me.is_root() => Err(format!(
            "nobody here says which system user the account “{account}” is: a gateway runs pages only as an ordinary user, who is then all accounts"
        )),
        None => Ok(None),
    }
}

/// What an interpreter says of a file that it may not read is hard to understand.
fn readable(script: &Script, ids: Ids) -> Result<(), String> {
    let Script { file, found, .. } = script;
    let bits = found.mode()
        >> if found.uid() == ids.uid {
            6
        } else if found.gid() == ids.gid {
            3
        } else {
            0
        };
    if bits & 0o4 == 0 {
        let shown = file.display();
        return Err(format!("{shown} cannot be read by uid {}: chmod go+r {shown}", ids.uid));
    }
    Ok(())
}

/// A page with a sentence.
pub(super) fn sorry(status: u16, sentence: &str) -> Reply {
    Reply::text(status, HTML, script::page(sentence))
}

/// A page with tags.
fn tagged(
    daemon: &Arc<Daemon>,
    request: &Request,
    from: From,
    account: AccountName,
    file: &Path,
    name: &str,
) -> Result<Reply, Bad> {
    let form = request.params()?.form();
    let page = std::fs::read(file).map_err(|cause| unreadable(name, &cause))?;
    let world = AccountService { daemon: Arc::clone(daemon), account, from, form };
    Ok(match render(&page, &world) {
        Ok(page) => Reply::file(HTML, page).with("Referrer-Policy", "same-origin"),
        Err(error) => {
            daemon.log.say("error", &format!("The page {}:{error}", file.display()));
            sorry(500, "This page has a mistake. The server's log says where.")
        }
    })
}

fn static_file(file: &Path, kind: &'static str, name: &str) -> Result<Reply, Bad> {
    let length = file.metadata().map_err(|cause| unreadable(name, &cause))?.len();
    if length > MAX_FILE {
        return Err(Bad::unreadable(format!("The file /{name} is longer than {MAX_FILE} bytes")));
    }
    Ok(Reply::file(kind, std::fs::read(file).map_err(|cause| unreadable(name, &cause))?))
}

fn unreadable(name: &str, cause: &std::io::Error) -> Bad {
    Bad::unreadable(format!("The file /{} cannot be read: {cause}", name.escape_debug()))
}

/// The same address with a slash at its path's end.
fn slashed(request: &Request) -> Reply {
    let target = String::from_utf8_lossy(request.target());
    let at = target.find(['?', '#']).unwrap_or(target.len());
    // Never two slashes in front, which would be another host.
    let place = format!("/{}/{}", target[..at].trim_matches('/'), &target[at..]);
    sorry(301, "This page has moved.").with("Location", place)
}

impl Daemon {
    /// An account of the embedded store; none if calls go on to a server.
    fn account(&self, name: &AccountName) -> Result<Option<Account>, Error> {
        self.store.as_ref().map_or(Ok(None), |store| store.account(name))
    }

    /// The folder for the sockets of pages, made if need be: everybody may pass through, nobody may look in.
    pub(super) fn socket_folder(&self) -> std::io::Result<PathBuf> {
        use std::os::unix::fs::DirBuilderExt;
        let settings = self.settings();
        let folder = settings.run.clone().unwrap_or_else(|| settings.state.join("run"));
        std::fs::DirBuilder::new().recursive(true).mode(0o711).create(&folder)?;
        Ok(folder)
    }
}
