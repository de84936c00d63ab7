//! The table of servers: `[servers.NAME]` in the configuration file, `servers` in a constructor's options.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::api::{Error, ErrorKind};
use crate::base::nearest;
use crate::engine::config::credentials::CredentialOptions;
use crate::engine::config::keys::{SERVERS, server_keys};
use crate::engine::config::masked::without_password;
use crate::engine::config::remote::RemoteOptions;
use crate::engine::config::setting;

/// The table: servers by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Servers(BTreeMap<String, ServerOptions>);

/// Settings of one server of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerOptions {
    pub(crate) url: Option<String>,
    pub(crate) credentials: CredentialOptions,
    pub(crate) remote: RemoteOptions,
}

impl Servers {
    /// Reads the table; an error names the server with the wrong name, setting or type.
    pub(crate) fn read(tables: Map<String, Value>, source: &str) -> Result<Self, Error> {
        let mut servers = BTreeMap::new();
        for (name, settings) in tables {
            let source = format!("[{SERVERS}.{name}] of {source}");
            if !is_name(&name) {
                return Err(wrong(&source, "has an invalid name; use letters, digits, “.”, “-” and “_”"));
            }
            let Value::Object(settings) = settings else {
                return Err(wrong(&source, "must be a table of settings, e.g. with url and token_file"));
            };
            if let Some(key) = settings.keys().find(|key| !server_keys().any(|known| known == *key)) {
                let known = server_keys().collect::<Vec<_>>().join(", ");
                let meant = nearest(server_keys(), key).unwrap_or_default();
                let why =
                    format!("has an unknown setting “{key}”; did you mean “{meant}”? Known are {known}");
                return Err(wrong(&source, &why));
            }
            servers.insert(name, ServerOptions::from_map(settings, &source)?);
        }
        Ok(Self(servers))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &ServerOptions)> {
        self.0.iter().map(|(name, options)| (name.as_str(), options))
    }

    /// Whether the table holds a secret, so that nobody else may read it.
    pub(crate) fn holds_secret(&self) -> bool {
        self.0.values().any(ServerOptions::holds_secret)
    }

    /// The settings that are given, each with its whole name and as text; never a secret.
    pub fn shown(&self) -> Vec<(String, String)> {
        let rows = self.iter().flat_map(|(name, options)| {
            server_keys()
                .filter_map(move |key| Some((format!("{SERVERS}.{name}.{key}"), options.shown(key)?)))
        });
        rows.collect()
    }
}

impl ServerOptions {
    /// Takes settings by names that a server can have; null counts as not given.
    fn from_map(settings: Map<String, Value>, source: &str) -> Result<Self, Error> {
        let mut options = Self::default();
        for (key, value) in settings {
            let Some(value) = setting::text(&key, value, source)? else { continue };
            if key == "url" {
                options.url = Some(value);
                continue;
            }
            let set = options.remote.set(&key, &value).or_else(|| options.credentials.set(&key, value));
            set.unwrap_or(Ok(())).map_err(|why| setting::wrong(&key, why, source))?;
        }
        Ok(options)
    }

    /// A setting as text; a secret is only said to be one.
    fn shown(&self, key: &str) -> Option<String> {
        match key {
            "url" => self.url.as_deref().map(without_password),
            _ => self.credentials.shown(key).or_else(|| self.remote.shown(key)),
        }
    }

    fn holds_secret(&self) -> bool {
        self.credentials.hold_a_secret() || self.remote.hold_a_secret()
    }
}

/// Names stand in URLs, messages and rows as they are.
pub(crate) fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn wrong(source: &str, why: &str) -> Error {
    Error::new(ErrorKind::Config, format!("The server {source} {why}"))
}
