//! What the pages of the daemon share.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::Arc;

use super::running_pages::RunningPages;
use crate::server::dispatch::Dispatcher;
use liveapi_core::api::Error;
use liveapi_core::store::{Account, AccountName, MailStore};

/// Who answers pages' calls, whose pages they are, and how many run.
pub(crate) struct PageHost {
    pub(super) dispatcher: Arc<Dispatcher>,
    /// The store that knows whose accounts are; none if calls go on to a server.
    store: Option<Arc<dyn MailStore>>,
    pub(super) running: Arc<RunningPages>,
}

impl PageHost {
    pub(crate) fn new(dispatcher: Arc<Dispatcher>, store: Option<Arc<dyn MailStore>>) -> Self {
        Self { dispatcher, store, running: Arc::default() }
    }

    /// An account of the store; none if calls go on to a server.
    pub(super) fn account(&self, name: &AccountName) -> Result<Option<Account>, Error> {
        self.store.as_ref().map_or(Ok(None), |store| store.account(name))
    }

    /// The folder for the sockets of pages, made if need be: everybody may pass through, nobody may look in.
    pub(super) fn socket_folder(&self) -> io::Result<PathBuf> {
        let settings = self.dispatcher.context.settings();
        let folder = settings.run.clone().unwrap_or_else(|| settings.state.join("run"));
        DirBuilder::new().recursive(true).mode(0o711).create(&folder)?;
        Ok(folder)
    }

    /// Tells the owner of the machine something.
    pub(super) fn say(&self, level: &str, text: &str) {
        self.dispatcher.context.log.say(level, text);
    }
}
