//! WHM API 1's account functions.

mod accountsummary;
mod createacct;
mod listaccts;
mod removeacct;
mod suspendacct;

use super::{Context, Entry, Params};
use crate::api::catalogue::{Kind, Param};
use crate::api::{Field, Refusal, Row};
use crate::store::{Account, AccountName};

/// All functions of this group.
pub(super) static ENTRIES: &[Entry] = &[
    accountsummary::WHM,
    createacct::WHM,
    listaccts::WHM,
    removeacct::WHM,
    suspendacct::SUSPEND,
    suspendacct::UNSUSPEND,
];

const USERNAME: Param = Param::required("username", Kind::Text, "the account's name");
const USER: Param = Param::required("user", Kind::Text, "the account's name");

/// The name of an account that may exist; one that cannot is refused as one that does not.
fn existing_name(params: &Params<'_>, param: &'static str) -> Result<AccountName, Refusal> {
    let given = params.required(param)?;
    AccountName::existing(given).ok_or_else(|| Refusal::NoAccount(given.escape_debug().to_string()))
}

/// An account, as lists show it.
fn row(account: &Account) -> Row {
    Row(vec![
        ("user", Field::Text(account.name.to_string())),
        ("domain", Field::Text(account.domain.to_string())),
        ("uid", Field::Int(account.uid.into())),
        ("suspended", Field::Int(account.suspended.into())),
        ("unix_startdate", Field::Int(account.created.cast_signed())),
    ])
}
