//! Which settings hold, and where each comes from: what `liveapi config show` prints.

use super::config::{Config, Source, sources};
use super::options::{Options, keys};
use super::servers::TABLE;
use crate::api::Error;

/// One setting that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub key: String,
    /// Its value as text; never a secret.
    pub value: String,
    /// Where it comes from.
    pub origin: String,
}

/// All settings. Fails where a client could not be made either.
pub fn effective(explicit: Options) -> Result<Vec<Setting>, Error> {
    let sources = sources(explicit.clone())?;
    let config = Config::load(explicit)?;
    let mut settings: Vec<Setting> = keys().map(|key| setting(key, &sources, &config)).collect();
    settings.extend(servers(&sources));
    Ok(settings)
}

/// Those of the table of servers, all from one place.
fn servers(sources: &[Source]) -> Vec<Setting> {
    let given = sources.iter().find_map(|source| Some((source, source.options.servers.as_ref()?)));
    let rows = given.into_iter().flat_map(|(source, servers)| {
        let origin = source.origin_of(TABLE);
        servers.shown().into_iter().map(move |(key, value)| Setting { key, value, origin: origin.clone() })
    });
    rows.collect()
}

fn setting(key: &'static str, sources: &[Source], config: &Config) -> Setting {
    let given = sources.iter().find_map(|source| Some((source.options.shown(key)?, source.origin_of(key))));
    let (value, origin) = given.unwrap_or_else(|| (config.default_shown(key), "default".to_owned()));
    Setting { key: key.to_owned(), value, origin }
}
