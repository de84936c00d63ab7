//! A script made ready to run for an account.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use zeroize::Zeroizing;

use super::environment;
use super::find::Script;
use super::host::PageHost;
use super::running_pages::PageSlot;
use super::sentence::sentence_page;
use crate::live::script::{Ids, Launch, PATH, ScriptInterface, Variables};
use crate::server::auth::Identified;
use crate::server::http::{HttpError, Reply, Request};
use crate::server::origin::Origin;
use crate::server::settings::Settings;
use liveapi_core::store::{Account, AccountName};
use liveapi_core::tags::Form;

/// A script that is ready to run for a visitor.
pub(crate) struct Visit {
    pub(super) launch: Launch,
    pub(super) caller: Identified,
    pub(super) account: AccountName,
    /// What tells the account from a later one of its name.
    pub(super) id: String,
    /// Its path below the folder of pages.
    pub(super) name: String,
    pub(super) body: Zeroizing<Vec<u8>>,
    pub(super) form: Form,
    /// The session's security token, as paths begin with it.
    pub(super) token: Option<String>,
    pub(super) old: bool,
    pub(super) head_only: bool,
    /// Given back when the page has ended.
    pub(super) _slot: PageSlot,
}

/// A visitor of a script.
pub(super) struct PageRequest<'r> {
    pub(super) request: &'r Request,
    pub(super) origin: Origin,
    pub(super) caller: Identified,
    pub(super) account: AccountName,
    pub(super) id: String,
    pub(super) token: Option<&'r str>,
}

impl PageRequest<'_> {
    /// Makes a script ready to run; or says why it cannot.
    pub(super) fn prepare(
        self,
        host: &PageHost,
        settings: &Settings,
        pages: &Path,
        script: Script,
    ) -> Result<Result<Visit, Reply>, HttpError> {
        let Self { request, origin, caller, account, id, token } = self;
        let full =
            || sentence_page(503, "Too many pages are running at this moment. Try again in some seconds.");
        let slot = host.running.take(&account, settings.pages.at_once, settings.pages.per_account);
        let Some(slot) = slot else { return Ok(Err(full().with("Retry-After", "2"))) };
        let mut launch = match launch(host, settings, &account, &script) {
            Ok(launch) => launch,
            Err(why) => {
                let why = format!("The page /{} is not run: {why}", script.name.escape_debug());
                host.say("error", &why);
                return Ok(Err(sentence_page(
                    500,
                    "This page cannot be started. The server's log says why.",
                )));
            }
        };
        environment::of_request(&mut launch.variables, request, origin, pages, &script, token)?;
        launch.variables.set("REMOTE_USER", account.as_str());
        Ok(Ok(Visit {
            launch,
            caller,
            account,
            id,
            name: script.name,
            body: Zeroizing::new(request.body().to_vec()),
            // What is no form has no fields.
            form: request.params().map(|params| params.form()).unwrap_or_default(),
            token: token.map(str::to_owned),
            old: request.is_old(),
            head_only: request.method() == "HEAD",
            _slot: slot,
        }))
    }
}

/// How a script is started for an account; without what the request brings.
fn launch(
    host: &PageHost,
    settings: &Settings,
    account: &AccountName,
    script: &Script,
) -> Result<Launch, String> {
    let owner = host.account(account).map_err(|error| error.to_string())?;
    let ids = ids(owner.as_ref(), account)?;
    if let Some(ids) = ids {
        readable(script, ids)?;
    }
    let home = owner.map_or_else(|| "/".to_owned(), |owner| owner.home);
    let mut variables = Variables::of_account(account.as_str(), &home);
    for (name, value) in &settings.pages.environment {
        variables.set(name, value);
    }
    let argv =
        script.kind.command(ScriptInterface::Cgi, &script.file, PATH.as_ref()).map_err(|e| e.to_string())?;
    Ok(Launch {
        argv: argv.into_iter().map(Into::into).collect(),
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
