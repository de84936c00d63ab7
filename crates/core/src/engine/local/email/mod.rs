//! The module `Email`: mailboxes.

mod accountname;
mod addpop;
mod browse;
mod default_address;
mod delpop;
mod destination;
mod disk;
mod domain_forwarders;
mod editquota;
mod forwarders;
mod limits;
mod listmaildomains;
mod listpops;
mod listpopswithdisk;
mod passwdpop;
mod sizes;
mod suspension;
mod unsupported;
mod verify_password;

use super::{Context, Entry, Params};
use crate::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Refusal, Row};
use crate::store::{Account, Address};

/// All functions of this module.
pub(super) static ENTRIES: &[Entry] = &[
    addpop::API2,
    addpop::UAPI,
    addpop::API1,
    delpop::API2,
    delpop::UAPI,
    delpop::API1,
    disk::USAGE_API2,
    disk::USAGE_UAPI,
    listpopswithdisk::API2,
    listpopswithdisk::UAPI,
    editquota::API2,
    editquota::UAPI,
    editquota::GET_UAPI,
    editquota::GET_API1,
    listmaildomains::API2,
    listmaildomains::UAPI,
    listpops::API2,
    listpops::SINGLE_API2,
    listpops::IMAGE_API2,
    listpops::UAPI,
    passwdpop::API2,
    passwdpop::UAPI,
    passwdpop::API1,
    suspension::SUSPEND_LOGIN,
    suspension::UNSUSPEND_LOGIN,
    suspension::SUSPEND_INCOMING,
    suspension::UNSUSPEND_INCOMING,
    suspension::SUSPEND_OUTGOING,
    suspension::UNSUSPEND_OUTGOING,
    suspension::HOLD_OUTGOING,
    suspension::RELEASE_OUTGOING,
    verify_password::UAPI,
    accountname::API2,
    accountname::UAPI,
    forwarders::ADD_API2,
    forwarders::ADD_UAPI,
    forwarders::DELETE_API2,
    forwarders::DELETE_UAPI,
    forwarders::LIST_API2,
    forwarders::LIST_UAPI,
    forwarders::COUNT_UAPI,
    domain_forwarders::ADD_API2,
    domain_forwarders::ADD_UAPI,
    domain_forwarders::DELETE_UAPI,
    domain_forwarders::LIST_API2,
    domain_forwarders::LIST_UAPI,
    default_address::LIST_API2,
    default_address::LIST_UAPI,
    default_address::SET_API2,
    default_address::SET_UAPI,
    default_address::DISCARDS,
    browse::BROWSE_API2,
    browse::BROWSE_UAPI,
    browse::PLACE_API2,
    limits::DEFAULT_API2,
    limits::DEFAULT_BYTES,
    limits::DEFAULT_MEBIBYTES,
    limits::LARGEST_API2,
    limits::LARGEST_BYTES,
    limits::LARGEST_MEBIBYTES,
    limits::COUNT,
    limits::OWN_USE,
    limits::OWN_USE_BYTES,
];

/// The functions of this module that only say that they are not done here.
pub(super) static UNSUPPORTED: &[Entry] = unsupported::ENTRIES;

/// The module's name.
const MODULE: &str = "Email";

const EMAIL: Param = Param::required("email", ParamKind::Mailbox, "the mailbox: local part or full address");
const DOMAIN: Param = Param::required(
    "domain",
    ParamKind::Domain,
    "a domain of the account; may be left out if email is a full address",
);
const UAPI_DOMAIN: Param = Param::optional(
    "domain",
    ParamKind::Domain,
    "a domain of the account; default: that of the address, else the main domain",
);
const PASSWORD: Param = Param::required("password", ParamKind::Secret, "the password");

const REGEX: Param =
    Param::optional("regex", ParamKind::Text, "a regular expression that the address must match");
const NO_VALIDATE: Param =
    Param::optional("no_validate", ParamKind::Flag, "accepted and without effect: the files are always read");

const RESULT: Return = Return::new("result", "1 done, 0 refused");
const REASON: Return = Return::new("reason", "why it was refused");
const NOTHING: Return = Return::new("data", "null");

/// A UAPI function with one result.
const fn uapi(
    func: &'static str,
    summary: &'static str,
    params: &'static [Param],
    returns: &'static [Return],
    handler: super::Handler,
) -> Entry {
    let function = Function {
        family: Family::Uapi,
        module: MODULE,
        func,
        summary,
        answer: Answer::Single,
        params,
        returns,
        uapi: None,
    };
    Entry { function, handler }
}

/// The success of an API 2 action.
fn api2_success() -> Done {
    Done::with(Data::Rows(vec![Row::success()]))
}

/// The address that a call names; UAPI lets the domain default to the account's main one.
fn existing_address(params: &Params<'_>, account: &Account) -> Result<Address, Refusal> {
    let email = params.required("email")?;
    Address::existing(email, domain(params, account, email)?)
}

/// The same for a mailbox to be created.
fn new_address(params: &Params<'_>, account: &Account) -> Result<Address, Refusal> {
    let email = params.required("email")?;
    Address::for_new_mailbox(email, domain(params, account, email)?)
}

fn domain<'a>(params: &Params<'a>, account: &'a Account, email: &str) -> Result<Option<&'a str>, Refusal> {
    let given = params.optional("domain")?;
    Ok(given.or_else(|| (!email.contains('@')).then_some(account.domain.as_str())))
}
