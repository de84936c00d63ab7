//! Suspending parts of a mailbox: UAPI `suspend_login`, `suspend_incoming`, `suspend_outgoing`,
//! `hold_outgoing` and what takes each of them back. API 2 has no such functions.

use super::{Context, EMAIL, Entry, NOTHING, Params, UAPI_DOMAIN};
use crate::api::catalogue::{Param, Return};
use crate::api::{Data, Done, NotDone};
use crate::store::{Account, Address, Outgoing};

const MAILBOX: &[Param] = &[EMAIL, UAPI_DOMAIN];
const ONE: &[Return] = &[Return::new("data", "1")];

const fn entry(func: &'static str, summary: &'static str, handler: super::super::Handler) -> Entry {
    super::uapi(func, summary, MAILBOX, &[NOTHING], handler)
}

/// One of those that answer 1.
const fn counting(func: &'static str, summary: &'static str, handler: super::super::Handler) -> Entry {
    super::uapi(func, summary, MAILBOX, ONE, handler)
}

pub(super) const SUSPEND_LOGIN: Entry =
    entry("suspend_login", "refuses logins to a mailbox; its password and mail stay", |context, params| {
        login(context, params, true)
    });

pub(super) const UNSUSPEND_LOGIN: Entry =
    entry("unsuspend_login", "takes the suspension of a mailbox's login back", |context, params| {
        login(context, params, false)
    });

pub(super) const SUSPEND_INCOMING: Entry =
    entry("suspend_incoming", "refuses mail for a mailbox; its owner can still log in", |context, params| {
        incoming(context, params, true).map(|()| Done::default())
    });

pub(super) const UNSUSPEND_INCOMING: Entry =
    counting("unsuspend_incoming", "accepts mail for a mailbox again", |context, params| {
        incoming(context, params, false).map(|()| one())
    });

pub(super) const SUSPEND_OUTGOING: Entry =
    counting("suspend_outgoing", "refuses mail that a mailbox's owner sends", |context, params| {
        outgoing(context, params, Outgoing::Suspended, true).map(|()| one())
    });

pub(super) const UNSUSPEND_OUTGOING: Entry =
    entry("unsuspend_outgoing", "accepts mail that a mailbox's owner sends again", |context, params| {
        outgoing(context, params, Outgoing::Suspended, false).map(|()| Done::default())
    });

pub(super) const HOLD_OUTGOING: Entry = entry(
    "hold_outgoing",
    "keeps mail that a mailbox's owner sends in the mail server's queue",
    |context, params| outgoing(context, params, Outgoing::Held, true).map(|()| Done::default()),
);

pub(super) const RELEASE_OUTGOING: Entry =
    entry("release_outgoing", "lets mail that was kept in the mail server's queue go", |context, params| {
        outgoing(context, params, Outgoing::Held, false).map(|()| Done::default())
    });

fn login(context: &Context<'_>, params: &Params<'_>, suspended: bool) -> Result<Done, NotDone> {
    let (account, address) = mailbox(context, params)?;
    context.store.suspend_login(&account, &address, suspended)?;
    Ok(Done::default())
}

fn incoming(context: &Context<'_>, params: &Params<'_>, suspended: bool) -> Result<(), NotDone> {
    let (account, address) = mailbox(context, params)?;
    context.store.suspend_incoming(&account, &address, suspended)
}

fn outgoing(context: &Context<'_>, params: &Params<'_>, what: Outgoing, on: bool) -> Result<(), NotDone> {
    let (account, address) = mailbox(context, params)?;
    context.store.set_outgoing(&account, &address, what, on)
}

fn mailbox(context: &Context<'_>, params: &Params<'_>) -> Result<(Account, Address), NotDone> {
    let account = context.account()?;
    let address = super::existing_address(params, &account)?;
    Ok((account, address))
}

fn one() -> Done {
    Done::with(Data::Int(1))
}
