//! What all connections share.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::auth::Gate;
use super::connection::From;
use super::http::{Reply, Request};
use super::log::Log;
use super::metrics::Metrics;
use super::pace::Pace;
use super::pages::{self, Answer, Places};
use super::room::Room;
use super::routes;
use super::settings::Settings;
use liveapi_core::api::{Args, Call, Family};
use liveapi_core::engine::Client;
use liveapi_core::store::home::HomeStore;

/// How often it is looked whether the last connection has ended.
const LOOK: Duration = Duration::from_millis(20);

/// One daemon: who answers, who may ask, and what is counted.
pub(super) struct Daemon {
    settings: RwLock<Arc<Settings>>,
    client: RwLock<Arc<Client>>,
    /// Whether calls go on to a server.
    gateway: bool,
    /// The embedded store, which knows whose accounts are; none if calls go on to a server.
    pub(super) store: Option<HomeStore>,
    pub(super) gate: Gate,
    /// The pages that run.
    pub(super) places: Arc<Places>,
    pub(super) room: Arc<Room>,
    pub(super) metrics: Metrics,
    pub(super) log: Log,
    pub(super) pace: Pace,
}

impl Daemon {
    pub(super) fn new(settings: Settings, client: Client, store: Option<HomeStore>, gate: Gate) -> Self {
        Self {
            settings: RwLock::new(Arc::new(settings)),
            client: RwLock::new(Arc::new(client)),
            gateway: store.is_none(),
            store,
            gate,
            places: Arc::default(),
            room: Arc::default(),
            metrics: Metrics::default(),
            log: Log,
            pace: Pace::default(),
        }
    }

    pub(super) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn client(&self) -> Arc<Client> {
        Arc::clone(&self.client.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over new settings and a new engine; calls that are being answered keep theirs.
    pub(super) fn renew(&self, settings: Settings, client: Client) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(client);
    }

    /// Answers a request; may take its time.
    pub(super) fn answer(self: &Arc<Self>, request: &Request, from: From) -> Answer {
        let is_page = pages::is_meant(&self.settings(), request, from);
        let page = if is_page { pages::answer(self, request, from) } else { None };
        page.unwrap_or_else(|| Answer::Reply(routes::answer(self, request, from)))
    }

    /// Answers a request if that is quickly done.
    pub(super) fn answer_at_once(&self, request: &Request, from: From) -> Option<Reply> {
        if self.can_be_quick() && !pages::is_meant(&self.settings(), request, from) {
            routes::answer_at_once(self, request, from)
        } else {
            None
        }
    }

    /// Whether there are calls that are quickly done; a gateway's go to a server.
    pub(super) fn can_be_quick(&self) -> bool {
        !self.gateway
    }

    /// Whether calls can be answered. A gateway asks no server: that would tell of the server, not of itself.
    pub(super) fn health(&self) -> Result<(), String> {
        if self.gateway {
            return Ok(());
        }
        let mut args = Args::default();
        args.push_text("search", "^$");
        let call = Call { family: Family::Whm, module: "", func: "listaccts", args };
        self.client().call_for(None, &call).map(drop).map_err(|error| error.to_string())
    }

    /// Ends when no connection is open.
    pub(super) async fn idle(&self) {
        while self.metrics.open() > 0 {
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// The machine's name.
pub(super) fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
