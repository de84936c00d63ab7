//! What the functions of `Email` share: parameters, returns, and the address that a call names.

use crate::api::Params;
use crate::api::catalogue::{Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Refusal, Row};
use crate::engine::local::entry::{CatalogueEntry, Handler};
use crate::store::{Account, Address};

pub(super) const MODULE: &str = "Email";

pub(super) const EMAIL: Param =
    Param::required("email", ParamKind::Mailbox, "the mailbox: local part or full address");
pub(super) const DOMAIN: Param = Param::required(
    "domain",
    ParamKind::Domain,
    "a domain of the account; may be left out if email is a full address",
);
pub(super) const UAPI_DOMAIN: Param = Param::optional(
    "domain",
    ParamKind::Domain,
    "a domain of the account; default: that of the address, else the main domain",
);
pub(super) const PASSWORD: Param = Param::required("password", ParamKind::Secret, "the password");

pub(super) const REGEX: Param =
    Param::optional("regex", ParamKind::Text, "a regular expression that the address must match");
pub(super) const NO_VALIDATE: Param =
    Param::optional("no_validate", ParamKind::Flag, "accepted and without effect: the files are always read");

pub(super) const OWN_USER: Param =
    Param::optional("user", ParamKind::Text, "the call's own account, and no other");

pub(super) const RESULT: Return = Return::new("result", "1 done, 0 refused");
pub(super) const REASON: Return = Return::new("reason", "why it was refused");
pub(super) const NOTHING: Return = Return::new("data", "null");

/// A UAPI function with one result.
pub(super) const fn uapi(
    func: &'static str,
    summary: &'static str,
    params: &'static [Param],
    returns: &'static [Return],
    handler: Handler,
) -> CatalogueEntry {
    CatalogueEntry::new((Family::Uapi, MODULE), func, summary, returns, handler).taking(params)
}

/// The success of an API 2 action.
pub(super) fn api2_success() -> Done {
    Done::with(Data::Rows(vec![Row::success()]))
}

/// The address that a call names; UAPI lets the domain default to the account's main one.
pub(super) fn existing_address(params: &Params<'_>, account: &Account) -> Result<Address, Refusal> {
    let email = params.required("email")?;
    Address::existing(email, domain(params, account, email)?)
}

/// The same for a mailbox to be created.
pub(super) fn new_address(params: &Params<'_>, account: &Account) -> Result<Address, Refusal> {
    let email = params.required("email")?;
    Address::for_new_mailbox(email, domain(params, account, email)?)
}

pub(super) fn domain<'a>(
    params: &Params<'a>,
    account: &'a Account,
    email: &str,
) -> Result<Option<&'a str>, Refusal> {
    let given = params.optional("domain")?;
    Ok(given.or_else(|| (!email.contains('@')).then_some(account.domain.as_str())))
}

/// Refuses a `user` that is another account than the call's.
pub(super) fn own_user(params: &Params<'_>, account: &Account) -> Result<(), Refusal> {
    match params.optional("user")?.filter(|user| *user != account.name.as_str()) {
        None => Ok(()),
        Some(other) => {
            let why =
                format!("the call is for the account “{}”, not for “{}”", account.name, other.escape_debug());
            Err(Refusal::BadValue { param: "user", why })
        }
    }
}
