//! What every floor of the daemon may use.

use std::sync::Arc;

use super::current::Current;
use super::ops::log::Log;
use super::ops::metrics::Metrics;
use super::settings::Settings;

/// The settings that hold, what is counted, and where the daemon says what it does. Knows nothing of requests, calls
/// and pages, so that whatever answers them can have it.
pub(crate) struct Context {
    settings: Current<Settings>,
    pub(crate) metrics: Metrics,
    pub(crate) log: Log,
}

impl Context {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings: Current::new(settings), metrics: Metrics::default(), log: Log }
    }

    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.settings.get()
    }

    /// Takes over new settings; what is being answered keeps its own.
    pub(crate) fn renew(&self, settings: Settings) {
        self.settings.replace(settings);
    }
}
