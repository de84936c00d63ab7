//! The connections of one process: pairs of a runtime and a client, each used by one call at a time.
//!
//! A runtime runs on the thread that calls, so no thread is ever started. A call takes a pair, or makes one if all
//! are in use, and puts it back with its connection open. Runtimes and clients are made for calls only: an
//! embedded engine never comes here.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use rustls::ClientConfig;
use tokio::runtime::{Builder, Runtime};

use super::resolver::InPlace;
use super::settings::RemoteSettings;
use super::tls;
use crate::api::{Error, ErrorKind};

/// How long an idle connection is used again; cPanel's servers close theirs after 70 seconds.
const IDLE: Duration = Duration::from_secs(55);
/// Longest that a connection may say nothing at all; for dead peers behind firewalls.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// The pairs that no call is using, and what is needed for another one.
pub(super) struct Pool {
    tls: ClientConfig,
    connect_timeout: Duration,
    timeout: Duration,
    /// A lock that is held for a push or a pop only. A child never sees it held: it has a pool of its own.
    idle: Mutex<Vec<Pair>>,
}

/// A runtime and the client whose connections live in it.
pub(super) struct Pair {
    pub(super) client: Client,
    pub(super) runtime: Runtime,
}

impl Pool {
    pub(super) fn new(settings: &RemoteSettings) -> Result<Self, Error> {
        Ok(Self {
            tls: tls::config(&settings.trust)?,
            connect_timeout: settings.connect_timeout,
            timeout: settings.timeout,
            idle: Mutex::new(Vec::new()),
        })
    }

    /// Lends a pair to `work`. One in which `work` panicked is not used again.
    pub(super) fn with<T>(&self, work: impl FnOnce(&Pair) -> T) -> Result<T, Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let pair = match idle {
            Some(pair) => pair,
            None => self.pair()?,
        };
        let done = work(&pair);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(pair);
        Ok(done)
    }

    fn pair(&self) -> Result<Pair, Error> {
        let fail = |what: &str, cause: &dyn std::fmt::Display| {
            Error::new(ErrorKind::Internal, format!("{what} for calls to a server cannot be made: {cause}"))
        };
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(|cause| fail("The runtime", &cause))?;
        let client = Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .https_only(true)
            .http1_only()
            .no_proxy()
            // Whoever follows a redirect may carry the token to another host.
            .redirect(Policy::none())
            .referer(false)
            // What may be sent twice is decided by the call, in `exchange`.
            .retry(reqwest::retry::never())
            .dns_resolver(InPlace)
            .connect_timeout(self.connect_timeout)
            .timeout(self.timeout)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(1)
            .tcp_keepalive(KEEPALIVE)
            .user_agent(concat!("liveapi/", env!("CARGO_PKG_VERSION")))
            .build();
        let client = client.map_err(|cause| fail("The client", &cause))?;
        Ok(Pair { client, runtime })
    }
}
