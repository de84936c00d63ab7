//! Answers a call by one server: as it is, or as UAPI where the server has no API 2.

use std::time::Instant;

use reqwest::Client;

use crate::api::{Call, Error, ErrorKind, Family, Outcome};
use crate::engine::remote::api2_support::Missing;
use crate::engine::remote::call::attempt::Attempt;
use crate::engine::remote::call::mailbox_lookup::outcome;
use crate::engine::remote::server_link::ServerLink;
use crate::engine::remote::translate::Twin;
use crate::engine::wire::exact;
use crate::engine::wire::names::has_names;

/// Answers a call on a connection of this process's own.
pub(crate) fn call(link: &ServerLink, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error> {
    // Nothing is opened for a name that no server can have.
    if !has_names(call) {
        return Ok(Outcome::UnknownFunction);
    }
    link.pool()?.with(async |client| answer(link, client, user, call).await)?
}

/// Answers a call on the connections of a client.
pub(crate) async fn answer(
    link: &ServerLink,
    client: &Client,
    user: Option<&str>,
    call: &Call<'_>,
) -> Result<Outcome, Error> {
    link.server.require_account(user)?;
    if !has_names(call) {
        return Ok(Outcome::UnknownFunction);
    }
    let known = (link.lookup)(call.family, call.module, call.func);
    if let Some(refused) = exact::refusal(call, known) {
        return Ok(refused);
    }
    let until = Instant::now() + link.settings.timeout;
    ServerCall { link, client, user, call, until }.answer().await
}

/// A call that one server is to answer in time.
struct ServerCall<'c> {
    link: &'c ServerLink,
    client: &'c Client,
    user: Option<&'c str>,
    call: &'c Call<'c>,
    until: Instant,
}

impl<'c> ServerCall<'c> {
    /// Only functions of API 2 that the catalogue knows can go out as UAPI.
    async fn answer(&self) -> Result<Outcome, Error> {
        let known = (self.link.lookup)(self.call.family, self.call.module, self.call.func);
        let Some(function) = known.filter(|_| self.call.family == Family::Api2) else {
            let attempt = self.attempt(None)?;
            return outcome(&attempt, attempt.once().await?).await;
        };
        let twin = Twin::of(function, self.link.lookup);
        let remembered = &self.link.state()?.missing;
        let missing = remembered.knows(function);
        let is_first = self.link.settings.prefer_uapi || missing.is_some();
        match &twin {
            Ok(twin) if is_first => {
                if let Some(outcome) = self.translated(twin).await? {
                    return Ok(outcome);
                }
            }
            Err(why) if missing == Some(Missing::Api2) => return Err(self.stranded(why)),
            _ => {}
        }
        let attempt = self.attempt(None)?;
        let received = attempt.once().await?;
        let missing = received.as_ref().ok().and_then(|received| received.missing());
        match (missing, &twin) {
            (Some(missing), Ok(twin)) if !is_first => {
                if let Some(outcome) = self.translated(twin).await? {
                    remembered.remember(missing, function);
                    return Ok(outcome);
                }
            }
            (Some(Missing::Api2), Err(why)) => return Err(self.stranded(why)),
            _ => {}
        }
        outcome(&attempt, received).await
    }

    /// The call as UAPI; `None` if the server lacks that, too.
    async fn translated(&self, twin: &Twin) -> Result<Option<Outcome>, Error> {
        if let Some(refusal) = twin.check(self.call)? {
            return Ok(Some(Outcome::Refused(refusal, twin.answer())));
        }
        let attempt = self.attempt(Some(twin))?;
        let received = attempt.once().await?;
        if received.as_ref().is_ok_and(|received| received.missing().is_some()) {
            return Ok(None);
        }
        outcome(&attempt, received).await.map(|outcome| Some(twin.back(self.call, outcome)))
    }

    fn attempt(&self, twin: Option<&Twin>) -> Result<Attempt<'c>, Error> {
        Attempt::new(self.link, self.client, self.user, self.call, twin, self.until)
    }

    /// The server has no API 2, and the function nothing to stand in for it.
    fn stranded(&self, why: &str) -> Error {
        let Call { module, func, .. } = self.call;
        let sentence = format!(
            "The call {module}::{func} to {} was not made: the server has no API 2, and {why}",
            self.link.server.shown()
        );
        Error::new(ErrorKind::BadAnswer, sentence)
    }
}
