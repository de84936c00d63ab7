//! Which settings hold, and where each comes from: what `liveapi config show` prints.

use super::config::{Config, Source, sources};
use super::options::{Options, keys};
use crate::api::Error;

/// One setting that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub key: &'static str,
    /// Its value as text; never a secret.
    pub value: String,
    /// Where it comes from.
    pub origin: String,
}

/// All settings. Fails where a client could not be made either.
pub fn effective(explicit: Options) -> Result<Vec<Setting>, Error> {
    let sources = sources(explicit.clone())?;
    let config = Config::load(explicit)?;
    Ok(keys().map(|key| setting(key, &sources, &config)).collect())
}

fn setting(key: &'static str, sources: &[Source], config: &Config) -> Setting {
    let given = sources.iter().find_map(|source| Some((source.options.shown(key)?, source.origin_of(key))));
    let (value, origin) = given.unwrap_or_else(|| (config.default_shown(key), "default".to_owned()));
    Setting { key, value, origin }
}
