//! What the command line of the daemon says of its settings and its engine; asked again at each reload.

use std::path::Path;

use clap::ArgMatches;

use crate::server::settings::{Settings, keys};
use liveapi_core::api::Error;
use liveapi_core::engine::{Client, Options, Process};

/// The file that is read where none is named, if there is one.
const USUAL_FILE: &str = "/etc/liveapi/liveapid.toml";

/// The arguments that the daemon was started with.
#[derive(Clone, Copy)]
pub(super) struct Invocation<'m>(pub(super) &'m ArgMatches);

/// The settings of the usual file, if there is one.
pub(super) fn usual_settings() -> Result<Settings, Error> {
    let mut settings = Settings::new();
    if Path::new(USUAL_FILE).exists() {
        settings.read(Path::new(USUAL_FILE))?;
    }
    Ok(settings)
}

impl Invocation<'_> {
    /// The settings of file and command line.
    pub(super) fn settings(self) -> Result<Settings, Error> {
        let mut settings = match self.0.get_one::<String>("config") {
            Some(path) => {
                let mut settings = Settings::new();
                settings.read(Path::new(path))?;
                settings
            }
            None => usual_settings()?,
        };
        for (key, _) in keys() {
            if let Some(value) = self.0.get_one::<String>(key) {
                settings.set(key, value, "the command line")?;
            }
        }
        Ok(settings)
    }

    /// What the command line says of the engine.
    pub(super) fn options(self) -> Options {
        Options { url: self.0.get_one::<String>("url").cloned(), ..Options::default() }
    }

    /// The engine that answers calls.
    pub(super) fn client(self) -> Result<Client, Error> {
        Client::within(Process::Daemon, self.options())
    }
}
