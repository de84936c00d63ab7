//! The remote engine: calls go to a cPanel or WHM server over HTTPS, and its answers come back as they are.
//!
//! A call becomes one POST ([`request`]), signed by a token, a password or a session ([`signature`], [`session`]);
//! it goes out on a connection of this process ([`pool`], [`kept`]), within deadlines ([`exchange`]); what comes back is
//! passed on ([`super::answer`]) or explained ([`diagnosis`], [`failure`]). Where a server has no API 2 ([`absent`]), the
//! call goes out as UAPI ([`translate`]). Parameters are in the body only, and no message holds one, nor a secret.

mod absent;
mod advice;
mod attempt;
mod diagnosis;
mod exchange;
mod failure;
mod fleet;
mod form;
mod guide;
mod held;
mod kept;
mod lookup;
mod pin;
mod pool;
mod proxy;
mod request;
mod resolver;
mod server;
mod session;
mod settings;
mod signature;
mod sigpipe;
mod tls;
mod traffic;
mod translate;

pub use fleet::{Fleet, Member};
pub use pin::Pin;
pub use proxy::ProxySetting;
pub use server::{Server, Service};
pub use settings::{KEYS, RemoteOptions, RemoteSettings};

use std::time::Instant;

use reqwest::{Client, Proxy};
use sha2::{Digest, Sha256};

use self::absent::Lack;
use self::attempt::Attempt;
use self::guide::{Lane, Only};
use self::held::Held;
use self::pool::Pool;
use self::signature::Signer;
use self::traffic::Traffic;
use self::translate::Twin;
use super::Lookup;
use super::batch::Run;
use super::credentials::Credentials;
use super::names::has_names;
use crate::api::{Call, Error, ErrorKind, Family, Outcome};
use crate::base::process::PerProcess;

/// The engine of one server.
pub struct RemoteEngine {
    server: Server,
    signer: Signer,
    settings: RemoteSettings,
    lookup: Lookup,
    /// What connections go through.
    proxy: Option<Proxy>,
    /// Connections, session and memory, of which a forked child has its own.
    held: PerProcess<Held>,
}

impl RemoteEngine {
    /// An engine for that server. Nothing is opened before the first call.
    pub fn new(
        server: Server,
        credentials: Credentials,
        settings: RemoteSettings,
        lookup: Lookup,
    ) -> Result<Self, Error> {
        let signer = Signer::new(&server, credentials)?;
        let proxy = settings.proxy.resolve()?;
        Ok(Self { server, signer, settings, lookup, proxy, held: PerProcess::new() })
    }

    fn held(&self) -> Result<&Held, Error> {
        self.held.get_from(|parent| {
            let pool = kept::pool(self.identity(), &self.settings, self.proxy.clone())?;
            Ok(Held::new(pool, parent))
        })
    }

    /// This process's connections.
    fn pool(&self) -> Result<&Pool, Error> {
        Ok(&self.held()?.pool)
    }

    /// What tells this engine from others that would hear other things, or from less trusted places.
    fn identity(&self) -> [u8; 32] {
        let mut identity = Sha256::new();
        identity.update(self.server.shown());
        identity.update([0]);
        identity.update(self.signer.secret());
        identity.update([0]);
        identity.update(format!("{:?} {:?}", self.signer.login(), self.settings.trust));
        identity.finalize().into()
    }

    /// Answers a call on the connections of a client.
    async fn one(&self, client: &Client, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error> {
        self.server.require_account(user)?;
        let until = Instant::now() + self.settings.timeout;
        let known = (self.lookup)(call.family, call.module, call.func);
        let Some(function) = known.filter(|_| call.family == Family::Api2) else {
            return self.plain(client, user, call, until).await;
        };
        let twin = Twin::of(function);
        let absent = &self.held()?.absent;
        let lack = absent.knows(function);
        let is_first = self.settings.prefer_uapi || lack.is_some();
        match &twin {
            Ok(twin) if is_first => {
                if let Some(outcome) = self.translated(client, user, call, twin, until).await? {
                    return Ok(outcome);
                }
            }
            Err(why) if lack == Some(Lack::Api2) => return Err(self.stranded(call, why)),
            _ => {}
        }
        let Some(attempt) = Attempt::new(self, client, user, call, None, until)? else {
            return Ok(Outcome::UnknownFunction);
        };
        let received = attempt.once().await?;
        let lack = received.as_ref().ok().and_then(|received| received.lack());
        match (lack, &twin) {
            (Some(lack), Ok(twin)) if !is_first => {
                if let Some(outcome) = self.translated(client, user, call, twin, until).await? {
                    absent.remember(lack, function);
                    return Ok(outcome);
                }
            }
            (Some(Lack::Api2), Err(why)) => return Err(self.stranded(call, why)),
            _ => {}
        }
        attempt.outcome(received).await
    }

    /// A call that goes out as it is.
    async fn plain(
        &self,
        client: &Client,
        user: Option<&str>,
        call: &Call<'_>,
        until: Instant,
    ) -> Result<Outcome, Error> {
        match Attempt::new(self, client, user, call, None, until)? {
            Some(attempt) => attempt.outcome(attempt.once().await?).await,
            None => Ok(Outcome::UnknownFunction),
        }
    }

    /// A call that goes out as UAPI; `None` if the server lacks that, too.
    async fn translated(
        &self,
        client: &Client,
        user: Option<&str>,
        call: &Call<'_>,
        twin: &Twin,
        until: Instant,
    ) -> Result<Option<Outcome>, Error> {
        if let Some(refusal) = twin.check(call, self.lookup)? {
            return Ok(Some(Outcome::Refused(refusal, twin.answer())));
        }
        let Some(attempt) = Attempt::new(self, client, user, call, Some(twin), until)? else {
            return Ok(Some(Outcome::UnknownFunction));
        };
        let received = attempt.once().await?;
        if received.as_ref().is_ok_and(|received| received.lack().is_some()) {
            return Ok(None);
        }
        attempt.outcome(received).await.map(|outcome| Some(twin.back(call, outcome)))
    }

    /// The server has no API 2, and the function nothing to stand in for it.
    fn stranded(&self, call: &Call<'_>, why: &str) -> Error {
        let Call { module, func, .. } = call;
        let sentence = format!(
            "The call {module}::{func} to {} was not made: the server has no API 2, and {why}",
            self.server.shown()
        );
        Error::new(ErrorKind::BadAnswer, sentence)
    }
}

impl super::Engine for RemoteEngine {
    fn call(&self, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error> {
        // Nothing is opened for a name that no server can have.
        if !has_names(call) {
            return Ok(Outcome::UnknownFunction);
        }
        self.pool()?.with(async |client| self.one(client, user, call).await)?
    }

    fn batch(&self, user: Option<&str>, run: &mut Run<'_, '_>) -> Result<(), Error> {
        let lanes = vec![Lane { name: None, engine: self }];
        Traffic::run(lanes, &Only, user, run)
    }
}
