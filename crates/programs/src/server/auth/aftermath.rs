//! What a call that was done means for the logins there are.

use super::{Checked, Gate, Identified, Owner, Who};
use liveapi_core::api::{Arg, Call, Error, Family, NotDone};
use liveapi_core::store::{AccountName, Password};

/// WHM's function that removes an account, and the parameters that name it.
const REMOVAL: &str = "removeacct";
const REMOVED: [&str; 2] = ["username", "user"];
/// Functions behind which a mailbox cannot be logged in to, until another one lets it be.
const ENDINGS: [&str; 3] = ["suspend_login", "delpop", "delete_pop"];
/// Where API 1 has the password of a mailbox.
const PASSWORD_AT: usize = 1;

impl Gate {
    /// Follows a call that was done, for an account where it names one: the logins of a removed account go, and the
    /// session that changed the password it was opened with goes on. All others of that login end, because they are
    /// bound to the old password.
    pub(crate) fn follow(
        &self,
        caller: &Identified,
        account: Option<&AccountName>,
        call: &Call<'_>,
    ) -> Result<(), NotDone> {
        if matches!(call.family, Family::Whm | Family::Whm0) && call.func == REMOVAL {
            let name = REMOVED.into_iter().find_map(|name| text(call.args.get(name)));
            let name = name.map(str::to_ascii_lowercase);
            return name
                .as_deref()
                .and_then(AccountName::existing)
                .map_or(Ok(()), |account| self.forget(&account));
        }
        if caller.session.is_some() && matches!(call.func, "passwdpop" | "passwd_pop") {
            let given = call.args.get("password").or_else(|| call.args.get_positional(PASSWORD_AT));
            if let Some(password) = text(given).and_then(Password::to_be_checked) {
                self.go_on(caller, &password)?;
            }
        }
        if let Some(account) = account.filter(|_| ENDINGS.contains(&call.func)) {
            self.end_stale(account)?;
        }
        Ok(())
    }

    /// Ends the sessions of an account that are no longer what they were, before what they are bound to can come back.
    fn end_stale(&self, account: &AccountName) -> Result<(), Error> {
        for session in self.sessions.of_account(account) {
            if self.mark_of(&session.who, &session.user)? != Some(session.mark) {
                self.sessions.end(session.key);
            }
        }
        Ok(())
    }

    /// Binds the caller's session to the password that it set, if that opens its mailbox now: another one may have
    /// changed it since.
    fn go_on(&self, caller: &Identified, password: &Password<'_>) -> Result<(), Error> {
        let (Some(key), Who::Mailbox(account, address)) = (caller.session, &caller.who) else {
            return Ok(());
        };
        if let Checked::Right(owner, mark) = self.passwords.mailbox(address, password)?
            && owner == *account
        {
            self.sessions.bind(key, mark);
        }
        Ok(())
    }

    /// Removes what an account had that is gone: sessions, tokens, access hash, second factor. If there is another one
    /// of its name already, its own stay.
    fn forget(&self, account: &AccountName) -> Result<(), NotDone> {
        let now = self.passwords.standing(account)?;
        let id = now.map(|standing| standing.id).filter(|id| !id.is_empty());
        let current = id.map(|id| Owner::account(account, &id));
        let gone = |owner: &Owner| owner.is_account(account) && Some(owner) != current.as_ref();
        self.sessions.end_all(account);
        self.tickets.forget(|user| user == account.as_str())?;
        self.tokens.forget(gone)?;
        self.codes.forget(gone)
    }
}

fn text<'a>(arg: Option<&'a Arg<'_>>) -> Option<&'a str> {
    match arg {
        Some(Arg::Text(text)) => Some(text),
        _ => None,
    }
}
