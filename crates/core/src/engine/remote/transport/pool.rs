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

use crate::api::Error;
use crate::engine::config::RemoteSettings;
use crate::engine::remote::transport::call_runtime::{CallRuntime, cannot_make};
use crate::engine::remote::transport::resolver::InPlace;
use crate::engine::remote::transport::tls;

/// How long an idle connection is used again; cPanel's servers close theirs after 70 seconds.
const IDLE: Duration = Duration::from_secs(55);
/// Longest that a connection may say nothing at all; for dead peers behind firewalls.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// The pairs that no call is using, and what is needed for another one.
pub(crate) struct Pool {
    tls: ClientConfig,
    proxy: Option<Proxy>,
    connect_timeout: Duration,
    /// A lock that is held for a push or a pop only. A child never sees it held: it has a pool of its own.
    idle: Mutex<Vec<Pair>>,
}

/// A runtime and the client whose connections live in it.
struct Pair {
    client: Client,
    runtime: CallRuntime,
}

impl Pool {
    pub(crate) fn new(settings: &RemoteSettings, proxy: Option<Proxy>) -> Result<Self, Error> {
        Ok(Self {
            tls: tls::config(&settings.trust)?,
            proxy,
            connect_timeout: settings.connect_timeout,
            idle: Mutex::new(Vec::new()),
        })
    }

    /// Lends a pair to `work`. One in which `work` panicked is not used again.
    pub(crate) fn with<T>(&self, work: impl AsyncFnOnce(&Client) -> T) -> Result<T, Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let pair = match idle {
            Some(pair) => pair,
            None => Pair { client: self.client(1)?, runtime: CallRuntime::new()? },
        };
        let done = pair.runtime.run(work(&pair.client));
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(pair);
        Ok(done)
    }

    /// A client that keeps so many connections open. It belongs to the runtime that its calls are made in.
    pub(crate) fn client(&self, connections: usize) -> Result<Client, Error> {
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
        client.map_err(|cause| cannot_make("The client", &cause))
    }
}
