//! The configuration: explicit options, then the environment, then one file, then defaults.

use std::ffi::OsStr;
use std::io::ErrorKind::PermissionDenied as Denied;
use std::path::PathBuf;
use std::time::Duration;

use super::credentials::{CredentialOptions, Credentials};
use super::location::Location;
use super::options::Options;
use super::remote::{RemoteOptions, RemoteSettings, Server};
use super::secret::require_private;
use super::servers::Servers;
use crate::api::{Error, ErrorKind};
use crate::store::Quota;

/// Strength that passwords must reach unless configured. Lower than cPanel's 65, so that the password
/// of cPanel's own documentation (`12345luggage`, strength 54) works.
const DEFAULT_REQUIRED_STRENGTH: u8 = 50;
/// The quota of new mailboxes unless configured: 1024 MB, as on a new cPanel server.
const DEFAULT_QUOTA: Quota = Quota::mebibytes_of(1024);
/// The usual unprivileged owner of mail on machines where mailboxes are no system users.
const DEFAULT_VIRTUAL_USER: &str = "liveapi";
/// How long is believed what a server of the table said of its domains, unless configured.
const DEFAULT_SERVERS_CACHE: Duration = Duration::from_secs(300);
/// The machine's file, if the user has none.
const SYSTEM_FILE: &str = "/etc/liveapi/liveapi.toml";
/// The store of a machine, where root runs it.
const SYSTEM_STORE: &str = "/var/lib/liveapi";
/// Longest configuration file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// Variables by which a panel names a page's LiveAPI socket; the first that is set counts. Panels set the first for
/// PHP and the second for others. The third was in old descriptions only.
const SOCKET_VARIABLES: [&str; 3] =
    ["CPANEL_PHPCONNECT_SOCKET", "CPANEL_CONNECT_SOCKET", "CPANEL_PHPCONNECT_SOCKETFILE"];

/// What a client is built from.
#[derive(Debug)]
pub struct Config {
    /// Which engine, as a URL.
    pub url: String,
    /// The panel's variable that the URL is made of, where nobody configured one.
    pub socket_variable: Option<&'static str>,
    /// The account that calls are for, if configured.
    pub user: Option<String>,
    /// As whom and with what calls go to a server.
    pub credentials: Credentials,
    /// The strength that a new mailbox password must reach.
    pub required_strength: u8,
    /// The quota of a new mailbox where the call gives none.
    pub default_quota: Quota,
    /// The owner of mail where root creates accounts without system users.
    pub virtual_user: String,
    /// What only calls to a server need.
    pub remote: RemoteSettings,
    /// The same as it was given, for the servers of the table that say nothing else.
    general: RemoteOptions,
    servers: Servers,
    /// How long is believed what a server of the table said of its domains.
    pub servers_cache: Duration,
}

/// A server of the table, ready to be called.
pub struct NamedServer {
    /// Its name in the table.
    pub name: String,
    /// Where it is.
    pub server: Server,
    /// As whom and with what calls go to it.
    pub credentials: Credentials,
    /// Its other settings.
    pub remote: RemoteSettings,
}

/// One place that settings come from.
pub(super) struct Source {
    kind: Kind,
    pub(super) options: Options,
}

enum Kind {
    Explicit,
    Environment,
    /// The panel that runs this page, by the variable that names its socket.
    Panel(&'static str),
    File(String),
}

impl Source {
    /// Where a setting of this source comes from, for people.
    pub(super) fn origin_of(&self, key: &str) -> String {
        match &self.kind {
            Kind::Explicit => "option".to_owned(),
            Kind::Environment => format!("environment variable LIVEAPI_{}", key.to_uppercase()),
            Kind::Panel(name) => format!("environment variable {name}"),
            Kind::File(path) => format!("file {path}"),
        }
    }

    /// The panel's variable, if that is what it is.
    fn socket_variable(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Panel(name) => Some(name),
            Kind::Explicit | Kind::Environment | Kind::File(_) => None,
        }
    }
}

/// All places, the strongest first.
pub(super) fn sources(explicit: Options) -> Result<Vec<Source>, Error> {
    let environment = Options::from_environment(|name| std::env::var(name).ok())?;
    let is_named = explicit.url.is_some() || environment.url.is_some();
    let panel = if is_named { None } else { panel()? };
    let mut file = read_file(panel.is_none())?;
    if panel.is_some() {
        // The page is for the account that is logged in; the one of the machine's file is for other calls.
        file.iter_mut().for_each(|(_, options)| options.user = None);
    }
    let mut sources = vec![
        Source { kind: Kind::Explicit, options: explicit },
        Source { kind: Kind::Environment, options: environment },
    ];
    sources.extend(panel.map(|(name, url)| Source {
        kind: Kind::Panel(name),
        options: Options { url: Some(url), ..Options::default() },
    }));
    sources.extend(file.map(|(path, options)| Source { kind: Kind::File(path), options }));
    Ok(sources)
}

impl Config {
    /// Reads environment and file, and puts the explicit options on top.
    pub fn load(explicit: Options) -> Result<Self, Error> {
        let merge = |strong: Options, source: Source| strong.or(source.options);
        let sources = sources(explicit)?;
        let socket_variable = sources.iter().find_map(Source::socket_variable);
        let chosen = sources.into_iter().fold(Options::default(), merge);
        let url = chosen.url.map_or_else(default_url, Ok)?;
        Ok(Self {
            url,
            socket_variable,
            user: chosen.user.filter(|user| !user.is_empty()),
            credentials: chosen.credentials.resolve(true)?,
            required_strength: chosen.required_strength.unwrap_or(DEFAULT_REQUIRED_STRENGTH),
            default_quota: chosen.default_quota.unwrap_or(DEFAULT_QUOTA),
            virtual_user: chosen.virtual_user.unwrap_or_else(|| DEFAULT_VIRTUAL_USER.to_owned()),
            remote: chosen.remote.clone().resolve()?,
            general: chosen.remote,
            servers: chosen.servers.unwrap_or_default(),
            servers_cache: chosen.servers_cache.unwrap_or(DEFAULT_SERVERS_CACHE),
        })
    }

    /// The servers of the table; or the one of that name.
    pub fn named_servers(&self, only: Option<&str>) -> Result<Vec<NamedServer>, Error> {
        let wanted = self.servers.iter().filter(|(name, _)| only.is_none_or(|only| only == *name));
        let servers: Vec<NamedServer> =
            wanted.map(|(name, options)| self.named_server(name, options)).collect::<Result<_, _>>()?;
        if servers.is_empty() {
            let known: Vec<&str> = self.servers.iter().map(|(name, _)| name).collect();
            let why = match only {
                Some(name) if !known.is_empty() => {
                    format!("the table of servers has no “{name}”; it has {}", known.join(", "))
                }
                _ => "there is no table of servers; write [servers.NAME] with url and token_file into the configuration file".to_owned(),
            };
            return Err(Error::new(ErrorKind::Config, format!("The setting url means servers, but {why}")));
        }
        Ok(servers)
    }

    fn named_server(&self, name: &str, options: &Options) -> Result<NamedServer, Error> {
        let of_server = |error: Error| {
            Error::new(error.kind(), format!("The server “{name}” of the table cannot be used. {error}"))
        };
        let missing = || Error::new(ErrorKind::Config, "It has no setting url");
        let url = options.url.as_deref().ok_or_else(missing).map_err(of_server)?;
        let server = match Location::parse(url).map_err(of_server)? {
            Location::Remote(server) => server,
            Location::Home(_) | Location::Servers(_) | Location::Socket(_) => {
                let why = "Its url must begin with whm: or cpanel:";
                return Err(of_server(Error::new(ErrorKind::Config, why)));
            }
        };
        // What systemd hands over is for the server of the setting url, not for one of many.
        let credentials = options.credentials.clone().resolve(false).map_err(of_server)?;
        let remote = options.remote.clone().within(self.general.clone()).resolve().map_err(of_server)?;
        Ok(NamedServer { name: name.to_owned(), server, credentials, remote })
    }

    /// A default as text.
    pub(super) fn default_shown(&self, key: &str) -> String {
        match key {
            "url" => self.url.clone(),
            "required_strength" => self.required_strength.to_string(),
            "default_quota" => self.default_quota.shown_in_mebibytes(),
            "virtual_user" => self.virtual_user.clone(),
            "servers_cache_seconds" => self.servers_cache.as_secs().to_string(),
            _ => CredentialOptions::default_shown(key).unwrap_or_else(|| RemoteOptions::default_shown(key)),
        }
    }
}

/// The file that `LIVEAPI_CONFIG` names, else the user's, else the machine's; none is fine. Unless `is_needed`, so is
/// one that this user may not read, and that nobody named.
fn read_file(is_needed: bool) -> Result<Option<(String, Options)>, Error> {
    let named = std::env::var("LIVEAPI_CONFIG").ok().filter(|path| !path.is_empty());
    let must_exist = named.is_some();
    let path = named.map(PathBuf::from).or_else(user_file).unwrap_or_else(|| SYSTEM_FILE.into());
    let shown = path.display().to_string();
    let fail = |why: String| Error::new(ErrorKind::Config, format!("The configuration file {shown} {why}"));
    match std::fs::metadata(&path) {
        Ok(metadata) if metadata.len() > MAX_FILE_BYTES => return Err(fail("is larger than 1 MiB".into())),
        Err(cause) if must_exist => {
            return Err(fail(format!("(from LIVEAPI_CONFIG) cannot be read: {cause}")));
        }
        Err(_) => return Ok(None),
        Ok(_) => {}
    }
    let text = match std::fs::read_to_string(&path) {
        Err(cause) if cause.kind() == Denied && !is_needed && !must_exist => return Ok(None),
        read => read.map_err(|cause| fail(format!("cannot be read: {cause}")))?,
    };
    let options = Options::from_toml(&text, &shown)?;
    if options.holds_secret() {
        // A file without a secret may be read by everybody.
        std::fs::metadata(&path).map_err(|cause| fail(format!("cannot be examined: {cause}"))).and_then(
            |found| require_private(&found).map_err(|why| fail(format!("holds a secret, and {why}"))),
        )?;
    }
    Ok(Some((shown, options)))
}

fn user_file() -> Option<PathBuf> {
    let path = user_folder("XDG_CONFIG_HOME", ".config")?.join("liveapi/liveapi.toml");
    path.exists().then_some(path)
}

/// In a panel's page: the variable that names its socket, and that socket's URL. What the panel says is said closer
/// to the call than what stands in a file.
fn panel() -> Result<Option<(&'static str, String)>, Error> {
    let named = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(|path| (name, path));
    let Some((name, path)) = SOCKET_VARIABLES.into_iter().find_map(named) else { return Ok(None) };
    match url_of("unix:", &path) {
        Some(url) => Ok(Some((name, url))),
        None => {
            let sentence = format!(
                "{name} must name a LiveAPI socket by an absolute path; unset it, or set LIVEAPI_URL to the engine that is meant"
            );
            Err(Error::new(ErrorKind::Config, sentence))
        }
    }
}

/// Without a URL: the embedded store at its usual place.
fn default_url() -> Result<String, Error> {
    let store = if rustix::process::geteuid().is_root() {
        PathBuf::from(SYSTEM_STORE)
    } else {
        user_folder("XDG_STATE_HOME", ".local/state").map(|state| state.join("liveapi")).ok_or_else(|| {
            let sentence = "There is no place for the mail store: neither XDG_STATE_HOME nor HOME is set; set LIVEAPI_URL=home:///path";
            Error::new(ErrorKind::Config, sentence)
        })?
    };
    url_of("home:", store.as_os_str()).ok_or_else(|| {
        Error::new(
            ErrorKind::Config,
            format!("The mail store's folder {} is no absolute path", store.display()),
        )
    })
}

/// A path as a URL of that scheme; `None` for one that is not absolute.
fn url_of(scheme: &str, path: &OsStr) -> Option<String> {
    let url = url::Url::from_file_path(path).ok()?;
    Some(url.as_str().replacen("file:", scheme, 1))
}

/// A folder of the XDG base directory specification, which wants relative values ignored.
fn user_folder(variable: &str, below_home: &str) -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(below_home)))
}
