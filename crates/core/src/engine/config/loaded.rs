//! The settings that hold, of all sources together, with their defaults.

use std::time::Duration;

use crate::api::{Error, ErrorKind};
use crate::engine::config::credentials::{CredentialOptions, Credentials};
use crate::engine::config::environment::default_url;
use crate::engine::config::location::Location;
use crate::engine::config::options::Options;
use crate::engine::config::remote::{RemoteOptions, RemoteSettings};
use crate::engine::config::server::Server;
use crate::engine::config::servers::{ServerOptions, Servers};
use crate::engine::config::sources::{SettingSource, sources};
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
    pub server: Server,
    /// As whom and with what calls go to it.
    pub credentials: Credentials,
    pub remote: RemoteSettings,
}

impl Config {
    /// Reads environment and file, and puts the explicit options on top.
    pub fn load(explicit: Options) -> Result<Self, Error> {
        let merge = |strong: Options, source: SettingSource| strong.or(source.options);
        let sources = sources(explicit)?;
        let socket_variable = sources.iter().find_map(SettingSource::socket_variable);
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

    fn named_server(&self, name: &str, options: &ServerOptions) -> Result<NamedServer, Error> {
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

    /// The value of a setting that no source gives, as text.
    pub fn default_shown(&self, key: &str) -> String {
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
