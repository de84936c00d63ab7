//! The client: an engine, and the account that calls are for.

use std::path::Path;

use once_cell::race::OnceBox;

use super::local::{LocalEngine, Settings, function};
use super::location::Location;
use super::remote::{RemoteEngine, Server};
use super::{Config, Engine, Options};
use crate::api::{Args, Call, Error, ErrorKind, Family, Outcome};
use crate::store::home::HomeStore;

/// Answers calls by one configuration. Any thread may call it at the same time as others, and a
/// forked child may go on using its parent's.
pub struct Client {
    engine: Box<dyn Engine>,
    user: Option<String>,
}

/// The client of calls that name none. A race cell: it never blocks, so a child that was forked
/// while another thread made the client does not wait for that thread.
static DEFAULT: OnceBox<Client> = OnceBox::new();

impl Client {
    /// A client by explicit options over environment and file. Opens nothing yet.
    pub fn new(options: Options) -> Result<Self, Error> {
        let config = Config::load(options)?;
        let (engine, user): (Box<dyn Engine>, _) = match Location::parse(&config.url)? {
            Location::Home(root) => (Box::new(local(&root, &config)?), config.user),
            Location::Remote(server) => {
                let user = remote_user(&server, config.user)?;
                (Box::new(RemoteEngine::new(server, config.credentials, config.remote, function)?), user)
            }
        };
        Ok(Self { engine, user })
    }

    /// The process's default client, by environment and file; made at the first call and kept, so a
    /// later change of the environment needs a client of its own. A failure is not kept.
    pub fn shared() -> Result<&'static Self, Error> {
        DEFAULT.get_or_try_init(|| Self::new(Options::default()).map(Box::new))
    }

    /// Answers a call.
    pub fn call(&self, call: &Call<'_>) -> Result<Outcome, Error> {
        self.engine.call(self.user.as_deref(), call)
    }

    /// The account that calls are for, where one is configured.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Answers a call whose parameters are JSON text: positional for API 1, named for the others.
    pub fn call_json(
        &self,
        family: Family,
        module: &str,
        func: &str,
        params: &str,
    ) -> Result<Outcome, Error> {
        let args = match family {
            Family::Api1 => Args::from_json_list(params)?,
            Family::Api2 | Family::Uapi | Family::Whm | Family::Whm0 => Args::from_json_object(params)?,
        };
        self.call(&Call { family, module, func, args })
    }
}

/// The server that environment and file name; `None` where calls are answered by the embedded store.
pub fn server() -> Result<Option<Server>, Error> {
    let config = Config::load(Options::default())?;
    match Location::parse(&config.url)? {
        Location::Home(_) => Ok(None),
        Location::Remote(server) => Ok(Some(server)),
    }
}

/// The embedded store that environment and file name, for programs that work on the store itself.
pub fn home_store() -> Result<HomeStore, Error> {
    let config = Config::load(Options::default())?;
    match Location::parse(&config.url)? {
        Location::Home(root) => HomeStore::at(&root, &config.virtual_user),
        Location::Remote(server) => Err(Error::new(
            ErrorKind::Config,
            format!(
                "This works on the files of an embedded mail store, and LIVEAPI_URL names the server {}; set it to home:///path",
                server.shown()
            ),
        )),
    }
}

fn local(root: &Path, config: &Config) -> Result<LocalEngine, Error> {
    let store = HomeStore::at(root, &config.virtual_user)?;
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
