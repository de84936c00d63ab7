//! One request of a call: signed, sent, and its answer read.

use std::sync::Arc;
use std::time::Instant;

use reqwest::Client;
use reqwest::header::HeaderMap;

use crate::api::{Call, Error, ErrorKind, Outcome};
use crate::engine::config::Login;
use crate::engine::remote::api2_support::{self, Missing};
use crate::engine::remote::call::request::ServerRequest;
use crate::engine::remote::server_link::ServerLink;
use crate::engine::remote::session::diagnosis::{self, Case};
use crate::engine::remote::session::keeper::LoginFailure;
use crate::engine::remote::session::opened::Session;
use crate::engine::remote::session::signature::{Signature, Signer};
use crate::engine::remote::session::step::Step;
use crate::engine::remote::translate::Twin;
use crate::engine::remote::transport::exchange::{HttpReply, Parcel, exchange};
use crate::engine::wire::normalize::{self, Malformed};
use crate::engine::wire::redact;
use crate::engine::wire::retry::is_idempotent;
use crate::engine::wire::transport_error::TransportError;

/// A call on its way.
pub(crate) struct Attempt<'c> {
    pub(crate) link: &'c ServerLink,
    /// Whose connections it takes.
    pub(crate) client: &'c Client,
    pub(crate) user: Option<&'c str>,
    pub(crate) call: &'c Call<'c>,
    pub(crate) request: ServerRequest,
    /// Whether a second time does nothing that the first did not.
    pub(crate) idempotent: bool,
    /// When all of it must have ended.
    pub(crate) until: Instant,
}

/// An answer, and who had asked.
pub(crate) struct Received {
    reply: HttpReply,
    signature: Signature,
}

impl Received {
    /// What of API 2 the server lacks.
    pub(crate) fn missing(&self) -> Option<Missing> {
        api2_support::missing(&self.reply)
    }
}

impl<'c> Attempt<'c> {
    /// A call as it is, or as its twin.
    pub(crate) fn new(
        link: &'c ServerLink,
        client: &'c Client,
        user: Option<&'c str>,
        call: &'c Call<'_>,
        twin: Option<&Twin>,
        until: Instant,
    ) -> Result<Self, Error> {
        let known = (link.lookup)(call.family, call.module, call.func);
        let request = ServerRequest::of_call(&link.server, user, call, known, twin)?;
        Ok(Self { link, client, user, call, request, idempotent: is_idempotent(call), until })
    }

    /// Sends it and waits for the answer.
    pub(crate) async fn once(&self) -> Result<Result<Received, TransportError>, Error> {
        let (signature, is_new) = self.signature(None).await?;
        let sent = self.send(&signature).await;
        let over =
            |sent: &Result<HttpReply, TransportError>| sent.as_ref().is_ok_and(diagnosis::is_session_over);
        match &signature.session {
            // A session that has ended is no refusal. A new one that is refused at once is.
            Some(session) if !is_new && over(&sent) => {
                let (signature, _) = self.signature(Some(session)).await?;
                Ok(self.send(&signature).await.map(|reply| Received { reply, signature }))
            }
            _ => Ok(sent.map(|reply| Received { reply, signature })),
        }
    }

    /// What an answer says, or that it was lost.
    pub(crate) fn outcome(&self, received: Result<Received, TransportError>) -> Result<Outcome, Error> {
        match received {
            Ok(received) => self.understood(received),
            Err(lost) => Err(lost.error(&self.step(), self.idempotent)),
        }
    }

    /// An answer in the shape of its family, or why it is none.
    pub(crate) fn understood(&self, received: Received) -> Result<Outcome, Error> {
        let Received { reply, signature, .. } = received;
        let explained =
            |diagnose: &dyn Fn(&Case<'_>) -> Error| Err(self.explained(self.step(), &signature, diagnose));
        if !reply.is_good() {
            return explained(&|case| case.status(&reply));
        }
        match String::from_utf8(reply.body) {
            Ok(text) => normalize::read(self.call, self.request.family, self.request.bare, text)
                .or_else(|(malformed, text)| explained(&|case| case.malformed(&malformed, &text))),
            Err(_) => explained(&|case| case.malformed(&Malformed::NotJson, "?")),
        }
    }

    /// The call as the subject of a sentence.
    pub(crate) fn step(&self) -> Step<'_> {
        Step { server: &self.link.server, call: self.call, is_login: false }
    }

    async fn send(&self, signature: &Signature) -> Result<HttpReply, TransportError> {
        let ServerRequest { path, body, .. } = &self.request;
        let address = self.link.server.address(&signature.path(path));
        let parcel = Parcel {
            address,
            headers: &signature.headers,
            body,
            idempotent: self.idempotent,
            until: self.until,
        };
        exchange(self.client, &parcel).await
    }

    /// Who the request comes from, and whether that was arranged just now. `stale` is a session that has ended.
    async fn signature(&self, stale: Option<&Arc<Session>>) -> Result<(Signature, bool), Error> {
        let ServerLink { signer, server, .. } = self.link;
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
            self.link.state()?.sessions.session(stale, async || self.log_in().await).await?;
        Ok((Signature::of_session(session), is_new))
    }

    /// Asks for a session by the password. Sent once: a repeated login may count as a wrong one.
    async fn log_in(&self) -> Result<Session, LoginFailure> {
        let ServerLink { signer, server, .. } = self.link;
        let step = Step { is_login: true, ..self.step() };
        let headers = HeaderMap::new();
        let body = signer.login_form(server).finish();
        let parcel = Signer::login_parcel(server, &headers, &body, self.until);
        let reply = exchange(self.client, &parcel).await;
        let reply = reply.map_err(|lost| LoginFailure::Otherwise(lost.before_call(&step)))?;
        let nobody = Signature { headers: HeaderMap::new(), session: None };
        let explained = |diagnose: &dyn Fn(&Case<'_>) -> Error| {
            let error = self.explained(step, &nobody, diagnose);
            let is_no = error.kind() == ErrorKind::Authentication;
            if is_no { LoginFailure::Refused(error) } else { LoginFailure::Otherwise(error) }
        };
        // Old servers answer a login with a redirect, which is read and not followed.
        let has_token = reply.location.as_deref().is_some_and(|location| location.contains("/cpsess"));
        if !reply.is_good() && !has_token {
            return Err(explained(&|case| case.status(&reply)));
        }
        Session::of_reply(&reply).map_err(|malformed| {
            let text = String::from_utf8_lossy(&reply.body);
            explained(&|case| case.malformed(&malformed, &text))
        })
    }

    /// Collects what a diagnosis needs, which good answers do not.
    fn explained(
        &self,
        step: Step<'_>,
        signature: &Signature,
        diagnose: &dyn Fn(&Case<'_>) -> Error,
    ) -> Error {
        let values = redact::secrets(self.call);
        let signer = &self.link.signer;
        let secrets: Vec<&str> = values.chain([signer.secret()]).chain(signature.secrets()).collect();
        let (user, idempotent) = (self.user, self.idempotent);
        diagnose(&Case { step, login: signer.login(), user, idempotent, secrets: &secrets })
    }
}
