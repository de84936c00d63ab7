//! The table of servers: `[servers.NAME]` in the configuration file, `servers` in a constructor's options.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::options::Options;
use super::{credentials, remote};
use crate::api::{Error, ErrorKind};
use crate::base::nearest;

/// The name of the table among the settings.
pub(super) const TABLE: &str = "servers";

/// The table: servers by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Servers(BTreeMap<String, Options>);

impl Servers {
    /// Reads the table.
    pub(super) fn read(tables: Map<String, Value>, source: &str) -> Result<Self, Error> {
        let mut servers = BTreeMap::new();
        for (name, settings) in tables {
            let source = format!("[{TABLE}.{name}] of {source}");
            if !is_name(&name) {
                return Err(wrong(
                    &source,
                    "has a name that is none: letters, digits, dot, hyphen and underscore are",
                ));
            }
            let Value::Object(settings) = settings else {
                return Err(wrong(&source, "is no table of settings; it holds url and token_file"));
            };
            if let Some(key) = settings.keys().find(|key| !keys().any(|known| known == *key)) {
                let known = keys().collect::<Vec<_>>().join(", ");
                let meant = nearest(keys(), key).unwrap_or_default();
                let why = format!(
                    "has a setting “{key}” that is none of a server; did you mean “{meant}”? Known are {known}"
                );
                return Err(wrong(&source, &why));
            }
            servers.insert(name, Options::from_map(settings, &source)?);
        }
        Ok(Self(servers))
    }

    /// The servers by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Options)> {
        self.0.iter().map(|(name, options)| (name.as_str(), options))
    }

    /// Whether the table holds a secret, so that nobody else may read it.
    pub(super) fn holds_secret(&self) -> bool {
        self.0.values().any(Options::holds_secret)
    }

    /// The settings that are given, each with its whole name and as text; never a secret.
    pub(super) fn shown(&self) -> Vec<(String, String)> {
        let rows = self.iter().flat_map(|(name, options)| {
            keys().filter_map(move |key| Some((format!("{TABLE}.{name}.{key}"), options.shown(key)?)))
        });
        rows.collect()
    }
}

/// The settings that a server can have.
fn keys() -> impl Iterator<Item = &'static str> {
    ["url"].into_iter().chain(credentials::KEYS).chain(remote::KEYS)
}

/// Names stand in URLs, messages and rows as they are.
pub(super) fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn wrong(source: &str, why: &str) -> Error {
    Error::new(ErrorKind::Config, format!("The server {source} {why}"))
}
