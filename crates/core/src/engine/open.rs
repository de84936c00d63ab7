//! Makes the engine that a configuration means.

use std::path::Path;

use crate::api::{Error, ErrorKind};
use crate::engine::config::{Config, Location, NamedServer, Server};
use crate::engine::contract::Engine;
use crate::engine::local::{LocalEngine, Settings, function};
use crate::engine::remote::{Fleet, Member, RemoteEngine, ServerLink};
use crate::engine::socket::{SocketEngine, Times};
use crate::store::home::HomeStore;

/// An engine, and the account that calls are for where the configuration says it.
type EngineForUser = (Box<dyn Engine>, Option<String>);

/// Whose process a client is in, and what it may do there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Process {
    /// Somebody else's, which may fork at any time: no thread is started.
    #[default]
    Guest,
    /// A program of ours: many hashes are made on all processors.
    Program,
    /// A daemon of ours, which never forks: changes that come at the same time are made together as well.
    Daemon,
}

/// The engine of that configuration. Opens no connection yet.
pub(crate) fn open(process: Process, config: Config) -> Result<EngineForUser, Error> {
    Ok(match Location::parse(&config.url)? {
        Location::Home(root) => (Box::new(local(process, &root, &config)?), config.user),
        Location::Remote(server) => {
            let user = remote_user(&server, config.user)?;
            let link = ServerLink::new(server, config.credentials, config.remote, function)?;
            (Box::new(RemoteEngine::new(link)), user)
        }
        Location::Servers(only) => of_table(only.as_deref(), config)?,
        Location::Socket(socket) => {
            let socket = socket.named_by(config.socket_variable);
            socket.require_own_account("The setting user is", config.user.as_deref())?;
            let times = Times { connect: config.remote.connect_timeout, whole: config.remote.timeout };
            (Box::new(SocketEngine::new(socket, times, function)), None)
        }
    })
}

/// The engine of the table of servers, or of one of them, and the account that calls are for.
fn of_table(only: Option<&str>, config: Config) -> Result<EngineForUser, Error> {
    let mut members = Vec::new();
    for NamedServer { name, server, credentials, remote } in config.named_servers(only)? {
        if only.is_some() {
            let user = remote_user(&server, config.user)?;
            let link = ServerLink::new(server, credentials, remote, function)?;
            return Ok((Box::new(RemoteEngine::new(link)), user));
        }
        members.push(Member::new(name, ServerLink::new(server, credentials, remote, function)?));
    }
    Ok((Box::new(Fleet::new(members, config.servers_cache, function)), config.user))
}

fn local(process: Process, root: &Path, config: &Config) -> Result<LocalEngine, Error> {
    let store = HomeStore::at(root, &config.virtual_user)?;
    let store = match process {
        Process::Guest => store,
        Process::Program => store.on_all_processors(),
        Process::Daemon => store.on_all_processors().queued(),
    };
    let settings =
        Settings { required_strength: config.required_strength, default_quota: config.default_quota };
    Ok(LocalEngine::new(Box::new(store), settings))
}

/// A `cpanel:` URL acts for the account that logs in; another one in the settings must not be passed over.
fn remote_user(server: &Server, configured: Option<String>) -> Result<Option<String>, Error> {
    match (server.account(), configured) {
        (Some(account), Some(other)) if other != account => Err(Error::new(
            ErrorKind::Config,
            format!(
                "The setting user is “{other}”, but a cpanel: URL with the user “{account}” acts for that account only; leave the setting out, or use a whm: URL, which acts for any"
            ),
        )),
        (Some(account), _) => Ok(Some(account.to_owned())),
        (None, configured) => Ok(configured),
    }
}
