//! Who there is: WHM `list_users`, `listsuspended`, `listlockedaccounts` and `verify_new_username`.

use super::entry;
use crate::api::catalogue::{Param, ParamKind, Return};
use crate::api::{Data, Done, Field, NotDone, Params, Refusal, Row};
use crate::base::calendar;
use crate::engine::local::accounts::suspend_reason;
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Account, AccountName};

pub(super) const USERS: CatalogueEntry = entry(
    "list_users",
    "lists the names of all accounts, root first",
    &[],
    &[Return::new("users", "a list of names")],
    |context, _| {
        let accounts = context.store.accounts()?;
        let names = accounts.iter().map(|account| account.name.to_string());
        Ok(one("users", Field::Texts(std::iter::once("root".to_owned()).chain(names).collect())))
    },
);

pub(super) const SUSPENDED: CatalogueEntry = entry(
    "listsuspended",
    "lists the suspended accounts",
    &[],
    &[
        Return::new("account", "a list with an object for each"),
        Return::new("user, owner", "its name, and root or the WHM user who has it"),
        Return::new("reason, time, unixtime", "why, and since when, as a text and in seconds, UTC"),
        Return::new("is_locked", "0: no suspension is locked here"),
    ],
    |context, _| {
        let accounts = context.store.accounts()?;
        let rows = accounts.iter().filter(|account| account.suspended).map(suspended).collect();
        Ok(one("account", Field::Rows(rows)))
    },
);

pub(super) const LOCKED: CatalogueEntry = entry(
    "listlockedaccounts",
    "lists the accounts that only root may unsuspend",
    &[],
    &[Return::new("account", "an empty list: no suspension is locked here")],
    |_, _| Ok(one("account", Field::Texts(Vec::new()))),
);

pub(super) const NEW_NAME: CatalogueEntry = entry(
    "verify_new_username",
    "says whether an account could be created under a name",
    &[Param::required("user", ParamKind::Text, "the name")],
    &[],
    verify,
);

fn suspended(account: &Account) -> Row {
    Row(vec![
        ("user", Field::Text(account.name.to_string())),
        ("owner", Field::Text(account.terms.owner().to_owned())),
        ("reason", Field::Text(suspend_reason(account))),
        ("time", Field::Text(calendar::long(account.suspended_since))),
        ("unixtime", Field::Int(account.suspended_since.cast_signed())),
        ("is_locked", Field::Int(0)),
    ])
}

fn verify(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let given = params.required("user")?.to_lowercase();
    let name = AccountName::for_new_account(&given).map_err(|refusal| match refusal {
        Refusal::BadValue { why, .. } => Refusal::BadValue { param: "user", why },
        other => other,
    })?;
    match context.store.account(&name)? {
        Some(_) => {
            let why = format!("This system already has an account named “{name}”");
            Err(Refusal::BadValue { param: "user", why }.into())
        }
        None => Ok(Done::default()),
    }
}

fn one(name: &'static str, field: Field) -> Done {
    Done::with(Data::Object(Row(vec![(name, field)])))
}
