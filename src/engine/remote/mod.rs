//! The remote engine: calls go to a cPanel or WHM server over HTTPS, and its answers come back as they are.
//!
//! A call becomes one POST ([`request`]); it goes out on a connection of this process ([`pool`]), within
//! deadlines ([`exchange`]); what comes back is passed on ([`answer`]) or explained ([`diagnosis`], [`failure`]).
//! Parameters are in the body only, and no message holds one, nor the token.

mod answer;
mod diagnosis;
mod exchange;
mod failure;
mod fleet;
mod form;
mod guide;
mod harmless;
mod object;
mod pin;
mod pool;
mod request;
mod resolver;
mod server;
mod settings;
mod sigpipe;
mod tls;
mod traffic;
mod translate;

pub use fleet::{Fleet, Member};
pub use harmless::is_harmless;
pub use pin::Pin;
pub use server::{Server, Service};
pub use settings::{KEYS, RemoteOptions, RemoteSettings};

use reqwest::Client;
use reqwest::header::HeaderValue;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use self::answer::Odd;
use self::diagnosis::Case;
use self::guide::{Lane, Only};
use self::pool::Pool;
use self::request::Request;
use self::traffic::Traffic;
use super::Token;
use super::batch::Run;
use super::process::PerProcess;
use crate::api::catalogue::Function;
use crate::api::{Arg, Call, Error, ErrorKind, Family, Outcome};

/// Shorter parameters are no secrets that a server's words could give away.
const SHORTEST_SECRET: usize = 4;

/// Finds what is known of a function; the catalogue stands in another engine.
pub type Lookup = fn(Family, &str, &str) -> Option<&'static Function>;

/// The engine of one server.
pub struct RemoteEngine {
    server: Server,
    token: Token,
    settings: RemoteSettings,
    lookup: Lookup,
    /// Connections, of which a forked child has its own.
    pool: PerProcess<Pool>,
}

impl RemoteEngine {
    /// An engine for that server. Nothing is opened before the first call.
    pub fn new(
        server: Server,
        token: Option<Token>,
        settings: RemoteSettings,
        lookup: Lookup,
    ) -> Result<Self, Error> {
        let token = token.ok_or_else(|| {
            let sentence = format!(
                "There is no API token for {}; put one into a file that nobody else may read, and name it by the setting token_file (LIVEAPI_TOKEN_FILE)",
                server.shown()
            );
            Error::new(ErrorKind::Config, sentence)
        })?;
        Ok(Self { server, token, settings, lookup, pool: PerProcess::new() })
    }

    /// Sends a request and reads its answer.
    async fn send(
        &self,
        client: &Client,
        user: Option<&str>,
        call: &Call<'_>,
        request: &Request,
    ) -> Result<Outcome, Error> {
        let address = self.server.address(&request.path);
        let reply = exchange::exchange(client, &address, &self.authorization()?, request).await;
        let reply = reply.map_err(|lost| lost.error(&self.server, call, request.harmless))?;
        if (200..300).contains(&reply.status) {
            match String::from_utf8(reply.body) {
                Ok(text) => answer::read(call, request.family, request.bare, text)
                    .map_err(|(odd, text)| self.explained(user, call, request, |case| case.odd(&odd, &text))),
                Err(_) => Err(self.explained(user, call, request, |case| case.odd(&Odd::NotJson, "?"))),
            }
        } else {
            Err(self.explained(user, call, request, |case| case.status(&reply)))
        }
    }

    /// Collects what a diagnosis needs, which good answers do not.
    fn explained(
        &self,
        user: Option<&str>,
        call: &Call<'_>,
        request: &Request,
        diagnose: impl FnOnce(&Case<'_>) -> Error,
    ) -> Error {
        let secrets = self.secrets(call);
        let harmless = request.harmless;
        diagnose(&Case { server: &self.server, user, call, harmless, secrets: &secrets })
    }

    fn authorization(&self) -> Result<HeaderValue, Error> {
        let Server { service, login, .. } = &self.server;
        let text = Zeroizing::new(format!("{} {login}:{}", service.word(), self.token.secret()));
        let value = HeaderValue::from_str(&text);
        let mut value = value
            .map_err(|_| Error::new(ErrorKind::Config, "The token holds characters that no token has"))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// What tells this engine from others that would hear other things, or from less trusted places.
    fn identity(&self) -> [u8; 32] {
        let mut identity = Sha256::new();
        identity.update(self.server.shown());
        identity.update([0]);
        identity.update(self.token.secret());
        identity.update([0]);
        identity.update(format!("{:?}", self.settings.trust));
        identity.finalize().into()
    }

    /// What no message may repeat.
    fn secrets<'c>(&'c self, call: &'c Call<'_>) -> Vec<&'c str> {
        let values = call.args.effective().filter_map(|(_, value)| match value {
            Arg::Text(text) if text.len() >= SHORTEST_SECRET => Some(&**text),
            _ => None,
        });
        values.chain([self.token.secret()]).collect()
    }
}

/// A call as it goes out: the request, and the function that it was translated from.
struct Outgoing {
    request: Request,
    translated: Option<&'static Function>,
}

impl RemoteEngine {
    /// Makes the request; `None` for a function that no server can have.
    fn outgoing(&self, user: Option<&str>, call: &Call<'_>) -> Result<Option<Outgoing>, Error> {
        self.server.require_account(user)?;
        let known = (self.lookup)(call.family, call.module, call.func);
        let twin = translate::twin(call, known).filter(|_| self.settings.prefer_uapi);
        let request = Request::of_call(&self.server, user, call, known, twin)?;
        let translated = known.filter(|_| twin.is_some());
        Ok(request.map(|request| Outgoing { request, translated }))
    }

    /// Sends what `outgoing` made, and brings the answer back into the family of the call.
    async fn answer(
        &self,
        client: &Client,
        user: Option<&str>,
        call: &Call<'_>,
        outgoing: &Outgoing,
    ) -> Result<Outcome, Error> {
        let outcome = self.send(client, user, call, &outgoing.request).await?;
        Ok(match outgoing.translated {
            Some(function) => translate::back(call, function, outcome),
            None => outcome,
        })
    }

    /// Answers a call by a client of a batch.
    async fn one(&self, client: &Client, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error> {
        match self.outgoing(user, call)? {
            Some(outgoing) => self.answer(client, user, call, &outgoing).await,
            None => Ok(Outcome::UnknownFunction),
        }
    }

    /// This process's connections.
    fn pool(&self) -> Result<&Pool, Error> {
        self.pool.get(|| Pool::new(&self.settings))
    }
}

impl super::Engine for RemoteEngine {
    fn call(&self, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error> {
        let Some(outgoing) = self.outgoing(user, call)? else { return Ok(Outcome::UnknownFunction) };
        self.pool()?.with(async |client| self.answer(client, user, call, &outgoing).await)?
    }

    fn batch(&self, user: Option<&str>, run: &mut Run<'_, '_>) -> Result<(), Error> {
        let lanes = vec![Lane { name: None, engine: self }];
        Traffic::run(lanes, &Only, user, run)
    }
}
