//! A request that is refused, and the answer to it.

use std::time::Duration;

use liveapi_core::api::{Call, Error, Family, envelope};

/// What is asked for besides 401, for clients that ask again with a password.
const CHALLENGE: &str = "Basic realm=\"liveapid\", charset=\"UTF-8\"";

/// A request that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// Why, for the person behind the client; it tells nobody whether a name exists.
    pub why: String,
    /// How long the sender is locked out, if it is.
    pub retry_after: Option<Duration>,
    /// Whether a second factor is asked for.
    pub needs_code: bool,
    /// What kind of refusal it is.
    pub reason: Reason,
    /// What only the daemon's log may say.
    pub log: Option<String>,
}

/// Why a request was denied, as far as its HTTP status depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Login,
    LockedOut,
    /// Who was identified may not do this.
    Permission,
    /// The account that the call is for was not named.
    User,
    Unavailable,
}

impl Denied {
    fn new(reason: Reason, why: impl Into<String>) -> Self {
        Self { why: why.into(), retry_after: None, needs_code: false, reason, log: None }
    }

    pub(super) fn login(why: &str) -> Self {
        Self::new(Reason::Login, format!("Access denied: {why}"))
    }

    pub(super) fn wrong_password() -> Self {
        Self::login("the user name or the password is wrong")
    }

    pub(super) fn needs_code() -> Self {
        let why = "two-factor authentication is on for this user; send the code beside the password (X-CPANEL-OTP, or tfa_token at login), or use an API token";
        Self { needs_code: true, ..Self::login(why) }
    }

    pub(super) fn wrong_code() -> Self {
        let why = "the two-factor code is wrong or was used before; wait for the next one";
        Self { needs_code: true, ..Self::login(why) }
    }

    pub(super) fn locked_out(rest: Duration) -> Self {
        let seconds = rest.as_secs() + u64::from(rest.subsec_nanos() > 0);
        let why = format!(
            "Access denied: lock-out after too many failed logins; even the right password is refused for {seconds} seconds. API tokens work all the time"
        );
        Self { retry_after: Some(Duration::from_secs(seconds)), ..Self::new(Reason::LockedOut, why) }
    }

    pub(super) fn busy() -> Self {
        let why = "Too many logins of this user or address are being checked at once; try again";
        Self { retry_after: Some(Duration::from_secs(1)), ..Self::new(Reason::Unavailable, why) }
    }

    pub(crate) fn permission(why: impl Into<String>) -> Self {
        Self::new(Reason::Permission, why)
    }

    /// The account that somebody acted for is there no more.
    pub(super) fn gone() -> Self {
        Self::permission("The account is suspended or was removed; ask its provider")
    }

    /// A page of another site sent the request, and with it what the browser keeps for this one.
    pub(crate) fn foreign() -> Self {
        let why = "The request was sent by a page of another site, which may not act here; nothing was done";
        Self::permission(why)
    }

    pub(super) fn user() -> Self {
        Self::new(Reason::User, "User parameter is invalid or was not supplied")
    }

    pub(super) fn unavailable(error: &Error) -> Self {
        let why = "The login cannot be checked at the moment; the daemon's log says why";
        Self::new(Reason::Unavailable, why).logged(&error.to_string())
    }

    /// The same with a word for the log.
    #[must_use]
    pub(super) fn logged(mut self, word: &str) -> Self {
        self.log = Some(word.to_owned());
        self
    }

    /// The HTTP status that clients expect of such a refusal.
    pub fn status(&self) -> u16 {
        match self.reason {
            Reason::Login => 401,
            Reason::LockedOut => 429,
            Reason::Permission => 403,
            // Recorded: to servers this is an answer, not a refusal.
            Reason::User => 200,
            Reason::Unavailable => 503,
        }
    }

    /// The value of `WWW-Authenticate`, where the status demands one.
    pub fn challenge(&self) -> Option<&'static str> {
        (self.reason == Reason::Login).then_some(CHALLENGE)
    }

    /// The body: JSON with the reason in all places where clients look, and for a call in its family's shape.
    pub fn body(&self, call: Option<&Call<'_>>) -> Vec<u8> {
        let call = call.map(|call| (call.family, call.module, call.func));
        match self.reason {
            Reason::User if call.is_none_or(|(family, ..)| family != Family::Uapi) => envelope::bad_user(),
            Reason::Login => envelope::denied(call, "invalid_login", &self.why),
            _ => envelope::denied(call, &self.why, &self.why),
        }
    }
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::unavailable(&error)
    }
}
