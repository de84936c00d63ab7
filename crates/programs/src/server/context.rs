//! What every floor of the daemon may use.

use std::sync::Arc;

use super::current::Current;
use super::ops::log::Log;
use super::ops::metrics::Metrics;
use super::settings::Settings;
use crate::live::{RequestMemory, Turns};

/// Most threads that wait for disks and hashes, for each processor.
const WAITING_THREADS: usize = 32;

/// How many threads may wait for disks, hashes and servers.
pub(crate) fn waiting_threads() -> usize {
    WAITING_THREADS * std::thread::available_parallelism().map_or(1, usize::from)
}

/// The settings that hold, what is counted, and where the daemon says what it does. Knows nothing of requests, calls
/// and pages, so that whatever answers them can have it.
pub(crate) struct Context {
    settings: Current<Settings>,
    pub(crate) metrics: Metrics,
    pub(crate) log: Log,
    /// Who may have a thread that waits.
    pub(crate) turns: Arc<Turns>,
    /// What requests over LiveAPI sockets take.
    pub(crate) socket_memory: Arc<RequestMemory>,
}

impl Context {
    pub(crate) fn new(settings: Settings) -> Self {
        let turns = Turns::new(waiting_threads(), settings.calls_per_account);
        Self {
            settings: Current::new(settings),
            metrics: Metrics::default(),
            log: Log,
            turns,
            socket_memory: Arc::default(),
        }
    }

    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.settings.get()
    }

    /// Takes over new settings; what is being answered keeps its own.
    pub(crate) fn renew(&self, settings: Settings) {
        self.settings.replace(settings);
    }
}
