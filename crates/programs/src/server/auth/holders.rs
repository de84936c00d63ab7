//! From a name to the holder of tokens and of a second factor that has it now.

use super::holder::Holder;
use super::{Gate, Owner, OwnerKind, Token, Who};
use liveapi_core::api::Error;
use liveapi_core::store::AccountName;

impl Gate {
    /// The holder that somebody is; a mailbox is none.
    pub(crate) fn holder(&self, who: &Who, user: &str) -> Result<Option<Holder>, Error> {
        match who {
            Who::Root | Who::Reseller(_) => self.whm_holder(user),
            Who::Account(account) => self.account_holder(account),
            Who::Mailbox(..) => Ok(None),
        }
    }

    /// The holder of a token, if it still is the one that the token was made for.
    pub(super) fn holder_of(&self, token: &Token) -> Result<Option<Holder>, Error> {
        let name = token.owner.name();
        let holder = match token.owner.kind() {
            OwnerKind::Whm => self.whm_holder(name)?,
            OwnerKind::Account => {
                let account = AccountName::existing(name);
                account.map(|account| self.account_holder(&account)).transpose()?.flatten()
            }
        };
        let is_its = |holder: &Holder| holder.by_name || holder.owner == token.owner;
        Ok(holder.filter(|holder| is_its(holder) && holder.since <= token.created))
    }

    /// The WHM user of that name.
    pub(super) fn whm_holder(&self, name: &str) -> Result<Option<Holder>, Error> {
        let user = self.users.get(name)?;
        Ok(user.and_then(|user| {
            Some(Holder { owner: user.owner(), who: user.who()?, since: 0, by_name: false })
        }))
    }

    /// The account of that name, unless it is suspended.
    pub(crate) fn account_holder(&self, account: &AccountName) -> Result<Option<Holder>, Error> {
        let standing = self.passwords.standing(account)?.filter(|standing| !standing.suspended);
        Ok(standing.map(|standing| {
            let owner = Owner::account(account, &standing.id);
            let since = if owner.has_no_id() { standing.since } else { 0 };
            Holder { owner, who: Who::Account(account.clone()), since, by_name: standing.by_name }
        }))
    }
}
