//! Suspending the login of a mailbox: UAPI `suspend_login` and `unsuspend_login`. Mail is still
//! received; API 2 has no such functions.

use super::{Context, EMAIL, Entry, MODULE, NOTHING, Params, UAPI_DOMAIN};
use crate::api::catalogue::{Answer, Function};
use crate::api::{Done, Family, NotDone};

pub(super) const SUSPEND: Entry = Entry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "suspend_login",
        summary: "refuses logins to a mailbox; its password and mail stay",
        answer: Answer::Single,
        params: &[EMAIL, UAPI_DOMAIN],
        returns: &[NOTHING],
        uapi: None,
    },
    handler: |context, params| set(context, params, true),
};

pub(super) const UNSUSPEND: Entry = Entry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "unsuspend_login",
        summary: "takes the suspension of a mailbox's login back",
        answer: Answer::Single,
        params: &[EMAIL, UAPI_DOMAIN],
        returns: &[NOTHING],
        uapi: None,
    },
    handler: |context, params| set(context, params, false),
};

fn set(context: &Context<'_>, params: &Params<'_>, suspended: bool) -> Result<Done, NotDone> {
    let account = context.account()?;
    let address = super::existing_address(params, &account)?;
    context.store.suspend_login(&account, &address, suspended)?;
    Ok(Done::default())
}
