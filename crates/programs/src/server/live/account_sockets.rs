//! A LiveAPI socket for each account that stands as long as the daemon runs: for cron jobs, shells, and other
//! programs of the account that are no pages.

use std::collections::HashMap;
use std::fs::{self, File, Permissions};
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};

use super::account_service::AccountService;
use crate::live::{Limits, Socket, SocketOwner};
use crate::server::dispatch::Dispatcher;
use crate::server::origin::{Origin, ServiceKind};
use liveapi_core::api::{Error, ErrorKind};
use liveapi_core::store::{Account, AccountName, MailStore};
use liveapi_core::tags::Form;

/// How often it is looked which accounts there are.
const LOOK: Duration = Duration::from_secs(2);
/// How long a connection of a script may wait between two requests.
const IDLE: Duration = Duration::from_secs(3600);
/// The socket's name in its account's folder.
const NAME: &str = "liveapi.sock";
/// The folder's mode: accounts pass through it, and only its owner sees and changes what is in it.
const PASSABLE: u32 = 0o711;
/// The file in the folder that says that a daemon has it.
const LOCK: &str = ".lock";

/// The folder of the sockets, and whose there are to be.
pub(crate) struct AccountSockets {
    folder: PathBuf,
    store: Arc<dyn MailStore>,
    /// Held while the daemon runs.
    _lock: File,
}

/// A socket that is answered.
struct OpenSocket {
    owner: SocketOwner,
    /// The id of the account that it was opened for.
    id: String,
    task: JoinHandle<()>,
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl AccountSockets {
    /// Takes the folder, and removes what a daemon left there that could not.
    pub(crate) fn take(folder: &Path, store: Arc<dyn MailStore>) -> Result<Self, Error> {
        let failed = |what: &str, cause: std::io::Error| {
            let sentence = format!(
                "The folder of the LiveAPI sockets ({}, live_sockets) {what}: {cause}",
                folder.display()
            );
            Error::new(ErrorKind::Config, sentence)
        };
        if !folder.is_dir() {
            let made = fs::create_dir_all(folder)
                .and_then(|()| fs::set_permissions(folder, Permissions::from_mode(PASSABLE)));
            made.map_err(|cause| failed("cannot be made", cause))?;
        }
        let mode = fs::metadata(folder).map_err(|cause| failed("cannot be read", cause))?.mode();
        if rustix::process::geteuid().is_root() && mode & PASSABLE != PASSABLE {
            let cause =
                std::io::Error::other(format!("its mode is {:o}; chmod {PASSABLE:o} it", mode & 0o7777));
            return Err(failed("lets no account pass to its socket", cause));
        }
        let lock = File::create(folder.join(LOCK)).map_err(|cause| failed("cannot be written", cause))?;
        lock.try_lock().map_err(|cause| failed("is another daemon's", cause.into()))?;
        let left = fs::read_dir(folder).map_err(|cause| failed("cannot be read", cause))?;
        for folder in left.flatten().map(|entry| entry.path()) {
            // Nothing else is touched: the folder may have been named by mistake.
            let _ = fs::remove_file(folder.join(NAME));
            let _ = fs::remove_dir(folder);
        }
        Ok(Self { folder: folder.to_owned(), store, _lock: lock })
    }

    /// Keeps a socket for each account until the daemon ends.
    pub(crate) async fn keep(self: Arc<Self>, dispatcher: Arc<Dispatcher>, mut stop: watch::Receiver<bool>) {
        let mut open = HashMap::new();
        let mut last = None;
        loop {
            let this = Arc::clone(&self);
            let accounts = spawn_blocking(move || this.store.accounts()).await;
            match accounts {
                Ok(Ok(accounts)) => {
                    let trouble = self.renew(&dispatcher, &mut open, &accounts, &stop);
                    complain(&dispatcher, &mut last, trouble);
                }
                Ok(Err(error)) => complain(&dispatcher, &mut last, Some(error)),
                // The defect was reported by its hook.
                Err(_) => {}
            }
            let stopped = stop.wait_for(|stop| *stop);
            if tokio::time::timeout(LOOK, stopped).await.is_ok() {
                break;
            }
        }
        // Each knows by itself that it is to end; what it has begun, it answers.
        for (_, mut open) in open {
            let _ = (&mut open.task).await;
        }
    }

    /// Opens the sockets of new accounts and closes those of removed ones. The last failure, if there was one.
    fn renew(
        &self,
        dispatcher: &Arc<Dispatcher>,
        open: &mut HashMap<AccountName, OpenSocket>,
        accounts: &[Account],
        stop: &watch::Receiver<bool>,
    ) -> Option<Error> {
        let owner = |account: &Account| SocketOwner { uid: account.uid, gid: account.gid };
        let before = open.len();
        open.retain(|name, open| {
            let is_its = |account: &Account| {
                account.name == *name && owner(account) == open.owner && account.id == open.id
            };
            !open.task.is_finished() && accounts.iter().any(is_its)
        });
        if open.len() < before {
            // What was closed is gone at the next look; until then its place is taken.
            return None;
        }
        let mut trouble = None;
        for account in accounts {
            if open.contains_key(&account.name) {
                continue;
            }
            let owner = owner(account);
            match Socket::named(self.folder.join(account.name.as_str()), NAME, owner) {
                Ok(socket) => {
                    let task = tokio::spawn(answer(
                        socket,
                        Arc::clone(dispatcher),
                        (account.name.clone(), account.id.clone()),
                        stop.clone(),
                    ));
                    open.insert(account.name.clone(), OpenSocket { owner, id: account.id.clone(), task });
                }
                Err(error) => trouble = Some(error),
            }
        }
        trouble
    }
}

/// Answers one account's socket; the socket is removed when the task ends.
async fn answer(
    socket: Socket,
    dispatcher: Arc<Dispatcher>,
    (account, id): (AccountName, String),
    stop: watch::Receiver<bool>,
) {
    let origin =
        Origin { service: ServiceKind::Cpanel, tls: false, peer: IpAddr::V4(Ipv4Addr::LOCALHOST), port: 0 };
    let service =
        AccountService { dispatcher: Arc::clone(&dispatcher), account, id, origin, form: Form::default() };
    let request = Duration::from_secs(dispatcher.context.settings().request_seconds);
    let limits = Limits { request, idle: Some(IDLE), ..Limits::default() };
    if let Err(error) = socket.serve(Arc::new(service), limits, stop).await {
        dispatcher.context.log.say("error", &error.to_string());
    }
}

/// Logs a failure once, not every time that it is met again. `last`: the one before.
fn complain(dispatcher: &Dispatcher, last: &mut Option<Error>, trouble: Option<Error>) {
    if let Some(error) = trouble.as_ref().filter(|error| last.as_ref() != Some(*error)) {
        dispatcher.context.log.say("error", &error.to_string());
    }
    *last = trouble;
}
