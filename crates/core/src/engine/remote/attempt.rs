//! One request of a call: signed, sent, and its answer read.

use std::sync::Arc;
use std::time::Instant;

use reqwest::Client;
use reqwest::header::HeaderMap;

use super::RemoteEngine;
use super::absent::{self, Lack};
use super::diagnosis::{self, Case};
use super::exchange::{self, Parcel, Reply};
use super::failure::Step;
use super::lookup::Mailbox;
use super::request::Request;
use super::session::{Failed, Session};
use super::signature::{Signature, Signer};
use super::translate::Twin;
use crate::api::{Call, Error, ErrorKind, Outcome};
use crate::engine::answer::{self, Odd};
use crate::engine::credentials::Login;
use crate::engine::lost::Lost;
use crate::engine::words;

/// A call on its way.
pub(super) struct Attempt<'c> {
    pub(super) engine: &'c RemoteEngine,
    /// Whose connections it takes.
    pub(super) client: &'c Client,
    pub(super) user: Option<&'c str>,
    pub(super) call: &'c Call<'c>,
    pub(super) request: Request,
    /// When all of it must have ended.
    pub(super) until: Instant,
}

/// An answer, and who had asked.
pub(super) struct Received {
    reply: Reply,
    signature: Signature,
}

impl Received {
    /// What of API 2 the server lacks.
    pub(super) fn lack(&self) -> Option<Lack> {
        absent::lack(&self.reply)
    }
}

impl<'c> Attempt<'c> {
    /// A call as it is, or as its twin; `None` for a function that no server can have.
    pub(super) fn new(
        engine: &'c RemoteEngine,
        client: &'c Client,
        user: Option<&'c str>,
        call: &'c Call<'_>,
        twin: Option<&Twin>,
        until: Instant,
    ) -> Result<Option<Self>, Error> {
        let known = (engine.lookup)(call.family, call.module, call.func);
        let request = Request::of_call(&engine.server, user, call, known, twin)?;
        Ok(request.map(|request| Self { engine, client, user, call, request, until }))
    }

    /// Sends it and waits for the answer.
    pub(super) async fn once(&self) -> Result<Result<Received, Lost>, Error> {
        let (signature, is_new) = self.signature(None).await?;
        let sent = self.send(&signature).await;
        let over = |sent: &Result<Reply, Lost>| sent.as_ref().is_ok_and(diagnosis::is_session_over);
        match &signature.session {
            // A session that has ended is no refusal. A new one that is refused at once is.
            Some(session) if !is_new && over(&sent) => {
                let (signature, _) = self.signature(Some(session)).await?;
                Ok(self.send(&signature).await.map(|reply| Received { reply, signature }))
            }
            _ => Ok(sent.map(|reply| Received { reply, signature })),
        }
    }

    /// What an answer says, or what is known without one.
    pub(super) async fn outcome(&self, received: Result<Received, Lost>) -> Result<Outcome, Error> {
        match (received, Mailbox::of_call(self.call)) {
            (Ok(received), _) => self.understood(received),
            (Err(lost), Some(mailbox)) if lost.can_be_looked_into() => self.look_up(&mailbox, lost).await,
            (Err(lost), _) => Err(lost.error(&self.step(), self.request.harmless)),
        }
    }

    /// An answer in the shape of its family, or why it is none.
    pub(super) fn understood(&self, received: Received) -> Result<Outcome, Error> {
        let Received { reply, signature, .. } = received;
        let explained =
            |diagnose: &dyn Fn(&Case<'_>) -> Error| Err(self.explained(self.step(), &signature, diagnose));
        if !reply.is_good() {
            return explained(&|case| case.status(&reply));
        }
        match String::from_utf8(reply.body) {
            Ok(text) => answer::read(self.call, self.request.family, self.request.bare, text)
                .or_else(|(odd, text)| explained(&|case| case.odd(&odd, &text))),
            Err(_) => explained(&|case| case.odd(&Odd::NotJson, "?")),
        }
    }

    /// The call, for sentences.
    pub(super) fn step(&self) -> Step<'_> {
        Step { server: &self.engine.server, call: self.call, is_login: false }
    }

    async fn send(&self, signature: &Signature) -> Result<Reply, Lost> {
        let Request { path, body, harmless, .. } = &self.request;
        let address = self.engine.server.address(&signature.path(path));
        let parcel =
            Parcel { address, headers: &signature.headers, body, harmless: *harmless, until: self.until };
        exchange::exchange(self.client, &parcel).await
    }

    /// Who the request comes from, and whether that was arranged just now. `stale` is a session that has ended.
    async fn signature(&self, stale: Option<&Arc<Session>>) -> Result<(Signature, bool), Error> {
        let RemoteEngine { signer, server, .. } = self.engine;
        if signer.login() != Login::Session {
            return Ok((Signature { headers: signer.headers(server)?, session: None }, true));
        }
        if stale.is_some() && signer.is_spent() {
            let sentence = format!(
                "{} was not made: the session has ended, and the code of the setting otp served its one login. Give the setting totp_secret, of which codes are made, or the present code to a new client",
                self.step()
            );
            return Err(Error::new(ErrorKind::Authentication, sentence));
        }
        let (session, is_new) =
            self.engine.held()?.sessions.session(stale, async || self.log_in().await).await?;
        Ok((Signature::of_session(session), is_new))
    }

    /// Asks for a session.
    async fn log_in(&self) -> Result<Session, Failed> {
        let RemoteEngine { signer, server, .. } = self.engine;
        let step = Step { is_login: true, ..self.step() };
        let headers = HeaderMap::new();
        let body = signer.login_form(server).finish();
        let parcel = Signer::login_parcel(server, &headers, &body, self.until);
        let reply = exchange::exchange(self.client, &parcel).await;
        let reply = reply.map_err(|lost| Failed::Otherwise(lost.before_call(&step)))?;
        let nobody = Signature { headers: HeaderMap::new(), session: None };
        let explained = |diagnose: &dyn Fn(&Case<'_>) -> Error| {
            let error = self.explained(step, &nobody, diagnose);
            let is_no = error.kind() == ErrorKind::Authentication;
            if is_no { Failed::Refused(error) } else { Failed::Otherwise(error) }
        };
        // Old servers answer a login with a redirect, which is read and not followed.
        let has_token = reply.location.as_deref().is_some_and(|location| location.contains("/cpsess"));
        if !reply.is_good() && !has_token {
            return Err(explained(&|case| case.status(&reply)));
        }
        Session::of_reply(&reply).map_err(|odd| {
            let text = String::from_utf8_lossy(&reply.body);
            explained(&|case| case.odd(&odd, &text))
        })
    }

    /// Collects what a diagnosis needs, which good answers do not.
    fn explained(
        &self,
        step: Step<'_>,
        signature: &Signature,
        diagnose: &dyn Fn(&Case<'_>) -> Error,
    ) -> Error {
        let values = words::secrets(self.call);
        let signer = &self.engine.signer;
        let secrets: Vec<&str> = values.chain([signer.secret()]).chain(signature.secrets()).collect();
        let (user, harmless) = (self.user, self.request.harmless);
        diagnose(&Case { step, login: signer.login(), user, harmless, secrets: &secrets })
    }
}
