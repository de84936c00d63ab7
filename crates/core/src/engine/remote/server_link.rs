//! One server, as whom calls go there, and this process's way to it.

use reqwest::Proxy;
use sha2::{Digest, Sha256};

use crate::api::Error;
use crate::base::process::PerProcess;
use crate::engine::config::{Credentials, RemoteSettings, Server};
use crate::engine::contract::Lookup;
use crate::engine::remote::process_state::ProcessState;
use crate::engine::remote::session::signature::Signer;
use crate::engine::remote::transport::pool::Pool;
use crate::engine::remote::transport::pool_cache::shared_pool;

/// Everything that calls to one server share.
pub struct ServerLink {
    pub(crate) server: Server,
    pub(crate) signer: Signer,
    pub(crate) settings: RemoteSettings,
    pub(crate) lookup: Lookup,
    /// What connections go through.
    proxy: Option<Proxy>,
    /// Connections, session and memory, of which a forked child has its own.
    state: PerProcess<ProcessState>,
}

impl ServerLink {
    /// A link to that server. Nothing is opened before the first call.
    pub fn new(
        server: Server,
        credentials: Credentials,
        settings: RemoteSettings,
        lookup: Lookup,
    ) -> Result<Self, Error> {
        let signer = Signer::new(&server, credentials)?;
        let proxy = settings.proxy.resolve()?;
        Ok(Self { server, signer, settings, lookup, proxy, state: PerProcess::new() })
    }

    /// What this process keeps of the server.
    pub(crate) fn state(&self) -> Result<&ProcessState, Error> {
        self.state.get_from(|parent| {
            let pool = shared_pool(self.identity(), &self.settings, self.proxy.clone())?;
            Ok(ProcessState::new(pool, parent))
        })
    }

    pub(crate) fn pool(&self) -> Result<&Pool, Error> {
        Ok(&self.state()?.pool)
    }

    /// What tells this link from others that would hear other things, or from less trusted places.
    pub(crate) fn identity(&self) -> [u8; 32] {
        let mut identity = Sha256::new();
        identity.update(self.server.shown());
        identity.update([0]);
        identity.update(self.signer.secret());
        identity.update([0]);
        identity.update(format!("{:?} {:?}", self.signer.login(), self.settings.trust));
        identity.finalize().into()
    }
}
