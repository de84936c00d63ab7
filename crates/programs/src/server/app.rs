//! The top floor: requests meet pages and calls here.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};

use super::accept::handler::{Handler, PageOutcome, Response};
use super::dispatch::Dispatcher;
use super::http::{Reader, Reply, Request};
use super::ops::monitor::Monitored;
use super::origin::Origin;
use super::pages::{self, PageHost, Visit};
use super::routes;
use liveapi_core::store::MailStore;

/// What answers the requests of one daemon.
pub(crate) struct App {
    dispatcher: Arc<Dispatcher>,
    pages: PageHost,
}

impl App {
    /// `store`: the one that knows whose accounts are; none if calls go on to a server.
    pub(crate) fn new(dispatcher: Arc<Dispatcher>, store: Option<Arc<dyn MailStore>>) -> Self {
        Self { pages: PageHost::new(Arc::clone(&dispatcher), store), dispatcher }
    }

    fn is_for_page(&self, request: &Request, origin: Origin) -> bool {
        pages::is_meant(&self.dispatcher.context.settings(), request, origin)
    }
}

impl Handler for App {
    type Page = Visit;

    fn answer_at_once(&self, request: &Request, origin: Origin) -> Option<Reply> {
        if self.dispatcher.can_be_quick() && !self.is_for_page(request, origin) {
            routes::answer_at_once(&self.dispatcher, request, origin)
        } else {
            None
        }
    }

    fn line(&self, request: &Request, origin: Origin) -> String {
        routes::line(&self.dispatcher, request, origin)
    }

    fn answer(&self, request: &Request, origin: Origin) -> Response<Visit> {
        let page = if self.is_for_page(request, origin) {
            pages::answer(&self.pages, request, origin)
        } else {
            None
        };
        page.unwrap_or_else(|| Response::Whole(routes::answer(&self.dispatcher, request, origin)))
    }

    async fn run<S: AsyncRead + AsyncWrite + Unpin + Send>(
        &self,
        stream: &mut S,
        reader: &mut Reader,
        page: Visit,
        origin: Origin,
        stays: Option<u64>,
    ) -> PageOutcome {
        pages::run(stream, reader, &self.pages, page, origin, stays).await
    }
}

impl Monitored for App {
    fn health(&self) -> Result<(), String> {
        self.dispatcher.health()
    }

    fn metrics(&self) -> String {
        self.dispatcher.context.metrics.text()
    }
}
