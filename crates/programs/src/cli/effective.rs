//! Which settings hold, and where each comes from: what `liveapi config show` prints.

use liveapi_core::api::Error;
use liveapi_core::engine::Options;
use liveapi_core::engine::config::{Config, SERVERS, SettingSource, setting_keys, sources};

/// One setting that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// As the configuration file has it, with `servers.NAME` for those of the table.
    pub(super) key: String,
    /// Its value as text; never a secret.
    pub(super) value: String,
    /// Where it comes from.
    pub(super) origin: String,
}

/// All settings. Fails where a client could not be made either.
pub(super) fn effective(explicit: Options) -> Result<Vec<Setting>, Error> {
    let sources = sources(explicit.clone())?;
    let config = Config::load(explicit)?;
    let mut settings: Vec<Setting> = setting_keys().map(|key| setting(key, &sources, &config)).collect();
    settings.extend(servers(&sources));
    Ok(settings)
}

/// Those of the table of servers, all from one place.
fn servers(sources: &[SettingSource]) -> Vec<Setting> {
    let given = sources.iter().find_map(|source| Some((source, source.options.servers.as_ref()?)));
    let rows = given.into_iter().flat_map(|(source, servers)| {
        let origin = source.origin_of(SERVERS);
        servers.shown().into_iter().map(move |(key, value)| Setting { key, value, origin: origin.clone() })
    });
    rows.collect()
}

fn setting(key: &'static str, sources: &[SettingSource], config: &Config) -> Setting {
    let given = sources.iter().find_map(|source| Some((source.options.shown(key)?, source.origin_of(key))));
    let (value, origin) = given.unwrap_or_else(|| (config.default_shown(key), "default".to_owned()));
    Setting { key: key.to_owned(), value, origin }
}
