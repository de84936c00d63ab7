//! The client: an engine, and the account that calls are for.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use once_cell::race::OnceBox;

use super::batch::{BatchOptions, Ended, Item, Run, Source, Watch};
use super::config::NamedServer;
use super::local::{LocalEngine, Settings, function};
use super::location::Location;
use super::remote::{Fleet, Member, RemoteEngine, Server};
use super::socket::{Place, SocketEngine, Times};
use super::{Config, Engine, Options, no_table};
use crate::api::{Answered, Args, Call, Error, ErrorKind, Family, Outcome};
use crate::store::home::HomeStore;

/// Answers calls by one configuration. Any thread may call it at the same time as others, and a
/// forked child may go on using its parent's.
pub struct Client {
    engine: Box<dyn Engine>,
    user: Option<String>,
    /// How often batches were told to stop.
    stops: AtomicU64,
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
            Location::Servers(only) => of_table(only.as_deref(), config)?,
            Location::Socket(place) => {
                let place = place.named_by(config.socket_variable);
                place.require_own_account("The setting user is", config.user.as_deref())?;
                let times = Times { connect: config.remote.connect_timeout, whole: config.remote.timeout };
                (Box::new(SocketEngine::new(place, times, function)), None)
            }
        };
        Ok(Self { engine, user, stops: AtomicU64::new(0) })
    }

    /// The process's default client, by environment and file; made at the first call and kept, so a
    /// later change of the environment needs a client of its own. A failure is not kept.
    pub fn shared() -> Result<&'static Self, Error> {
        DEFAULT.get_or_try_init(|| Self::new(Options::default()).map(Box::new))
    }

    /// The same, if it was made already; makes none.
    pub fn made() -> Option<&'static Self> {
        DEFAULT.get()
    }

    /// Answers a call.
    pub fn call(&self, call: &Call<'_>) -> Result<Outcome, Error> {
        self.engine.call(self.user.as_deref(), call)
    }

    /// Answers a call for that account, whatever the configuration says; for doors that serve many.
    pub fn call_for(&self, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error> {
        self.engine.call(user, call)
    }

    /// The engine that answers, for doors that put something of their own before it.
    pub fn engine(&self) -> &dyn Engine {
        &*self.engine
    }

    /// Answers a request of LiveAPI (a tag, or JSON) as the panel does that runs this page; `None` where there is no
    /// panel.
    pub fn live(&self, request: &str) -> Option<Result<Answered, Error>> {
        self.engine.live(request)
    }

    /// Answers the items of a source, which [`Self::check`] has seen, and tells `watch` of each. How it ended, if
    /// before the last item.
    pub fn batch<'i>(
        &self,
        options: BatchOptions,
        source: Source<'i>,
        watch: &mut dyn Watch,
    ) -> Result<Option<Ended>, Error> {
        let mut run = Run::new(options, source, watch);
        let driven = self.engine.batch(self.user.as_deref(), &mut run);
        let finished = run.finish();
        driven.and(finished)
    }

    /// Whether an item of a batch can be sent at all. Complaints quote no value.
    pub fn check(&self, item: &str, family: Family) -> Result<(), Error> {
        let item = Item::read(item, family)?;
        item.call()?;
        match &item.server {
            Some(name) if !self.engine.has_server(name) => Err(no_table(name)),
            _ => Ok(()),
        }
    }

    /// Lets batches of this client send no more. Only counts, so a signal handler may do it.
    pub fn stop_batches(&self) {
        self.stops.fetch_add(1, Ordering::Relaxed);
    }

    /// How often that was done; a batch stops when it is more than at its beginning.
    pub fn stops(&self) -> u64 {
        self.stops.load(Ordering::Relaxed)
    }

    /// The account that calls are for, where one is configured.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Whether nobody can tell for which account a call of it would be.
    pub fn lacks_user(&self) -> bool {
        self.user.is_none() && !self.engine.finds_account()
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

/// Who answers calls, by options, environment and file.
#[derive(Debug)]
pub enum Answerer {
    /// The embedded store.
    Store,
    /// A server.
    Server(Server),
    /// The servers of the table, by name.
    Servers(Vec<(String, Server)>),
    /// A panel, by the socket that it gave this page.
    Socket(Place),
}

/// Who answers calls.
pub fn answerer(options: Options) -> Result<Answerer, Error> {
    let config = Config::load(options)?;
    Ok(match Location::parse(&config.url)? {
        Location::Home(_) => Answerer::Store,
        Location::Remote(server) => Answerer::Server(server),
        Location::Servers(only) => {
            let servers = config.named_servers(only.as_deref())?;
            Answerer::Servers(servers.into_iter().map(|named| (named.name, named.server)).collect())
        }
        Location::Socket(place) => Answerer::Socket(place.named_by(config.socket_variable)),
    })
}

/// The embedded store that options, environment and file name, for programs that work on the store itself.
pub fn home_store(options: Options) -> Result<HomeStore, Error> {
    let config = Config::load(options)?;
    match Location::parse(&config.url)? {
        Location::Home(root) => HomeStore::at(&root, &config.virtual_user),
        Location::Remote(server) => Err(no_files(&format!("the server {}", server.shown()))),
        Location::Servers(_) => Err(no_files("a table of servers")),
        Location::Socket(place) => {
            Err(no_files(&format!("the panel at {}", place.named_by(config.socket_variable).shown())))
        }
    }
}

fn no_files(what: &str) -> Error {
    let sentence = format!(
        "This works on the files of an embedded mail store, and the setting url names {what}; set LIVEAPI_URL to home:///path"
    );
    Error::new(ErrorKind::Config, sentence)
}

/// The engine of the table of servers, or of one of them, and the account that calls are for.
fn of_table(only: Option<&str>, config: Config) -> Result<(Box<dyn Engine>, Option<String>), Error> {
    let mut members = Vec::new();
    for NamedServer { name, server, credentials, remote } in config.named_servers(only)? {
        if only.is_some() {
            let user = remote_user(&server, config.user)?;
            return Ok((Box::new(RemoteEngine::new(server, credentials, remote, function)?), user));
        }
        members.push(Member::new(name, RemoteEngine::new(server, credentials, remote, function)?));
    }
    Ok((Box::new(Fleet::new(members, config.servers_cache, function)), config.user))
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
