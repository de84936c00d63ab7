//! Suspending parts of a mailbox: UAPI `suspend_login`, `suspend_incoming`, `suspend_outgoing`,
//! `hold_outgoing` and what takes each of them back. API 2 has no such functions.

use crate::api::Params;
use crate::api::catalogue::{Param, Return};
use crate::api::{Data, Done, NotDone};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{EMAIL, NOTHING, UAPI_DOMAIN, existing_address, uapi};
use crate::engine::local::entry::{CatalogueEntry, Handler};
use crate::engine::local::prepared_change::PreparedChange;
use crate::store::{Account, Address, Change, Outgoing};

const MAILBOX: &[Param] = &[EMAIL, UAPI_DOMAIN];
const ONE: &[Return] = &[Return::new("data", "1")];

const fn entry(func: &'static str, summary: &'static str, handler: Handler) -> CatalogueEntry {
    uapi(func, summary, MAILBOX, &[NOTHING], handler)
}

/// One of those that answer 1.
const fn counting(func: &'static str, summary: &'static str, handler: Handler) -> CatalogueEntry {
    uapi(func, summary, MAILBOX, ONE, handler)
}

pub(super) const SUSPEND_LOGIN: CatalogueEntry =
    entry("suspend_login", "refuses logins to a mailbox; its password and mail stay", |context, params| {
        suspend_login(context, params)?.make(context)
    });

pub(super) const UNSUSPEND_LOGIN: CatalogueEntry =
    entry("unsuspend_login", "takes the suspension of a mailbox's login back", |context, params| {
        unsuspend_login(context, params)?.make(context)
    });

pub(super) const SUSPEND_INCOMING: CatalogueEntry =
    entry("suspend_incoming", "refuses mail for a mailbox; its owner can still log in", |context, params| {
        incoming(context, params, true).map(|()| Done::default())
    });

pub(super) const UNSUSPEND_INCOMING: CatalogueEntry =
    counting("unsuspend_incoming", "accepts mail for a mailbox again", |context, params| {
        incoming(context, params, false).map(|()| one())
    });

pub(super) const SUSPEND_OUTGOING: CatalogueEntry =
    counting("suspend_outgoing", "refuses mail that a mailbox's owner sends", |context, params| {
        outgoing(context, params, Outgoing::Suspended, true).map(|()| one())
    });

pub(super) const UNSUSPEND_OUTGOING: CatalogueEntry =
    entry("unsuspend_outgoing", "accepts mail that a mailbox's owner sends again", |context, params| {
        outgoing(context, params, Outgoing::Suspended, false).map(|()| Done::default())
    });

pub(super) const HOLD_OUTGOING: CatalogueEntry = entry(
    "hold_outgoing",
    "keeps mail that a mailbox's owner sends in the mail server's queue",
    |context, params| outgoing(context, params, Outgoing::Held, true).map(|()| Done::default()),
);

pub(super) const RELEASE_OUTGOING: CatalogueEntry =
    entry("release_outgoing", "lets mail that was kept in the mail server's queue go", |context, params| {
        outgoing(context, params, Outgoing::Held, false).map(|()| Done::default())
    });

/// Up to the change.
pub(super) fn suspend_login<'p>(
    context: &Context<'_>,
    params: &Params<'p>,
) -> Result<PreparedChange<'p>, NotDone> {
    login(context, params, true)
}

/// Up to the change.
pub(super) fn unsuspend_login<'p>(
    context: &Context<'_>,
    params: &Params<'p>,
) -> Result<PreparedChange<'p>, NotDone> {
    login(context, params, false)
}

fn login<'p>(
    context: &Context<'_>,
    params: &Params<'p>,
    suspended: bool,
) -> Result<PreparedChange<'p>, NotDone> {
    let (account, address) = mailbox(context, params)?;
    Ok(PreparedChange::new(account, address, Change::SuspendLogin(suspended), |_, _| Done::default()))
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
    let address = existing_address(params, &account)?;
    Ok((account, address))
}

fn one() -> Done {
    Done::with(Data::Int(1))
}
