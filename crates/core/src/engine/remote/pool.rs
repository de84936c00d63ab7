//! The connections of one process: pairs of a runtime and a client, each used by one call at a time.
//!
//! A runtime runs on the thread that calls, so no thread is ever started. A call takes a pair, or makes one if all
//! are in use, and puts it back with its connection open. Runtimes and clients are made for calls only: an
//! embedded engine never comes here.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Proxy};
use rustls::ClientConfig;
use tokio::runtime::{Builder, Runtime};

use super::resolver::InPlace;
use super::settings::RemoteSettings;
use super::sigpipe::{SigpipeGuard, SigpipeTaker};
use super::tls;
use crate::api::{Error, ErrorKind};

/// How long an idle connection is used again; cPanel's servers close theirs after 70 seconds.
const IDLE: Duration = Duration::from_secs(55);
/// Longest that a connection may say nothing at all; for dead peers behind firewalls.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// The pairs that no call is using, and what is needed for another one.
pub(super) struct Pool {
    tls: ClientConfig,
    proxy: Option<Proxy>,
    connect_timeout: Duration,
    /// A lock that is held for a push or a pop only. A child never sees it held: it has a pool of its own.
    idle: Mutex<Vec<Pair>>,
}

/// A runtime and the client whose connections live in it.
struct Pair {
    client: Client,
    place: Place,
}

/// Where calls are made: a runtime on the calling thread, and what takes SIGPIPE away there.
pub(super) struct Place {
    runtime: Runtime,
    sigpipe: SigpipeTaker,
}

impl Pool {
    pub(super) fn new(settings: &RemoteSettings, proxy: Option<Proxy>) -> Result<Self, Error> {
        Ok(Self {
            tls: tls::config(&settings.trust)?,
            proxy,
            connect_timeout: settings.connect_timeout,
            idle: Mutex::new(Vec::new()),
        })
    }

    /// Lends a pair to `work`. One in which `work` panicked is not used again.
    pub(super) fn with<T>(&self, work: impl AsyncFnOnce(&Client) -> T) -> Result<T, Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let pair = match idle {
            Some(pair) => pair,
            None => Pair { client: self.client(1)?, place: place()? },
        };
        let done = run(&pair.place, work(&pair.client));
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(pair);
        Ok(done)
    }

    /// A client that keeps so many connections open. It belongs to the runtime that its calls are made in.
    pub(super) fn client(&self, connections: usize) -> Result<Client, Error> {
        // The environment's proxy counts only if the configuration says so.
        let builder = Client::builder().no_proxy();
        let builder = match &self.proxy {
            Some(proxy) => builder.proxy(proxy.clone()),
            None => builder,
        };
        let client = builder
            .tls_backend_preconfigured(self.tls.clone())
            .https_only(true)
            .http1_only()
            // Whoever follows a redirect may carry the token to another host.
            .redirect(Policy::none())
            .referer(false)
            // What may be sent twice is decided by the call, in `exchange`.
            .retry(reqwest::retry::never())
            .dns_resolver(InPlace)
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(connections)
            .tcp_keepalive(KEEPALIVE)
            .user_agent(concat!("liveapi/", env!("CARGO_PKG_VERSION")))
            .build();
        client.map_err(|cause| fail("The client", &cause))
    }
}

/// A place of its own.
pub(super) fn place() -> Result<Place, Error> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build();
    let runtime = runtime.map_err(|cause| fail("The runtime", &cause))?;
    let sigpipe = SigpipeTaker::new().map_err(|cause| fail("The descriptor for SIGPIPE", &cause))?;
    Ok(Place { runtime, sigpipe })
}

/// Does `work` to its end.
pub(super) fn run<T>(place: &Place, work: impl Future<Output = T>) -> T {
    // Lives longer than the work: a connection may be written to until its future is gone.
    let _guard = SigpipeGuard::new(&place.sigpipe);
    place.runtime.block_on(work)
}

fn fail(what: &str, cause: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Internal, format!("{what} for calls to a server cannot be made: {cause}"))
}
