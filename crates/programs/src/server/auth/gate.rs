//! The gate: every request and every login passes it.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use super::authorization::{self, Authorization, Scheme};
use super::limiter::Limiter;
use super::logged_in::LoggedIn;
use super::sessions::{Missing, Sessions};
use super::tickets::Tickets;
use super::{
    Clock, Codes, Credentials, Denied, How, Identified, LoginMark, LoginSettings, OwnerKind, Passwords,
    Session, TokenKind, Tokens, Users, Who,
};
use crate::server::origin::ServiceKind;
use liveapi_core::api::Error;
use liveapi_core::store::AccountName;

/// The folder of the gate's files in the daemon's state folder.
pub const STATE: &str = "auth";

/// Says who a request comes from and what it may do. One per process; usable from any thread.
pub struct Gate {
    pub(super) users: Users,
    pub(crate) tokens: Tokens,
    pub(crate) passwords: Box<dyn Passwords>,
    pub(crate) clock: Clock,
    pub(super) codes: Codes,
    pub(super) sessions: Sessions,
    pub(super) tickets: Tickets,
    /// After how long without a request a session ends.
    pub(super) idle: Duration,
    pub(super) limiter: Limiter,
    allow_access_hash: bool,
}

impl Gate {
    /// The gate of a state folder; its own folder there is created if need be.
    pub fn open(
        state: &Path,
        settings: &LoginSettings,
        passwords: Box<dyn Passwords>,
    ) -> Result<Self, Error> {
        Self::with_clock(state, settings, passwords, Clock::system())
    }

    /// The same with another clock.
    pub fn with_clock(
        state: &Path,
        settings: &LoginSettings,
        passwords: Box<dyn Passwords>,
        clock: Clock,
    ) -> Result<Self, Error> {
        let folder = state.join(STATE);
        Ok(Self {
            users: Users::open(&folder)?,
            tokens: Tokens::open(&folder)?,
            codes: Codes::open(&folder)?,
            sessions: Sessions::new(settings, clock.clone()),
            tickets: Tickets::open(&folder)?,
            idle: settings.session_idle,
            limiter: Limiter::new(settings, clock.clone()),
            allow_access_hash: settings.allow_access_hash,
            passwords,
            clock,
        })
    }

    /// Who a request comes from. An `Authorization` header counts before a cookie, and needs no security token.
    pub fn identify(&self, credentials: &Credentials<'_>) -> Result<Identified, Denied> {
        let Some(value) = credentials.authorization.filter(|value| !value.trim().is_empty()) else {
            return self.by_session(credentials);
        };
        match authorization::read(value).map_err(Denied::login)? {
            Authorization::Password(user, password) => {
                let LoggedIn { who, user, .. } = self.by_password(
                    credentials.service,
                    credentials.peer,
                    &user,
                    &password,
                    credentials.code,
                )?;
                Ok(Identified { who, user, how: How::Basic, session: None })
            }
            Authorization::Token(scheme, user, secret) => self.by_token(credentials, scheme, &user, &secret),
        }
    }

    /// Who asks over the LiveAPI socket of an account. The system let nobody else open it; what is left to know is
    /// whether the account still is the one that the socket was opened for, by its id, and may do anything.
    pub fn by_socket(&self, account: &AccountName, id: &str) -> Result<Identified, Denied> {
        let standing = self.passwords.standing(account)?;
        if standing.is_none_or(|standing| standing.suspended || standing.id != id) {
            return Err(Denied::gone());
        }
        let (who, user) = (Who::Account(account.clone()), account.to_string());
        Ok(Identified { who, user, how: How::Socket, session: None })
    }

    /// What tells an account that was identified just now from others of its name.
    pub(crate) fn account_id(&self, account: &AccountName) -> Result<String, Denied> {
        let standing = self.passwords.standing(account)?.filter(|standing| !standing.suspended);
        standing.map(|standing| standing.id).ok_or_else(Denied::gone)
    }

    /// Opens a session for a user name and a password, and a code where one is wanted.
    pub fn log_in(
        &self,
        service: ServiceKind,
        peer: IpAddr,
        user: &str,
        password: &str,
        code: Option<&str>,
    ) -> Result<Session, Denied> {
        let LoggedIn { who, user, mark } = self.by_password(service, peer, user.trim(), password, code)?;
        Ok(self.sessions.open(service, who, &user, mark)?)
    }

    /// Ends the session of a request; `false` if it is of none.
    pub fn log_out(&self, credentials: &Credentials<'_>) -> bool {
        credentials
            .cookie
            .is_some_and(|line| self.sessions.close(credentials.service, line, credentials.security_token))
    }

    /// The accounts of a reseller as they are now.
    pub(super) fn accounts_of(&self, reseller: &str) -> Result<Vec<AccountName>, Denied> {
        let assigned = self.users.get(reseller)?.and_then(|user| user.accounts).unwrap_or_default();
        let mut accounts = Vec::with_capacity(assigned.len());
        for assigned in assigned {
            let Some(account) = assigned.account() else { continue };
            // One that was created after the reseller's own was removed is somebody else's.
            let standing = self.passwords.standing(&account)?;
            if standing.is_some_and(|standing| standing.by_name || standing.id == assigned.id()) {
                accounts.push(account);
            }
        }
        Ok(accounts)
    }

    /// Whose the session of a request is, as far as that is known without looking at its user.
    pub(super) fn session_of(&self, credentials: &Credentials<'_>) -> Option<(Who, String)> {
        let found = self.sessions.find(credentials.service, credentials.cookie?, credentials.security_token);
        found.ok().map(|found| (found.who, found.user))
    }

    fn by_session(&self, credentials: &Credentials<'_>) -> Result<Identified, Denied> {
        let Some(line) = credentials.cookie else {
            let why =
                "the request has neither an Authorization header nor a session; send an API token, or log in";
            return Err(Denied::login(why));
        };
        let found = self.sessions.find(credentials.service, line, credentials.security_token).map_err(|missing| match missing {
            Missing::Session => Denied::login("the session has ended or never was; log in again"),
            // The first words are what servers say.
            Missing::SecurityToken => Denied::login(
                "Token Denied: the path does not begin with the session's security token (/cpsess##########)",
            ),
        })?;
        if self.mark_of(&found.who, &found.user)? != Some(found.mark) {
            self.sessions.close(credentials.service, line, credentials.security_token);
            let why = "the session has ended because its user or the password changed; log in again";
            return Err(Denied::login(why));
        }
        Ok(Identified { who: found.who, user: found.user, how: How::Session, session: Some(found.key) })
    }

    /// A token is looked at first and alone: it cannot be guessed, so neither a locked user name nor a locked
    /// address keeps its holder out.
    fn by_token(
        &self,
        credentials: &Credentials<'_>,
        scheme: Scheme,
        user: &str,
        secret: &str,
    ) -> Result<Identified, Denied> {
        if credentials.service == ServiceKind::Webmail {
            return Err(Denied::login("tokens do not work on webmail's ports; use those of cPanel or WHM"));
        }
        let is_whm = credentials.service == ServiceKind::Whm && scheme == Scheme::Whm;
        let kinds = [OwnerKind::Whm, OwnerKind::Account];
        for token in self.tokens.matching(&kinds[usize::from(!is_whm)..], user, secret)? {
            // Looked for after the token, so that nobody can measure which accounts there are.
            let Some(holder) = self.holder_of(&token)? else { continue };
            let how = match token.kind {
                TokenKind::Token => How::Token,
                TokenKind::AccessHash if self.allow_access_hash => How::AccessHash,
                TokenKind::AccessHash => {
                    let why = "access hashes are switched off here (allow_access_hash); use an API token";
                    return Err(Denied::login(why));
                }
            };
            if token.has_expired(self.clock.seconds()) {
                let why = format!("the token “{}” of “{user}” has expired; create a new one", token.name);
                return Err(Denied::login(&why));
            }
            return Ok(Identified { who: holder.who, user: user.to_owned(), how, session: None });
        }
        if let Some(rest) = self.limiter.count_address(credentials.peer) {
            return Err(Denied::locked_out(rest));
        }
        let hint = match (scheme, credentials.service) {
            (Scheme::Whm, ServiceKind::Cpanel) => "; tokens of WHM users work on WHM's ports only",
            (Scheme::Cpanel, ServiceKind::Whm) => "; for a token of a WHM user write “whm” before the name",
            _ => "",
        };
        Err(Denied::login(&format!("user name and token do not belong together{hint}")))
    }

    /// What a login of somebody is bound to now; nothing if that one can no longer log in.
    pub(super) fn mark_of(&self, who: &Who, user: &str) -> Result<Option<LoginMark>, Error> {
        Ok(match who {
            Who::Root | Who::Reseller(_) => {
                let user = self.users.get(user)?;
                user.filter(|user| user.who().as_ref() == Some(who)).map(|user| user.mark())
            }
            Who::Account(account) => self.passwords.account_mark(account)?,
            Who::Mailbox(account, address) => self.passwords.mailbox_mark(account, address)?,
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    /// An empty folder for one test.
    pub(in crate::server::auth) fn scratch(name: &str) -> std::path::PathBuf {
        let dir = std::env::temp_dir().join(format!("liveapid-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        dir
    }
}
